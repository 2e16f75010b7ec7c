/** What eigh and eighResiduals take and give: parts of a spectrum, bad input, failures, memory. */
import { describe, expect, it } from 'vitest';
import { eigh, residuals } from '../src/core/eigh.js';
import { compileSync, Core } from '../src/core/instance.js';
import { type Kernels } from '../src/core/kernels.js';
import { type EighOptions, loadSync, matrix, type Matrix } from '../src/index.js';
import { FAMILIES, randomSymmetric, ratios, symmetric } from './reference/symmetric.js';

const hb = loadSync();

describe('a part of the spectrum', () => {
  const parts: [EighOptions['select'], (n: number) => [number, number]][] = [
    [{ largest: 3 }, (n) => [n - 3, n]],
    [{ smallest: 4 }, () => [0, 4]],
    [{ from: 5, to: 9 }, () => [5, 9]],
    [{ from: 0, to: 10 }, () => [0, 10]],
    [{ from: 7, to: 7 }, () => [7, 7]],
    [{ largest: 0 }, (n) => [n, n]],
  ];
  // One that is torn; one that falls apart; one in which nearly all is deflated; one left to QL.
  const matrices: [string, Matrix][] = [
    ['random, 100', randomSymmetric(100, 1)],
    ['blocks, 90', FAMILIES['blocks of one matrix'](90, 1)],
    ['rank 2, 80', FAMILIES['rank 2'](80, 1)],
    ['random, 12', randomSymmetric(12, 1)],
  ];

  it.each(matrices)('has the bits it has in the whole: %s', (_, a) => {
    const n = a.rows;
    const { values, vectors } = hb.eigh(a, { vectors: true });
    const alone = hb.eigh(a).values;
    for (const [select, where] of parts) {
      const [from, to] = where(n);
      const part = hb.eigh(a, { vectors: true, select });
      expect(part.values).toEqual(values.slice(from, to));
      expect(part.vectors).toEqual({ rows: to - from, cols: n, data: vectors!.data.slice(from * n, to * n) });
      expect(hb.eigh(a, { select }).values).toEqual(alone.slice(from, to));
    }
  });

  it.each([
    [{ largest: 5 }, /select\.largest: expected an integer from 0 to 4; got 5/],
    [{ smallest: -1 }, /select\.smallest: expected an integer from 0 to 4; got -1/],
    [{ from: 1.5, to: 2 }, /select\.from: expected an integer from 0 to 4; got 1.5/],
    [{ from: 3, to: 2 }, /select\.to: expected an integer from 3 to 4; got 2/],
  ])('refuses %o', (select, message) => {
    expect(() => hb.eigh(matrix(4, 4), { select })).toThrow(RangeError);
    expect(() => hb.eigh(matrix(4, 4), { select })).toThrow(message);
  });

  it.each([
    [{}, /select: expected \{ largest \}, \{ smallest \} or \{ from, to \}; got \{ {2}\}/],
    [{ largest: 1, smallest: 1 }, /got \{ largest, smallest \}/],
    [{ from: 1 }, /got \{ from \}/],
    [{ biggest: 1 }, /select: unknown option "biggest"/],
    [3, /select: expected an object; got 3/],
  ])('refuses %o as of the wrong kind', (select, message) => {
    expect(() => hb.eigh(matrix(4, 4), { select } as object)).toThrow(TypeError);
    expect(() => hb.eigh(matrix(4, 4), { select } as object)).toThrow(message);
  });
});

