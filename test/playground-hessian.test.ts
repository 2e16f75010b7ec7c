/**
 * What the Hessian tab shows. Oracles: hyper-dual arithmetic (test/reference) for losses, slopes and second derivatives, with eigenvalues by the eigensolver in
 * plain TypeScript; differences of the losses that are shown; geometry worked out by hand.
 */
import { describe, expect, it } from 'vitest';
import { loadSync, type Network } from '../src/index.js';
import { eigh as plainEigh } from '../src/plain/eigh.js';
import { hessianPicture, pictureOf } from '../src/views/index.js';
import {
  estimatedSpectrum,
  landscapeFigures,
  matrixFigures,
  MOST_ASSEMBLED,
  spectrumFigures,
  wholeSpectrum,
} from '../web/engine/hessian.js';
import { landscapeOf, sharpest } from '../web/engine/landscape.js';
import { type Snapshot } from '../web/engine/protocol.js';
import { Session } from '../web/engine/session.js';
import { DEFAULTS, EXACT_PARAMETERS, type State } from '../web/state.js';
import { derivatives } from './reference/hyperdual.js';
import { readMarkup } from './reference/markup.js';

const hb = loadSync();
const { EPSILON } = Number;

async function snapshotOf(changes: Partial<State>): Promise<Snapshot> {
  const state = { ...DEFAULTS, samples: 20, ...changes };
  const session = await Session.begin(hb, state);
  session.advance(state.steps);
  return session.snapshot();
}

/** θ + a v₁ + b v₂, entry by entry. */
function moved(network: Network, vectors: readonly Float64Array[], places: readonly number[]): Network {
  let at = 0;
  const next = (value: number): number => {
    const i = at++;
    return vectors.reduce((sum, vector, k) => sum + places[k] * vector[i], value);
  };
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: { ...layer.weights, data: layer.weights.data.map(next) },
    bias: Array.from(layer.bias!, next),
  }));
  return { ...network, layers };
}

function countOf({ layers }: Network): number {
  return layers.reduce((sum, { weights, bias }) => sum + weights.data.length + bias!.length, 0);
}

const SMALL: Partial<State>[] = [
  { hidden: [3], steps: 5 },
  { hidden: [2, 2], steps: 3, activation: 'softplus', weightDecay: 0.1 },
  { hidden: [], loss: 'squared-error', steps: 2 },
  { hidden: [2], loss: 'softmax-cross-entropy', activation: 'gelu', steps: 4 },
];

describe.each(SMALL)('the loss around %o', (changes) => {
  const look = { learningRate: 0.7, zoom: 1 };

  it('is looked at along the two largest eigenvectors of its second derivatives', async () => {
    const { network, data } = await snapshotOf(changes);
    const P = countOf(network);
    const truth = derivatives(network, data);
    const all = plainEigh(P, Float64Array.from(truth.hessian), false).values;
    const { slices } = landscapeOf(hb, network, data, look);
    // Both Hessians and both solvers are backward stable: P ε ‖H‖ each, times a few.
    const tolerance = 40 * P * EPSILON * Math.abs(all[P - 1]);
    sharpest(hb, network, data).forEach(({ curvature, vector }, k) => {
      expect(Math.abs(curvature - all[P - 1 - k])).toBeLessThan(tolerance);
      expect(slices[k].curvature).toBe(curvature);
      for (let i = 0; i < P; i++) {
        const product = vector.reduce((sum, x, j) => sum + truth.hessian[i * P + j] * x, 0);
        expect(Math.abs(product - curvature * vector[i])).toBeLessThan(tolerance);
      }
      const slope = vector.reduce((sum, x, i) => sum + truth.gradient[i] * x, 0);
      expect(slices[k].slope).toBeCloseTo(slope, 12);
      const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
      expect(largest).toBeGreaterThan(0);
    });
  });

  it('is the loss at the parameters of each place', async () => {
    const { network, data } = await snapshotOf(changes);
    const vectors = sharpest(hb, network, data).map(({ vector }) => vector);
    const { loss, reach, slices, size, losses } = landscapeOf(hb, network, data, look);
    const at = (...places: number[]): number => derivatives(moved(network, vectors, places), data).loss;
    // Losses of size 1, of some hundred operations.
    expect(at(0, 0)).toBeCloseTo(loss, 12);
    const place = (k: number): number => -reach + (2 * reach * k) / (size - 1);
    for (const [r, c] of [
      [0, 0],
      [3, size - 1],
      [(size - 1) / 2, 7],
    ] as const)
      expect(losses[r * size + c]).toBeCloseTo(at(place(c), place(r)), 12);
    slices.forEach(({ places, losses: along, landing, slope }, k) => {
      expect([places[0], places.at(-1)]).toEqual([-reach, reach]);
      const on = (x: number): number => (k === 0 ? at(x, 0) : at(0, x));
      for (const i of [0, 11, along.length - 1]) expect(along[i]).toBeCloseTo(on(places[i]), 12);
      expect(landing.place).toBe(-0.7 * slope);
      expect(landing.loss).toBeCloseTo(on(landing.place), 12);
    });
  });

  it('has the slope and the curvature of its quadratic model, and no mixed term', async () => {
    const { network, data } = await snapshotOf(changes);
    const { loss, slices, size, losses, reach } = landscapeOf(hb, network, data, {
      learningRate: 0,
      zoom: 1 / 16,
    });
    for (const { places, losses: along, curvature, slope } of slices) {
      const middle = (along.length - 1) / 2;
      const h = places[middle + 1];
      const bend = (k: number): number =>
        (along[middle + k] - 2 * loss + along[middle - k]) / (k * h) / (k * h);
      const rise = (k: number): number => (along[middle + k] - along[middle - k]) / (2 * k * h);
      // The error of a difference over h is a third of what it changes over 2 h, to the next order; and rounding of four losses, of some hundred operations each.
      const rounding = 400 * EPSILON * loss;
      expect(Math.abs(bend(1) - curvature)).toBeLessThan(
        0.4 * Math.abs(bend(2) - bend(1)) + rounding / h / h,
      );
      expect(Math.abs(rise(1) - slope)).toBeLessThan(0.4 * Math.abs(rise(2) - rise(1)) + rounding / h);
    }
    // ∂²L/∂a∂b from the four points around the middle.
    const middle = (size - 1) / 2;
    const h = (2 * reach) / (size - 1);
    const mixed = (k: number): number => {
      const corner = (r: number, c: number): number => losses[(middle + k * r) * size + middle + k * c];
      return (corner(1, 1) - corner(1, -1) - corner(-1, 1) + corner(-1, -1)) / (4 * k * h * k * h);
    };
    expect(Math.abs(mixed(1))).toBeLessThan(
      0.4 * Math.abs(mixed(2) - mixed(1)) + (400 * EPSILON * loss) / h / h,
    );
  });
});

