/**
 * Runs as files, without the page. Oracles: a run that never stopped, for one that was saved and opened on the way; readNetwork and readDataset, which share no
 * code with what writes; and for hostile files every change of every field, none of which may be taken for a run.
 */
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readNetwork, readProblem } from '../src/formats/index.js';
import { loadSync, type SharpnessOptions } from '../src/index.js';
import { DATA_FORMATS, NETWORK_FORMATS, restored, savedRun, written } from '../web/engine/keep.js';
import { readOwn } from '../web/engine/own-data.js';
import { readRun } from '../web/engine/run-file.js';
import { Session } from '../web/engine/session.js';
import { type Point, pointOf } from '../web/history.js';
import { DEFAULTS, type State } from '../web/state.js';

const hb = loadSync();
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const SMALL: State = { ...DEFAULTS, samples: 30, hidden: [4] };

/** A run of so many steps, and its history. */
async function run(state: State, steps: number): Promise<{ session: Session; history: Point[] }> {
  const session = await Session.begin(hb, state);
  const history = [pointOf(session.frame())];
  for (let step = 0; step < steps; step++) {
    session.advance(1);
    history.push(pointOf(session.frame()));
  }
  return { session, history };
}

describe('a saved run', () => {
  it.each<Partial<State>>([
    {},
    { momentum: 0.9, learningRate: 0.1, weightDecay: 0.001 },
    { optimizer: 'adam', learningRate: 0.01, batch: 7 },
    { optimizer: 'sam', rho: 0.1, batch: 12, data: 'xor', loss: 'softmax-cross-entropy' },
    { strength: 0.001, data: 'spirals', activation: 'gelu', hidden: [3, 2] },
    { data: 'iris', loss: 'squared-error', hidden: [], learningRate: 0.01 },
    { similarity: -0.5, copies: 2, samples: 10 },
    { data: 'digits', hidden: [2], loss: 'softmax-cross-entropy', seed: 2 ** 32 },
  ])('goes on as if it had never stopped, to the bit: %o', async (changes) => {
    const state = { ...SMALL, ...changes };
    const { session, history } = await run(state, 4);
    const bytes = savedRun(session, state, history);
    const { run: read, session: again } = await restored(hb, { name: 'run.json', bytes });
    expect(read.state).toEqual({ ...state, steps: 4 });
    expect(read.history).toEqual(history);
    expect(again.frame()).toEqual(session.frame());
    expect(again.training).toEqual(session.training);
    // What comes out of a file is written as the same file.
    expect(savedRun(again, { ...state, steps: 0 }, read.history)).toEqual(
      savedRun(session, { ...state, steps: 0 }, history),
    );
    for (let i = 0; i < 3; i++) again.advance(1);
    const whole = await Session.begin(hb, state);
    whole.advance(7);
    expect(again.training).toEqual(whole.training);
    expect(again.frame()).toEqual(whole.frame());
    again.reset();
    expect(again.frame()).toEqual((await Session.begin(hb, state)).frame());
  });

  it('keeps the sign of 0', async () => {
    const { session, history } = await run(SMALL, 0);
    const { training, network } = session;
    training.vectors[0][3] = -0;
    const bytes = savedRun(session, SMALL, [{ ...history[0], lower: -0 }]);
    const read = readRun({ name: 'run.json', bytes });
    expect(Object.is(read.training.vectors[0][3], -0)).toBe(true);
    expect(Object.is(read.history[0].lower, -0)).toBe(true);
    expect(Object.is(read.training.vectors[0][2], 0)).toBe(true);
    expect(read.network.layers[0].weights).toEqual(network.layers[0].weights);
  });

  it('has the data of its visitor', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 2 ? 'odd' : 'even'}`);
    const own = { name: 'my flowers.csv', bytes: utf8(`a,b,kind\n${lines.join('\n')}\n`) };
    const state: State = { ...SMALL, data: 'own', file: own.name, classes: 2 };
    const { source } = await readOwn(own, 0);
    const session = await Session.begin(hb, state, source);
    session.advance(4);
    const bytes = savedRun(session, state, [pointOf(session.frame())], own);
    const again = await restored(hb, { name: 'run.json', bytes });
    expect(again.run.own).toEqual(own);
    expect(again.own?.about.classes).toEqual(['even', 'odd']);
    expect(again.session.frame()).toEqual(session.frame());
    const text = new TextDecoder().decode(bytes);
    for (const [from, to, message] of [
      ['"base64": "', '"base64": "*', /own\.base64: expected base64/],
      ['"name": "my', '"name": "your', /own\.name: expected "my flowers\.csv"/],
      ['"classes": 2', '"classes": 3', /state\.|training/],
    ] as const) {
      const broken = { name: 'run.json', bytes: utf8(text.replace(from, to)) };
      await expect(restored(hb, broken)).rejects.toThrow(message);
    }
  });

  it('is a network that readNetwork reads', async () => {
    const { session, history } = await run(SMALL, 3);
    const file = { name: 'run.json', bytes: savedRun(session, SMALL, history) };
    const { network } = await readNetwork(file);
    expect(hb.sharpness(network, session.data)).toEqual(hb.sharpness(session.network, session.data));
  });
});

describe('a file that is no run', () => {
  const saved = run({ ...SMALL, optimizer: 'adam', samples: 12, hidden: [2] }, 3).then(
    ({ session, history }) =>
      new TextDecoder().decode(
        savedRun(session, { ...SMALL, optimizer: 'adam', samples: 12, hidden: [2] }, history),
      ),
  );
  type Json = Record<string, unknown>;

  async function refusal(text: string): Promise<string> {
    const problem: unknown = await restored(hb, { name: 'x.json', bytes: utf8(text) }).catch(
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(RangeError);
    return (problem as Error).message;
  }

  async function changed(change: (run: Json) => void): Promise<string> {
    const run = JSON.parse(await saved) as Json;
    change(run);
    return refusal(JSON.stringify(run));
  }
  const inside = (run: Json, name: string): Json => run[name] as Json;

  it.each<[string, (run: Json) => void, RegExp]>([
    [
      'another format',
      (run) => (run['format'] = 'x'),
      /^x\.json: format: expected "hessbound-run".*; got "x"$/,
    ],
    ['a newer one', (run) => (run['version'] = 2), /version: expected 1.*; got 2$/],
    ['an unknown field', (run) => (run['more'] = 1), /run: unknown field "more"; known: format, version/],
    ['no state', (run) => delete run['state'], /state: expected an object; got undefined$/],
    [
      'no data set',
      (run) => (inside(run, 'state')['data'] = 'moon'),
      /state\.data: expected .*; got "moon"$/,
    ],
    [
      'samples out of range',
      (run) => (inside(run, 'state')['samples'] = 1e9),
      /state\.samples: expected a whole number from 10 to 1000; got 1000000000$/,
    ],
    [
      'samples as text',
      (run) => (inside(run, 'state')['samples'] = '200'),
      /state\.samples: expected a number; got/,
    ],
    [
      'no widths',
      (run) => (inside(run, 'state')['hidden'] = 16),
      /state\.hidden: expected an array of numbers/,
    ],
    ['half a unit', (run) => (inside(run, 'state')['hidden'] = [1.5]), /state\.hidden: expected/],
    [
      'nested widths',
      (run) => (inside(run, 'state')['hidden'] = [[16], 16]),
      /state\.hidden: expected an array/,
    ],
    ['no choice', (run) => (inside(run, 'state')['choice'] = 1), /state: unknown field "choice"/],
    [
      'a loss of other data',
      (run) => Object.assign(inside(run, 'state'), { data: 'iris', loss: 'sigmoid-cross-entropy' }),
      /state\.loss: expected .*; got "sigmoid-cross-entropy"$/,
    ],
    ['no history', (run) => (run['history'] = []), /history: expected an object; got an array of length 0$/],
    ['an empty history', (run) => (run['history'] = { step: [] }), /history\.step\.length: expected/],
    [
      'steps that do not ascend',
      (run) => (inside(run, 'history')['step'] = [0, 2, 1, 3]),
      /history\.step\[2\]: expected an integer from 3 to 3; got 1/,
    ],
    ['steps to come', (run) => (inside(run, 'history')['step'] = [0, 1, 2, 4]), /history\.step\[3\]/],
    [
      'a column too short',
      (run) => (inside(run, 'history')['loss'] = [1]),
      /history\.loss: expected 4 numbers; got 1/,
    ],
    [
      'a hole',
      (run) => (inside(run, 'history')['upper'] = [1, null, 1, 1]),
      /history\.upper: expected numbers; got null/,
    ],
    ['no column', (run) => delete inside(run, 'history')['bound'], /history\.bound: expected/],
    ['a column of what', (run) => (inside(run, 'history')['what'] = []), /history: unknown field "what"/],
    ['no training', (run) => delete run['training'], /training: expected an object; got undefined$/],
    [
      'another optimizer',
      (run) => (inside(run, 'state')['optimizer'] = 'sgd'),
      /training: expected the state of 'sgd'; got that of 'adam'$/,
    ],
    [
      'another seed',
      (run) => (inside(run, 'state')['seed'] = 5),
      /training\.seed: expected that of the state, 5; got 1$/,
    ],
    [
      'another network',
      (run) => (inside(run, 'state')['hidden'] = [3]),
      /training: expected the state of a network \(2-3-1/,
    ],
    [
      'a parameter too few',
      (run) => (inside(run, 'training')['parameters'] as number[]).pop(),
      /training\.parameters: expected 9 numbers/,
    ],
    [
      'parameters beyond all bounds',
      (run) => (inside(run, 'training')['parameters'] = Array.from({ length: 9 }, () => 1e300)),
      /^x\.json: /,
    ],
    [
      'a step without end',
      (run) => (inside(run, 'training')['step'] = 1e9),
      /training\.step: expected an integer from 0 to 1000000/,
    ],
    [
      'other weights',
      (run) => ((inside(run, 'training')['parameters'] as number[])[0] += 1e-9),
      /network: expected the weights that training\.parameters are; got others$/,
    ],
    [
      'no layers',
      (run) => (run['network'] = { loss: 'squared-error' }),
      /network: expected the field "layers"/,
    ],
    ['null', (run) => (run['network'] = null), /network: expected an object; got null$/],
  ])('%s', async (_, change, message) => {
    expect(await changed(change)).toMatch(message);
  });

  it.each([
    ['', /expected JSON; got nothing$/],
    ['no', /not valid JSON/],
    ['null', /run: expected an object; got null$/],
    ['[]', /run: expected an object; got an array/],
    ['{"format":"hessbound-run","format":1}', /expected the key "format" once/],
    ['{"__proto__":{"format":"hessbound-run"}}', /format: expected/],
    [`${'['.repeat(1e5)}${']'.repeat(1e5)}`, /run: expected an object|not valid JSON/],
  ])('%j', async (text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  it('as large as a disk is not read', async () => {
    const bytes = new Uint8Array(2 ** 26 + 1);
    await expect(restored(hb, { name: 'x.json', bytes })).rejects.toThrow(
      /x\.json: expected a run, at most 64 MiB/,
    );
  });

  it('whatever stands in whichever field', async () => {
    const text = await saved;
    const places = leaves(JSON.parse(text) as unknown);
    const hostile = fc.oneof(
      fc.constantFrom<unknown>(null, true, '', '-0', 'constructor', [], {}, [[]], -1, 0.5, 1e308, {
        length: 2 ** 40,
      }),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(places.length - 1), hostile, async (at, value) => {
        const run = JSON.parse(text) as unknown;
        const place = places[at];
        const parent = place.slice(0, -1).reduce<unknown>((part, key) => (part as Json)[key], run) as Json;
        const key = place.at(-1)!;
        const same = JSON.stringify(parent[key]) === JSON.stringify(value);
        parent[key] = value;
        const outcome = await restored(hb, { name: 'x.json', bytes: utf8(JSON.stringify(run)) }).catch(
          (error: unknown) => error as Error,
        );
        if (outcome instanceof Error) {
          expect(outcome.message).toMatch(
            new RegExp(`^x\\.json: .*${place[0] === 'network' ? 'network|layers' : ''}`),
          );
          expect(outcome.message).not.toMatch(/is not a function|Cannot read|undefined \(reading/);
        } else if (!same) {
          // What is another run that can be, or only how it is shown, is itself: it can be saved and opened again.
          const bytes = savedRun(outcome.session, outcome.run.state, outcome.run.history);
          expect(readRun({ name: 'x.json', bytes }).state).toEqual(outcome.run.state);
        }
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

/** The place of every value in JSON, lists of numbers by their first and their own. */
function leaves(value: unknown, place: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [place];
  const entries = Object.entries(value);
  const some = Array.isArray(value) ? entries.slice(0, 2) : entries;
  return [
    ...(place.length > 0 ? [place] : []),
    ...some.flatMap(([key, part]) => leaves(part, [...place, key])),
  ];
}

describe('files for elsewhere', () => {
  it.each<Partial<State>>([
    {},
    { data: 'iris', loss: 'softmax-cross-entropy', hidden: [4] },
    { data: 'iris', loss: 'squared-error', hidden: [3] },
    {
      data: 'circles',
      loss: 'softmax-cross-entropy',
      hidden: [3],
      activation: 'softplus',
      weightDecay: 0.01,
    },
    { loss: 'squared-error', similarity: 0.3 },
    { data: 'breast-cancer', hidden: [2] },
  ])('have the bracket of the page, to the bit: %o', async (changes) => {
    const state = { ...SMALL, ...changes };
    const { session } = await run(state, 3);
    const options: SharpnessOptions = { bounds: ['wolkowiczStyan'], tolerance: 1e-3, exact: true };
    const { lower, upper, bounds, exact } = hb.sharpness(session.network, session.data, options);
    expect(session.frame()).toMatchObject({ lower, upper });
    for (const format of NETWORK_FORMATS) {
      for (const form of DATA_FORMATS) {
        const model = { name: `m.${format}`, bytes: await written(hb, session, { of: 'network', format }) };
        const data = { name: `d.${form}`, bytes: await written(hb, session, { of: 'data', format: form }) };
        const read = await readProblem(model, data);
        expect(hb.sharpness(read.network, read.data, options)).toMatchObject({
          lower,
          upper,
          bounds: { wolkowiczStyan: { largest: bounds.wolkowiczStyan!.largest } },
          exact: { values: exact!.values },
        });
      }
    }
  });

  it('are a script and its arrays, named alike', async () => {
    const { session } = await run(SMALL, 2);
    const zip = unzipSync(await written(hb, session, { of: 'python', name: 'moons-step-2' }));
    expect(Object.keys(zip)).toEqual(['moons-step-2.py', 'moons-step-2.npz']);
    const script = new TextDecoder().decode(zip['moons-step-2.py']);
    expect(script).toContain(String(hb.sharpness(session.network, session.data).upper));
    expect(script).toContain('nn.Tanh()');
  });
});