describe('eighResiduals', () => {
  it.each(Object.keys(FAMILIES))('agrees with the ratios in plain TypeScript: %s', (name) => {
    const a = FAMILIES[name](40, 2);
    const result = hb.eigh(a, { vectors: true });
    const expected = ratios(a, result.values, result.vectors!);
    const { residual, orthogonality } = hb.eighResiduals(a, result);
    // Ratios count rounding errors, which differ between two ways to sum: each by at most n ε/2 of the sum of sizes, so by √n ratios.
    const allowed = Math.sqrt(a.rows);
    expect(Math.abs(residual - expected.residual)).toBeLessThan(allowed);
    expect(Math.abs(orthogonality - expected.orthogonality)).toBeLessThan(allowed);
    expect(Math.max(residual, orthogonality)).toBeLessThan(30);
  });

  it('agrees in full where the result is wrong', () => {
    for (const size of [1, 1e300, 1e-300]) {
      const a = randomSymmetric(30, 4, size);
      const { values, vectors } = hb.eigh(a, { vectors: true });
      vectors!.data[7] += 1e-9;
      values[20] += 1e-8 * size;
      const expected = ratios(a, values, vectors!);
      const { residual, orthogonality } = hb.eighResiduals(a, { values, vectors: vectors! });
      expect(residual / expected.residual).toBeCloseTo(1, 5);
      expect(orthogonality / expected.orthogonality).toBeCloseTo(1, 5);
      expect(Math.min(residual, orthogonality)).toBeGreaterThan(30);
    }
  });

  it('tells a part of the spectrum, and a tiny matrix, by the same measure', () => {
    const a = randomSymmetric(40, 6);
    const part = hb.eigh(a, { vectors: true, select: { from: 10, to: 13 } });
    expect(hb.eighResiduals(a, part).residual).toBeLessThan(1);
    part.values.reverse();
    expect(hb.eighResiduals(a, part).residual).toBeGreaterThan(1e9);
    const tiny = randomSymmetric(20, 7, 1e-310);
    expect(hb.eighResiduals(tiny, hb.eigh(tiny, { vectors: true })).residual).toBeLessThan(30);
    const none = hb.eigh(a, { vectors: true, select: { largest: 0 } });
    expect(hb.eighResiduals(a, none)).toEqual({ residual: 0, orthogonality: 0 });
  });

  it('is Infinity for a result beyond all measure', () => {
    const vectors = matrix(2, 2, [1e300, 1e300, -1e300, 1e300]);
    const { residual, orthogonality } = hb.eighResiduals(matrix(2, 2, [2, 1, 1, 2]), {
      values: [1e300, 1e300],
      vectors,
    });
    expect([residual, orthogonality]).toEqual([Infinity, Infinity]);
  });

  it('refuses results without vectors, and of another matrix', () => {
    const a = matrix(2, 2, [2, 1, 1, 2]);
    expect(() => hb.eighResiduals(a, hb.eigh(a))).toThrow(TypeError);
    expect(() => hb.eighResiduals(a, hb.eigh(a))).toThrow(
      /result\.vectors: expected the eigenvectors.*got none/,
    );
    const other = hb.eigh(matrix(3, 3), { vectors: true });
    expect(() => hb.eighResiduals(a, other)).toThrow(
      /result\.vectors: .* at most 2, and 2 columns.*got 3 × 3/,
    );
    const { vectors } = hb.eigh(a, { vectors: true });
    expect(() => hb.eighResiduals(a, { values: [1], vectors: vectors! })).toThrow(
      /one row for each of 1 values/,
    );
    expect(() => hb.eighResiduals(a, { values: [1, NaN], vectors: vectors! })).toThrow(/result\.values.*NaN/);
  });
});

describe('input', () => {
  it('is read from the lower triangle, where it is symmetric only to rounding', () => {
    const a = randomSymmetric(6, 1);
    const b = matrix(6, 6, a.data);
    b.data[1] = b.data[1] + Number.EPSILON;
    expect(hb.eigh(b).values).toEqual(hb.eigh(a).values);
    expect(a.data).toEqual(randomSymmetric(6, 1).data);
  });

  it('may be of order 0', () => {
    expect(hb.eigh(matrix(0, 0))).toEqual({ values: new Float64Array() });
    expect(hb.eigh(matrix(0, 0), { vectors: true })).toEqual({
      values: new Float64Array(),
      vectors: matrix(0, 0),
    });
  });

  it.each([
    [matrix(2, 3), /a: expected a square matrix; got 2 × 3/],
    [matrix(2, 2, [1, 2, 3, 4]), /a: expected a symmetric matrix.*\(1, 0\) = 3 and \(0, 1\) = 2/],
    [{ ...matrix(1, 1), data: Float64Array.of(NaN) }, /a\.data: expected finite numbers; got NaN/],
    [{ ...matrix(1, 1), data: Float64Array.of(Infinity) }, /a\.data: expected finite numbers; got Infinity/],
  ])('is refused: %#', (a, message) => {
    for (const call of [() => hb.eigh(a), () => hb.eighResiduals(a, { values: [] })]) {
      expect(call).toThrow(RangeError);
      expect(call).toThrow(message);
    }
  });

  it('is told the worst pair, wherever it is', () => {
    const a = randomSymmetric(100, 3);
    a.data[17 * 100 + 83] += 1e-6;
    a.data[99 * 100 + 2] -= 1e-3;
    expect(() => hb.eigh(a)).toThrow(/between \(99, 2\) = .* and \(2, 99\)/);
  });
});