describe('the look at the loss', () => {
  it('finds equal curvatures in directions of their own', async () => {
    // Three outputs of a linear model have the same Hessian each: every eigenvalue is there three times.
    const { network, data } = await snapshotOf({
      data: 'iris',
      hidden: [],
      loss: 'squared-error',
      steps: 1,
      learningRate: 0.01,
    });
    const [first, second] = sharpest(hb, network, data);
    expect(second.curvature).toBeCloseTo(first.curvature, 12);
    expect(first.vector.reduce((sum, x, i) => sum + x * second.vector[i], 0)).toBeCloseTo(0, 12);
  });

  it('is along eigenvectors of larger networks, too', async () => {
    const { network, data } = await snapshotOf({ hidden: [30, 30], steps: 5 });
    expect(countOf(network)).toBeGreaterThan(EXACT_PARAMETERS);
    const [largest, next] = Array.from(hb.eigh(hb.hessian(network, data)).values).reverse();
    sharpest(hb, network, data).forEach(({ curvature, vector }, k) => {
      // The residual that topEigenvalues asks for, 1e-8 λ₁; values are better.
      expect(curvature).toBeCloseTo([largest, next][k], 9);
      const product = hb.hessianVectorProduct(network, data, vector);
      product.forEach((x, i) => expect(Math.abs(x - curvature * vector[i])).toBeLessThan(1e-7 * largest));
    });
  });

  it('reaches as far as the model takes to rise by the loss, and as the next step, in round numbers', async () => {
    const { network, data } = await snapshotOf({ hidden: [4], steps: 20 });
    const look = (learningRate: number, zoom: number) =>
      landscapeOf(hb, network, data, { learningRate, zoom });
    const { reach, loss, slices } = look(0, 1);
    const natural = Math.sqrt((2 * loss) / slices[0].curvature);
    expect(reach).toBeGreaterThanOrEqual(natural);
    expect(reach).toBeLessThan(2 * natural);
    expect(Number(reach.toPrecision(2))).toBe(reach);
    expect(look(0, 4).reach).toBe(4 * reach);
    for (const learningRate of [1, 1e3, 1e5]) {
      const far = look(learningRate, 1);
      for (const { landing } of far.slices) expect(Math.abs(landing.place)).toBeLessThan(far.reach);
    }
  });
});

