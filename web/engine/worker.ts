/** The Worker of the pages: it has a session, and answers one call after another. What only some visitors ask for loads when it is asked for. */
import { load } from '../../src/index.js';
import {
  type Answer,
  type Arguments,
  type Calls,
  type OwnFile,
  type Progress,
  type Request,
  type Result,
} from './protocol.js';
import { type Source } from './samples.js';
import { Session } from './session.js';
import { becomeThread, isThread } from './threads.js';

type Tell = (progress: Progress) => void;

type Answering = {
  [Name in keyof Calls]: (args: Arguments<Name>, tell: Tell) => Result<Name> | Promise<Result<Name>>;
};

// Threads compute with a core of their own.
const loading = isThread() ? new Promise<never>(() => undefined) : load();
let own: Source | undefined;
let ownFile: OwnFile | undefined;
/** Of the last begin: where that failed, whatever is asked of its session fails for the same reason. */
let session: Promise<Session> | undefined;
let last: Promise<void> = Promise.resolve();

const CALLS: Answering = {
  async own([file, column]) {
    const { readOwn } = await import('./own-data.js');
    const { source, about } = await readOwn(file, column);
    [own, ownFile] = [source, file];
    return about;
  },
  async begin([state]) {
    session = loading.then((hb) => Session.begin(hb, state, own));
    return (await session).frame();
  },
  async advance([steps]) {
    const run = await begun();
    const stopped = run.advance(steps);
    return { ...run.frame(), ...(stopped && { stopped }) };
  },
  async effort([products]) {
    const run = await begun();
    run.products = products;
    return run.frame();
  },
  async reset() {
    const run = await begun();
    run.reset();
    return run.frame();
  },
  plane: async () => (await begun()).plane(),
  regions: async ([size]) => (await begun()).regions(size),
  outputs: async () => (await begun()).outputs(),
  snapshot: async () => (await begun()).snapshot(),
  written: async ([form]) => (await import('./keep.js')).written(await loading, await begun(), form),
  savedRun: async (args) => (await import('./keep.js')).savedRun(await begun(), ...args, ownFile),
  async restore([file]) {
    const restored = await (await import('./keep.js')).restored(await loading, file);
    const { state, history, own: data } = restored.run;
    session = Promise.resolve(restored.session);
    if (restored.own) [own, ownFile] = [restored.own.source, data];
    const frame = restored.session.frame();
    return {
      ...{ state, history, frame },
      ...(data && restored.own && { own: { file: data, about: restored.own.about } }),
    };
  },
  contests: async ([quick]) => (await import('./benchmarks.js')).contests(quick),
  contest: async ([place, quick]) => (await import('./benchmarks.js')).contest(await loading, place, quick),
  vary: async ([problem, variation]) =>
    (await import('./ingredients.js')).measure(await loading, problem, variation),
  explain: async ([problem, variation]) =>
    (await import('./ingredients.js')).explain(await loading, problem, variation),
  spectrum: async (args) => (await import('./hessian.js')).spectrumFigures(...args),
  estimatedSpectrum: async (args) => (await import('./hessian.js')).estimatedSpectrum(await loading, ...args),
  wholeSpectrum: async (args) => (await import('./hessian.js')).wholeSpectrum(await loading, ...args),
  matrix: async (args) => (await import('./hessian.js')).matrixFigures(await loading, ...args),
  landscape: async (args) => (await import('./hessian.js')).landscapeFigures(await loading, ...args),
  rolesOf: async ([files]) => (await import('./own/roles.js')).rolesOf(files),
  readGiven: async ([given, wanted]) =>
    (await import('./own/reading.js')).readGiven(await loading, given, wanted),
  reportOf: async ([given, wanted], tell) =>
    (await import('./own/report.js')).reportOf(await loading, given, wanted, tell),
};

if (isThread()) becomeThread();
else {
  addEventListener('message', ({ data }: MessageEvent<Request>) => {
    last = last.then(() => answer(data));
  });
}

async function answer({ id, name, args }: Request): Promise<void> {
  try {
    const call = CALLS[name] as (args: unknown[], tell: Tell) => unknown;
    const result = await call(args, (progress) => postMessage({ id, progress } satisfies Answer));
    postMessage({ id, result } satisfies Answer);
  } catch (error) {
    postMessage({ id, error: (error as Error).message } satisfies Answer);
  }
}

async function begun(): Promise<Session> {
  if (!session) throw new Error('there is no run here any more: Reset begins it anew');
  return session;
}
