/** The Worker of the page: it has the session, and answers one call after another. */
import { load } from '../../src/index.js';
import { type State } from '../state.js';
import { type Frame, type Rectangle, Session, type Stop } from './session.js';

/** What the page can ask, each with what it gives. The page asks for the next frame when it has shown the last, so none pile up. */
export interface Calls {
  begin: (state: State) => Frame;
  advance: (steps: number) => Frame & { stopped?: Stop };
  reset: () => Frame;
  regions: (rectangle: Rectangle, columns: number, rows: number) => Float64Array;
}

export interface Request<Name extends keyof Calls = keyof Calls> {
  id: number;
  name: Name;
  args: Parameters<Calls[Name]>;
}

export type Answer = { id: number; result: unknown } | { id: number; error: string };

const loading = load();
let session: Session | undefined;
let last: Promise<void> = Promise.resolve();

type Answering = {
  [Name in keyof Calls]: (
    ...args: Parameters<Calls[Name]>
  ) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>;
};

const CALLS: Answering = {
  async begin(state) {
    session = await Session.begin(await loading, state);
    return session.frame();
  },
  advance(steps) {
    const stopped = begun().advance(steps);
    return { ...begun().frame(), ...(stopped && { stopped }) };
  },
  reset() {
    begun().reset();
    return begun().frame();
  },
  regions(rectangle, columns, rows) {
    return begun().regions(rectangle, columns, rows).data;
  },
};

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data));
});

async function answer({ id, name, args }: Request): Promise<void> {
  try {
    const call = CALLS[name] as (...args: unknown[]) => unknown;
    postMessage({ id, result: await call(...args) } satisfies Answer);
  } catch (error) {
    postMessage({ id, error: (error as Error).message } satisfies Answer);
  }
}

function begun(): Session {
  if (!session) throw new Error('expected begin before anything else');
  return session;
}
