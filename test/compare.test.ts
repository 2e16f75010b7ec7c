/**
 * What hessbound bench times: src/plain against the core, which oracle.test.ts holds against PyTorch and which shares no code with it. That
 * both agree, prepare() finds out itself; here that it does so, and that it would notice if they did not.
 */
import { describe, expect, it } from 'vitest';
import { clockStep, expectClose, time } from '../src/compare/measure.js';
import { problem } from '../src/compare/problems.js';
import * as tasks from '../src/compare/tasks.js';
import { loadSync } from '../src/index.js';

const hb = loadSync();

describe('tasks', () => {
  it.each(tasks.comparisons({ quick: true }).map((task) => [`${task.section} ${task.task}`, task] as const))(
    '%s: both give the same',
    (_, { prepare }) => {
      const contenders = prepare(hb);
      expect(Object.keys(contenders)).toEqual(['hessbound', tasks.PLAIN]);
      for (const run of Object.values(contenders)) expect(run()).toBeDefined();
    },
  );

  it.each([
    [[5, 4, 3], 'tanh'],
    [[5, 4, 1], 'sigmoid'],
    [[3, 6, 5, 4], 'sigmoid'],
    [[3, 4, 5, 6, 2], 'tanh'],
  ] as const)('networks of any depth: %j %s', (widths, activation) => {
    const p = problem(widths, 7, { activation });
    for (const task of [tasks.moments, tasks.hessian, tasks.product]) expect(() => task(hb, p)).not.toThrow();
  });

  it.each([
    ['gram', 'Gram matrix'],
    ['frobeniusNorm', 'norm'],
    ['eigh', 'eigh'],
    ['moments', 'moments'],
    ['hessian', 'Hessian'],
    ['hessianVectorProduct', 'H·v'],
  ] as const)('refuses to time a core whose %s is off by 1e-9', (broken, section) => {
    const instance = new Proxy(hb, {
      get: (_, name) => {
        const method = (hb[name as keyof typeof hb] as (...args: unknown[]) => unknown).bind(hb);
        return name === broken ? (...args: unknown[]) => changed(method(...args)) : method;
      },
    });
    const [task] = tasks.comparisons({ quick: true }).filter((each) => each.section === section);
    expect(() => task.prepare(instance)).toThrow(/differ/);
  });
});

/** Every number a little larger, wherever it is. */
function changed(value: unknown): unknown {
  if (typeof value === 'number') return value * (1 + 1e-9);
  if (value instanceof Float64Array) return value.map((x) => x * (1 + 1e-9));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, changed(entry)]));
}

describe('measure', () => {
  it('counts what it runs, and orders what it finds', async () => {
    let runs = 0;
    const [timing] = await time({ counting: () => runs++ }, { quick: true });
    expect(timing.name).toBe('counting');
    expect(timing.runs).toBeGreaterThanOrEqual(3);
    expect(runs).toBeGreaterThan(timing.runs);
    expect(timing.fastest).toBeLessThanOrEqual(timing.milliseconds);
    expect(timing.spread).toBeGreaterThanOrEqual(0);
  });

  it('times many runs at once where the clock is coarse, and tells of one', async () => {
    const step = clockStep();
    expect(step).toBeGreaterThan(0);
    let runs = 0;
    const work = (): void => {
      const start = performance.now();
      while (performance.now() - start < 0.5);
      runs++;
    };
    const [timing] = await time({ work }, { quick: true, least: 10 });
    // Half a millisecond by this very clock, of which ten take five at least.
    expect(timing.fastest).toBeGreaterThanOrEqual(0.5 - 1e-9);
    expect(timing.fastest).toBeLessThan(5);
    expect(runs).toBeGreaterThan(timing.runs);
    expect(timing.runs % 2).toBe(0);
  });

  it('compares to 1e-10 of the largest entry, and nothing but numbers', () => {
    expect(() => expectClose([1, 2 + 1e-10], [1, 2], 'x')).not.toThrow();
    expect(() => expectClose([1, 2 + 1e-9], [1, 2], 'x')).toThrow(/x: results differ at 1/);
    expect(() => expectClose([1, NaN], [1, 2], 'x')).toThrow(/differ/);
    expect(() => expectClose([1], [1, 2], 'x')).toThrow(/lengths/);
  });
});
