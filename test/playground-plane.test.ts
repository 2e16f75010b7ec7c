/** The plane that the page draws the data on, and the answers that it reads from outputs. */
import { describe, expect, it } from 'vitest';
import { loadSync, matrix } from '../src/index.js';
import { outputsOver, planeOf } from '../web/engine/plane.js';
import { type Samples, samplesOf } from '../web/engine/samples.js';
import { Session } from '../web/engine/session.js';
import { answerOf, classAt, countRight, sharesOf } from '../web/picture/answers.js';
import { DEFAULTS, fitting, type State } from '../web/state.js';

const hb = loadSync();

function samples(rows: readonly (readonly number[])[], features: readonly string[]): Samples {
  const inputs = matrix(rows.length, rows[0].length, rows.flat());
  const labels = rows.map((_, i) => i % 2);
  return {
    data: { inputs, targets: labels },
    ...{ labels, classes: 2, names: ['a', 'b'], features: [...features] },
    units: { mean: 0, scale: 1 },
  };
}

/** Orthonormal: rows of a Hadamard matrix over √n. */
function hadamard(n: number, k: number): number[] {
  const sign = (j: number): number => {
    let odd = 0;
    for (let bits = j & k; bits > 0; bits >>= 1) odd ^= bits & 1;
    return odd === 0 ? 1 : -1;
  };
  return Array.from({ length: n }, (_, j) => sign(j) / Math.sqrt(n));
}

describe('the plane', () => {
  // Oracle: samples ±s_k q_k around m, q_k orthonormal, have the covariance Σ 2 s_k² q_k q_kᵀ / N, so that its eigenvectors are q_k.
  it.each([
    ['fewer inputs than samples', 4, [1, 3, 0.5, 2]],
    ['more inputs than samples', 16, [1, 3]],
  ])('is that of the largest variances: %s', (_, d, sizes) => {
    const mean = Array.from({ length: d }, (_, j) => j - 1.5);
    const rows = sizes.flatMap((size, k) =>
      [size, -size].map((s) => hadamard(d, k + 1).map((q, j) => mean[j] + s * q)),
    );
    const { plane, directions } = planeOf(hb, samples(rows, Array<string>(d).fill('x')));
    expect(plane.kind).toBe('components');
    const order = sizes.map((_, k) => k).sort((a, b) => sizes[b] - sizes[a]);
    const square = (k: number): number => sizes[k] * sizes[k];
    const total = sizes.reduce((sum, size) => sum + size * size, 0);
    expect(plane.share).toBeCloseTo((square(order[0]) + square(order[1])) / total, 14);
    // Signs: of q's equal entries the first counts, and its rounding. Up to that, q itself.
    [directions.across, directions.up].forEach((direction, at) => {
      const q = hadamard(d, order[at] + 1);
      const cosine = direction.reduce((sum, x, j) => sum + x * q[j], 0);
      expect(Math.abs(cosine)).toBeCloseTo(1, 14);
      for (let i = 0; i < rows.length; i++) {
        const expected =
          Math.floor(i / 2) === order[at] ? cosine * sizes[order[at]] * (i % 2 === 0 ? 1 : -1) : 0;
        expect(plane.points[2 * i + at]).toBeCloseTo(expected, 13);
      }
    });
    mean.forEach((m, j) => expect(directions.origin[j]).toBeCloseTo(m, 14));
  });

  it('has directions whose largest entries are positive', () => {
    // Variances 9 along (−0.8, 0.6, 0) and 1 along the third axis.
    const rows = [1, -1].flatMap((s) => [
      [-2.4 * s, 1.8 * s, 0],
      [0, 0, s],
    ]);
    const { directions } = planeOf(hb, samples(rows, ['x', 'y', 'z']));
    [0.8, -0.6, 0].forEach((x, j) => expect(directions.across[j]).toBeCloseTo(x, 14));
    [0, 0, 1].forEach((x, j) => expect(directions.up[j]).toBeCloseTo(x, 14));
  });

  it('of two inputs is these, and of one a line', () => {
    const rows = [
      [3, 1],
      [-1, 0.5],
      [0, 2],
    ];
    const two = planeOf(hb, samples(rows, ['x', 'y'])).plane;
    expect(Array.from(two.points)).toEqual(rows.flat());
    expect(two).toMatchObject({ kind: 'inputs', share: 1, axes: ['x', 'y'] });
    // A square of 1.1 × the wider side, 4, around the middle (1, 1.25).
    const sides = { left: 1 - 2.2, right: 1 + 2.2, bottom: 1.25 - 2.2, top: 1.25 + 2.2 };
    for (const side of ['left', 'right', 'bottom', 'top'] as const)
      expect(two[side]).toBeCloseTo(sides[side], 14);
    const one = planeOf(
      hb,
      samples(
        rows.map(([x]) => [x]),
        ['x'],
      ),
    ).plane;
    expect(one.kind).toBe('line');
    expect([0, 2, 4].map((i) => one.points[i])).toEqual([3, -1, 0]);
  });

  it.each<Partial<State>>([
    { hidden: [5] },
    { data: 'iris', hidden: [4, 3] },
    { data: 'digits', hidden: [] },
    { samples: 20, hidden: [3], similarity: -0.5 },
    { hidden: [3], similarity: 0.5, copies: 2 },
  ])('shows the outputs at its points of the space of inputs: %o', async (changes) => {
    const state = { ...DEFAULTS, ...fitting(DEFAULTS, { data: changes.data ?? 'moons' }), ...changes };
    const session = await Session.begin(hb, state);
    session.advance(3);
    const { plane, directions } = planeOf(hb, await samplesOf(state));
    expect(session.plane()).toEqual(plane);
    const size = 3;
    const { left, right, top, bottom } = plane;
    const d = directions.origin.length;
    const inputs = matrix(size * size, d);
    for (let cell = 0; cell < size * size; cell++) {
      const a = left + ((right - left) * ((cell % size) + 0.5)) / size;
      const b = top + ((bottom - top) * (Math.floor(cell / size) + 0.5)) / size;
      for (let j = 0; j < d; j++)
        inputs.data[cell * d + j] = directions.origin[j] + a * directions.across[j] + b * directions.up[j];
    }
    const expected = hb.logits(session.network, inputs).data;
    // Another order of d products of numbers of size 10, through layers that enlarge an error by less than 10 each.
    session
      .regions(size)
      .forEach((z, i) => expect(Math.abs(z - expected[i])).toBeLessThan(1e4 * d * 2.3e-16));
    expect(outputsOver(hb, session.network, plane, directions, size)).toEqual(session.regions(size));
    expect(session.outputs()).toEqual(hb.logits(session.network, session.data.inputs).data);
  });

  it('has the pixels of digits, whatever is done to the inputs', async () => {
    const { pixels } = (
      await Session.begin(hb, {
        ...DEFAULTS,
        data: 'digits',
        loss: 'softmax-cross-entropy',
        hidden: [],
        similarity: 0.5,
      })
    ).plane();
    const { data } = await samplesOf({ ...DEFAULTS, data: 'digits', loss: 'softmax-cross-entropy' });
    expect(pixels).toEqual(data.inputs.data);
  });
});

