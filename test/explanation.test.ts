/** The explanation of a bound, against the samples' own Hessians and differences of the bound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hessian } from '../src/core/hessian.js';
import { compileSync, Core } from '../src/core/instance.js';
import { type Dataset, type Layer, loadSync, matrix, type Network, wolkowiczStyan } from '../src/index.js';
import { checkDataset, checkNetwork, partOf } from '../src/network.js';
import { initialize } from '../src/initialization.js';
import { flowers, randomProblem } from './reference/generate.js';
import { dot } from './reference/symmetric.js';

const hb = loadSync();
const core = new Core(compileSync());
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** p_i times the Hessian of sample i's loss, without weight decay. */
function ownHessians(network: Network, data: Dataset): Float64Array[] {
  const net = checkNetwork(network);
  const { samples, inputs, targets, coefficients } = checkDataset(net, data);
  return Array.from({ length: samples }, (_, i) => {
    const one = {
      samples: 1,
      inputs: inputs.slice(i * net.inputs, (i + 1) * net.inputs),
      targets: targets.slice(i * net.outputs, (i + 1) * net.outputs),
      coefficients: Float64Array.of(coefficients[i]),
    };
    return hessian(core, partOf(net, 'hessian'), one, () => undefined);
  });
}

/** The parameters' layers. */
function layerOf({ layers }: Network): number[] {
  return layers.flatMap(({ weights, bias }, l) =>
    new Array<number>(weights.data.length + (bias?.length ?? 0)).fill(l),
  );
}