describe('an iteration that does not end', () => {
  /** A core one of whose kernels gives what it gives when it has reached its cap. */
  function failing(name: keyof Kernels, answer: number): Core {
    const core = new Core(compileSync());
    const kernels = { ...core.kernels, [name]: () => answer };
    Object.defineProperty(core, 'kernels', { value: kernels });
    return core;
  }
  const a = randomSymmetric(100, 1).data;

  it.each([
    ['rootFreeQl', -1, false, /eigh: eigenvalue 0 of a matrix of order 100 did not converge/],
    ['implicitQl', 3, true, /eigh: eigenvalue 3 of a matrix of order 100 did not converge/],
    ['secularRoots', 5, true, /eigh: eigenvalue 5 of a matrix of order 100 did not converge/],
  ] as const)('is an error that names order and index: %s', (name, answer, vectors, message) => {
    const core = failing(name, answer);
    expect(() => eigh(core, a, 100, { vectors })).toThrow(message);
    expect(core.allocatedBytes).toBe(0);
  });

  it('is noticed by the kernels themselves', () => {
    const core = new Core(compileSync());
    core.frame(() => {
      const d = core.write(Float64Array.of(0, 0, 0));
      const e = core.write(Float64Array.of(1, 1, 0));
      expect(core.kernels.rootFreeQl(3, 0, d, e, 0, 0)).toBe(-1);
      // Numbers that no iteration can settle.
      const bad = core.write(Float64Array.of(NaN, NaN, NaN));
      const z = core.zeros(9);
      expect(core.kernels.implicitQl(3, bad, core.write(Float64Array.of(NaN, NaN, 0)), z, 3, 0)).toBe(0);
    });
  });
});

describe('memory', () => {
  it('is at most 3 n² doubles, and some O(n), with vectors, and n² without', () => {
    const n = 600;
    const a = randomSymmetric(n, 1);
    for (const [vectors, squares] of [
      [false, 1],
      [true, 3],
    ] as const) {
      const core = new Core(compileSync());
      const before = core.kernels.memory.buffer.byteLength;
      const most = mostBytes(core, () => eigh(core, a.data, n, { vectors }));
      expect(most - before).toBeLessThan(8 * (squares * n * n + 150 * n) + 65536);
    }
  });

  it('may hold anything before: results have the same bits on memory full of NaN', () => {
    const clean = new Core(compileSync());
    const dirty = new Core(compileSync());
    const allocate = dirty.allocateBytes.bind(dirty);
    dirty.allocateBytes = (bytes) => {
      const pointer = allocate(bytes);
      new Uint8Array(dirty.kernels.memory.buffer, pointer, bytes).fill(0xff);
      return pointer;
    };
    for (const make of Object.values(FAMILIES)) {
      for (const [n, leaf] of [
        [1, 32],
        [7, 2],
        [37, 1],
        [70, 32],
      ]) {
        const { data } = make(n, 3);
        for (const vectors of [false, true]) {
          const expected = eigh(clean, data, n, { vectors, leaf });
          expect(eigh(dirty, data, n, { vectors, leaf })).toEqual(expected);
          if (!expected.vectors) continue;
          const judge = (core: Core): object => residuals(core, data, n, expected.values, expected.vectors!);
          expect(judge(dirty)).toEqual(judge(clean));
        }
      }
    }
  });

  it('is released when the call ends', () => {
    hb.eigh(
      symmetric(40, (i, j) => i + j),
      { vectors: true },
    );
    expect(hb.memory().used).toBe(0);
  });

  /** What the memory has grown to by the time of the last kernel; it never shrinks within a call. */
  function mostBytes(core: Core, work: () => void): number {
    const { memory } = core.kernels;
    work();
    return memory.buffer.byteLength;
  }
});