describe('answers', () => {
  it.each<Partial<State>>([
    { hidden: [4] },
    { loss: 'softmax-cross-entropy', hidden: [4] },
    { data: 'iris', loss: 'softmax-cross-entropy', hidden: [4] },
  ])('are right as often as the library counts: %o', async (changes) => {
    const state = { ...DEFAULTS, ...changes };
    const session = await Session.begin(hb, state);
    session.advance(10);
    const plane = session.plane();
    const outputs = session.outputs();
    const reading = {
      outputs: outputs.length / plane.labels.length,
      loss: state.loss,
      classes: plane.classes.length,
    };
    const { accuracy } = session.frame();
    expect(countRight(outputs, plane, reading)).toBe(Math.round(accuracy! * plane.labels.length));
  });

  it('have shares that follow from the loss', () => {
    const shares = (outputs: number[], loss: State['loss']): number[] => {
      const result = new Float64Array(Math.max(2, outputs.length));
      sharesOf(
        Float64Array.from(outputs),
        0,
        { outputs: outputs.length, loss, classes: result.length },
        result,
      );
      return Array.from(result);
    };
    const near = (values: number[]): unknown[] => values.map((x) => expect.closeTo(x, 14) as unknown);
    expect(shares([Math.log(3)], 'sigmoid-cross-entropy')).toEqual(near([0.25, 0.75]));
    expect(shares([0, Math.log(2), Math.log(5)], 'softmax-cross-entropy')).toEqual(
      near([1 / 8, 2 / 8, 5 / 8]),
    );
    expect(shares([1000, 0], 'softmax-cross-entropy')).toEqual([1, 0]);
    expect(shares([1.5], 'squared-error')).toEqual([0, 1]);
    expect(shares([-0.5, 0.5, 1.5], 'squared-error')).toEqual(near([0, 0.25, 0.75]));
    expect(shares([-1, -2, -3], 'squared-error')).toEqual(near([1 / 3, 1 / 3, 1 / 3]));
  });

  it('are the largest output, the first of equals, or the side of a half', () => {
    const three = { outputs: 3, loss: 'squared-error', classes: 3 } as const;
    expect([0, 1].map((i) => classAt(Float64Array.of(1, 2, 2, -3, -2, -4), i, three))).toEqual([1, 1]);
    const one = { outputs: 1, loss: 'squared-error', classes: 2 } as const;
    expect([0, 1].map((i) => classAt(Float64Array.of(0.4, 0.6), i, one))).toEqual([0, 1]);
    expect(answerOf(Float64Array.of(0.4, 0.6), 1, one)).toEqual({ class: 1, certainty: 0.6 });
    const sigmoid = { outputs: 1, loss: 'sigmoid-cross-entropy', classes: 2 } as const;
    expect(classAt(Float64Array.of(0.4), 0, sigmoid)).toBe(1);
  });
});
