/** The playground's Worker, from the page's side: the numbers of a session in the page itself, in order, and errors as rejections. */
import { afterEach, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { Engine } from '../../web/engine/engine.js';
import { Session } from '../../web/engine/session.js';
import { DEFAULTS } from '../../web/state.js';

const state = { ...DEFAULTS, samples: 20, hidden: [3] };
let engine: Engine;
afterEach(() => engine.close());

describe('the engine', () => {
  it('gives what a session gives, call after call', async () => {
    engine = new Engine();
    const session = await Session.begin(loadSync(), state);
    const calls = [
      engine.call('begin', state),
      engine.call('advance', 3),
      engine.call('reset'),
      engine.call('advance', 1),
    ];
    const frames = [session.frame()];
    session.advance(3);
    frames.push(session.frame());
    session.reset();
    frames.push(session.frame());
    session.advance(1);
    frames.push(session.frame());
    expect(await Promise.all(calls)).toEqual(frames);
    expect(await engine.call('plane')).toEqual(session.plane());
    expect(await engine.call('regions', 4)).toEqual(session.regions(4));
    expect(await engine.call('snapshot')).toEqual(session.snapshot());
  });

  it('rejects what cannot be, and goes on', async () => {
    engine = new Engine();
    await expect(engine.call('advance', 1)).rejects.toThrow('there is no run here');
    await expect(engine.call('begin', { ...state, hidden: [0] })).rejects.toThrow(/widths/);
    await expect(engine.call('advance', 1)).rejects.toThrow(/widths/);
    expect(await engine.call('begin', state)).toMatchObject({ step: 0 });
  });

  it('rejects what is under way when it is closed', async () => {
    engine = new Engine();
    const call = engine.call('begin', state);
    engine.close();
    await expect(call).rejects.toThrow('the engine was closed');
    expect(await engine.call('begin', state)).toMatchObject({ step: 0 });
  });
});