describe('the explanation', () => {
  it('adds up the products of the samples’ own Hessians', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed, 4, 12);
        const { explanation, moments } = hb.sharpness(network, data, { explain: true, ingredients: false });
        const { blocks, samples, orthogonal, parts } = explanation!;
        const own = ownHessians(network, data);
        const P = moments.parameters;
        const all = own.reduce((sum, h) => sum.map((x, at) => x + h[at]), new Float64Array(P * P));
        const squares = dot(all, all);
        // Samples' Hessians may cancel in their sum.
        const size = own.reduce((sum, h) => sum + Math.sqrt(dot(h, h)), 0) ** 2 / squares;
        const near = (x: number, y: number): void =>
          expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-12 * Math.max(1, size));
        if (squares === 0) return;

        near(samples.own, own.reduce((sum, h) => sum + dot(h, h), 0) / squares);
        own.forEach((h, i) => near(samples.shares[i], dot(h, all) / squares));
        const products = own.flatMap((x, i) =>
          own.slice(i + 1).map((y, j) => ({ at: `${i}-${i + 1 + j}`, share: (2 * dot(x, y)) / squares })),
        );
        expect(samples.pairs.length).toBe(Math.min(10, products.length));
        const largest = products.map(({ share }) => share).sort((x, y) => y - x);
        samples.pairs.forEach(({ samples: [i, j], share, cosine }, rank) => {
          expect(i).toBeLessThan(j);
          near(share, products.find(({ at }) => at === `${i}-${j}`)!.share);
          near(share, largest[rank]);
          const norms = Math.sqrt(dot(own[i], own[i])) * Math.sqrt(dot(own[j], own[j]));
          if (norms > 0) expect(cosine).toBeCloseTo(dot(own[i], own[j]) / norms, 9);
        });

        const layer = layerOf(network);
        const depth = network.layers.length;
        const sums = new Float64Array(depth * depth);
        all.forEach((x, at) => {
          sums[layer[Math.floor(at / P)] * depth + layer[at % P]] += (x * x) / squares;
        });
        sums.forEach((x, at) => near(blocks.data[at], x));
        near(parts.gaussNewton.share + parts.residual.share + parts.mixed, 1);

        // Without the products of different samples in the first layer's blocks.
        let left = squares;
        own.forEach((x, i) => {
          own.slice(i + 1).forEach((y) => {
            x.forEach((value, at) => {
              if (layer[Math.floor(at / P)] === 0 || layer[at % P] === 0) left -= 2 * value * y[at];
            });
          });
        });
        near(orthogonal.frobeniusNorm ** 2 / squares, left / squares);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('tells how the bound goes with the norms of weights and biases: central differences', () => {
    for (const seed of [1, 5, 9, 14]) {
      const { network, data } = randomProblem(seed, 4, 9);
      const { explanation } = hb.sharpness(network, data, { explain: true, ingredients: false });
      const bound = (l: number, change: (layer: Layer) => Layer): number => {
        const layers = network.layers.map((layer, at) => (at === l ? change(layer) : layer));
        return hb.sharpness({ ...network, layers }, data, { ingredients: false }).bounds.wolkowiczStyan!
          .largest.upper;
      };
      const h = 1e-5;
      const slope = (l: number, change: (layer: Layer, factor: number) => Layer): number => {
        const [up, down] = [1 + h, 1 - h].map((factor) => bound(l, (layer) => change(layer, factor)));
        return (up - down) / (2 * h) / bound(l, (layer) => layer);
      };
      network.layers.forEach(({ bias }, l) => {
        const { weights, bias: ofBias } = explanation!.sensitivities[l];
        const scaled = (x: ArrayLike<number>, factor: number): Float64Array =>
          Float64Array.from(x, (value) => value * factor);
        const ofWeights = slope(l, (layer, factor) => ({
          ...layer,
          weights: { ...layer.weights, data: scaled(layer.weights.data, factor) },
        }));
        expect(Math.abs(weights - ofWeights)).toBeLessThan(1e-7 * (1 + Math.abs(ofWeights)));
        expect(ofBias === undefined).toBe(bias === undefined);
        if (bias === undefined) return;
        const other = slope(l, (layer, factor) => ({ ...layer, bias: scaled(bias, factor) }));
        expect(Math.abs(ofBias! - other)).toBeLessThan(1e-7 * (1 + Math.abs(other)));
      });
    }
  });

  it('splits the norm into the parts of the curvature', () => {
    const data = flowers('softmax-cross-entropy');
    const network = initialize({
      widths: [4, 6, 5, 3],
      activation: 'gelu',
      loss: 'softmax-cross-entropy',
      seed: 7,
    });
    const { parts } = hb.sharpness(network, data, { explain: true }).explanation!;
    const net = checkNetwork(network);
    const [h, g, e] = (['hessian', 'gaussNewton', 'residual'] as const).map((which) =>
      hessian(core, partOf(net, which), checkDataset(net, data), () => undefined),
    );
    expect(parts.gaussNewton.share).toBeCloseTo(dot(g, g) / dot(h, h), 12);
    expect(parts.residual.share).toBeCloseTo(dot(e, e) / dot(h, h), 12);
    expect(parts.mixed).toBeCloseTo((2 * dot(g, e)) / dot(h, h), 12);
    expect(parts.gaussNewton.frobeniusNorm).toBeCloseTo(Math.sqrt(dot(g, g)), 12);
    expect(parts.residual.trace).toBeCloseTo(
      Array.from({ length: net.parameters }, (_, p) => e[p * (net.parameters + 1)]).reduce((x, y) => x + y),
      12,
    );
  });

  it('names the samples that are in the data twice', () => {
    const { inputs } = flowers('softmax-cross-entropy');
    const rows = [0, 60, 120, 140, 60];
    const few = matrix(
      rows.length,
      4,
      rows.flatMap((i) => [...inputs.data.slice(4 * i, 4 * i + 4)]),
    );
    const targets = [0, 1, 2, 2, 1];
    const network = initialize({
      widths: [4, 6, 3],
      activation: 'tanh',
      loss: 'softmax-cross-entropy',
      seed: 1,
    });
    const { explanation } = hb.sharpness(network, { inputs: few, targets }, { explain: true });
    const { pairs } = explanation!.samples;
    const pair = pairs.find(({ samples }) => samples[0] === 1 && samples[1] === 4)!;
    expect(pair.cosine).toBeCloseTo(1, 12);
    expect(pair.inputCosine).toBeCloseTo(1, 12);
    expect(Math.max(...pairs.map(({ cosine }) => cosine))).toBe(pair.cosine);
  });

  it('is what it was: the bound of data whose inputs are orthogonal to each other', () => {
    // No bias in the first layer: x̃ = x, and these are rows of the identity, of different lengths.
    const inputs = matrix(4, 4, [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0.5]);
    const { layers, ...rest } = initialize({
      widths: [4, 5, 3],
      activation: 'tanh',
      loss: 'softmax-cross-entropy',
      seed: 1,
    });
    const network = { ...rest, weightDecay: 0.1, layers: [{ ...layers[0], bias: undefined }, layers[1]] };
    const data = { inputs, targets: [0, 1, 2, 1] };
    const { explanation, bounds, moments } = hb.sharpness(network as Network, data, { explain: true });
    expect(explanation!.orthogonal.upper).toBeCloseTo(bounds.wolkowiczStyan!.largest.upper, 12);
    const { frobeniusNorm } = explanation!.orthogonal;
    const trace = moments.trace - 0.1 * moments.parameters;
    const { largest } = wolkowiczStyan({ trace, frobeniusNorm, order: moments.parameters });
    expect(explanation!.orthogonal.upper).toBeCloseTo(largest.upper + 0.1, 12);
  });

  it('of nothing is nothing: a zero Hessian', () => {
    const layers = [{ weights: matrix(1, 2, [1, 1]) }];
    const data = { inputs: matrix(2, 2), targets: [1, 2] };
    const { explanation } = hb.sharpness({ layers, loss: 'squared-error' }, data, { explain: true });
    expect([...explanation!.blocks.data]).toEqual([0]);
    expect(explanation!.parts).toMatchObject({ gaussNewton: { share: 0 }, residual: { share: 0 }, mixed: 0 });
    expect([...explanation!.samples.shares]).toEqual([0, 0]);
    expect(explanation!.sensitivities).toEqual([{ weights: 0 }]);
    expect(explanation!.orthogonal).toEqual({ frobeniusNorm: 0, upper: 0 });
  });
});