describe('the figures', () => {
  const marks = { lower: 1, upper: 2, bound: 3, stability: 4 };

  it.each<Partial<State>>([
    {},
    { hidden: [], steps: 3 },
    { data: 'iris', hidden: [4, 3], activation: 'sigmoid' },
    { data: 'digits', hidden: [3], loss: 'squared-error', learningRate: 1e-3, steps: 1 },
    { data: 'xor', hidden: [2], optimizer: 'adam', learningRate: 0.1, steps: 3 },
    { data: 'circles', hidden: [3, 3, 3, 3], activation: 'sin', loss: 'softmax-cross-entropy' },
    { hidden: [3], activation: 'identity', weightDecay: 0.5, copies: 3, similarity: 0.5 },
    { data: 'moons', hidden: [2], learningRate: 100, steps: 30 },
  ])('are well formed for every network: %o', async (changes) => {
    const snapshot = await snapshotOf({ hidden: [4], ...changes });
    const values = wholeSpectrum(hb, snapshot);
    for (const width of [248, 600]) {
      const { slices, map } = landscapeFigures(hb, snapshot, { learningRate: 0.5, zoom: 1 }, [width, width]);
      const { picture, blocks } = matrixFigures(hb, snapshot, width);
      const all = [slices, map, picture!, blocks];
      for (const scale of ['symlog', 'linear'] as const) {
        const exact = spectrumFigures(values, marks, scale, width);
        const estimate = estimatedSpectrum(hb, snapshot, marks, scale, width);
        all.push(exact.histogram, exact.scree, estimate.histogram, estimate.scree);
      }
      for (const svg of all) {
        const root = readMarkup(svg);
        expect(root.attributes['role']).toBe('img');
        expect(root.children.slice(0, 2).map(({ name }) => name)).toEqual(['title', 'desc']);
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });

  it('are of every entry of the Hessian, with the share of each pair of layers where the pointer rests', async () => {
    const snapshot = await snapshotOf({ hidden: [3], steps: 4 });
    const P = countOf(snapshot.network);
    const { hessian } = derivatives(snapshot.network, snapshot.data);
    const { picture, blocks, own, parameters } = matrixFigures(hb, snapshot, 300);
    expect(parameters).toEqual([9, 4]);

    const layerOf = (i: number): number => (i < 9 ? 0 : 1);
    const squares = [0, 0, 0, 0];
    hessian.forEach((x, at) => (squares[2 * layerOf(Math.floor(at / P)) + layerOf(at % P)] += x * x));
    const total = squares.reduce((sum, x) => sum + x, 0);
    const shares = squares.map((x) => `${((100 * x) / total).toFixed(1)}\u00a0%`);
    expect(own).toBeCloseTo((squares[0] + squares[3]) / total, 12);
    const words = readMarkup(blocks).all().map(({ text }) => text); // prettier-ignore
    for (const share of shares) expect(words).toContain(share);
    const names = readMarkup(picture!).all().filter(({ name }) => name === 'title').map(({ text }) => text); // prettier-ignore
    expect(names.slice(1)).toEqual([
      `layer 1 with itself: ${shares[0]} of ‖H‖²`,
      `layer 1 with layer 2: ${shares[1]} of ‖H‖²`,
      `layer 2 with layer 1: ${shares[2]} of ‖H‖²`,
      `layer 2 with itself: ${shares[3]} of ‖H‖²`,
    ]);

    const truth = pictureOf({ rows: P, data: Float64Array.from(hessian) });
    const drawn = hessianPicture(
      { title: '', description: '', picture: truth, layers: [9, 4], largest: '' },
      300,
    );
    expect(picture).toContain(/href="[^"]+"/.exec(drawn)![0]);
  });

  it('leave out the entries of a matrix too large to be assembled', async () => {
    const snapshot = await snapshotOf({ hidden: [49, 49], samples: 10 });
    expect(countOf(snapshot.network)).toBeGreaterThan(MOST_ASSEMBLED);
    const { picture, blocks } = matrixFigures(hb, snapshot, 300);
    expect(picture).toBeUndefined();
    expect(blocks).toMatch(/^<svg/);
    expect(estimatedSpectrum(hb, snapshot, marks, 'linear', 300).feasible).toBe(false);
  });

  it('count the eigenvalues below 0, and mark what is known of them, rounded to the safe side', () => {
    const values = Float64Array.of(-2, -1, -1e-17, 0, 1e-17, 0.5, 3);
    const figures = spectrumFigures(
      values,
      { lower: 2.00001, upper: 3.00001, bound: 7.77771, stability: 8 },
      'symlog',
      600,
    );
    expect([figures.count, figures.negative]).toEqual([7, 2]);
    const words = readMarkup(figures.histogram).all().map(({ text }) => text); // prettier-ignore
    for (const word of [
      'λmax 3.000',
      'certified ≤ 3.001',
      'certified ≥ 2.000',
      'Wolkowicz–Styan ≤ 7.778',
      '2/η 8.000',
    ])
      // prettier-ignore
      expect(words).toContain(word);
    // On a linear axis nothing is so far away that the eigenvalues have no room; and a closed bracket is one line.
    const near = spectrumFigures(values, { lower: 2.9999, upper: 3, bound: 100 }, 'linear', 600);
    expect(near.scree).not.toMatch(/Wolkowicz|≥|2\/η/);
  });

  it('of all eigenvalues are of those that the frame has', async () => {
    const state = { ...DEFAULTS, samples: 20, hidden: [4], steps: 3 };
    const session = await Session.begin(hb, state);
    session.advance(3);
    expect(wholeSpectrum(hb, session.snapshot())).toEqual(session.frame().values);
  });
});
