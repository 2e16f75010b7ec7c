/**
 * Where the a-priori form is an equality, and where it is strained. Oracles: networks whose Hessian attains the bound; the suprema against
 * φ, φ' and φ'' on a fine grid; the exact spectrum at the ends of the range.
 */
import { describe, expect, it } from 'vitest';
import { aPrioriNeeds, blockBounds, sampleBounds } from '../src/a-priori.js';
import {
  type Activation,
  ACTIVATIONS,
  type Dataset,
  loadSync,
  LOSSES,
  matrix,
  type Network,
} from '../src/index.js';
import { type CheckedDataset, type CheckedNetwork, checkDataset, checkNetwork } from '../src/network.js';
import { boundsOf, frobenius, normsOf } from './reference/a-priori.js';
import { factorsOf } from './reference/curvature.js';
import { randomMatrix, uniforms } from './reference/generate.js';
import { activate } from './reference/hyperdual.js';

const hb = loadSync();

function checked(network: Network, data: Dataset): [CheckedNetwork, CheckedDataset] {
  const net = checkNetwork(network);
  return [net, checkDataset(net, data)];
}

describe('where the bound is attained', () => {
  // Linear layers W^l = c_l I on one sample, errors along it: every norm in the derivation is an equality.
  it.each([1, 2, 3, 4, 5])('by %i linear layers', (depth) => {
    const factors = [0.7, 1.9, 1.1, 0.6, 1.4].slice(0, depth);
    const n = 3;
    const network: Network = {
      layers: factors.map((c) => ({ weights: matrix(n, n, [c, 0, 0, 0, c, 0, 0, 0, c]) })),
      loss: 'squared-error',
    };
    const x = [1.5, -2, 0.25];
    const inputs = matrix(1, n, x);
    const targets = matrix(
      1,
      n,
      Array.from(hb.logits(network, inputs).data, (o, j) => o - 0.8 * x[j]),
    );
    const { ingredients, exact, moments } = hb.sharpness(network, { inputs, targets }, { exact: true });
    const { upper, frobeniusNorm, measured } = ingredients!.aPriori;
    expect(upper / exact!.largest).toBeCloseTo(1, 11);
    expect(frobeniusNorm / moments.frobeniusNorm).toBeCloseTo(1, 11);
    expect(measured).toEqual(depth === 1 ? ['errors'] : ['activations', 'errors']);
  });

  it('by layers that narrow, where ranks are those of the narrowest', () => {
    const network: Network = {
      layers: [
        { weights: matrix(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]) },
        { weights: matrix(1, 3, [0.6, 0, 0.8]) },
        { weights: matrix(1, 1, [2]) },
        { weights: matrix(1, 1, [0.5]) },
      ],
      loss: 'squared-error',
    };
    const inputs = matrix(1, 3, [1.2, 0, 1.6]);
    const targets = [hb.logits(network, inputs).data[0] - 3];
    const { ingredients, exact, moments } = hb.sharpness(network, { inputs, targets }, { exact: true });
    expect(ingredients!.aPriori.upper / exact!.largest).toBeCloseTo(1, 11);
    expect(ingredients!.aPriori.frobeniusNorm / moments.frobeniusNorm).toBeCloseTo(1, 11);
  });

  // One large sample among small ones at right angles: √κ₂ h and ĥ_0 ĥ are both its share, √κ₂ ĥ would be half of that.
  it('by one sample of four', () => {
    const inputs = matrix(4, 4, [2, 0, 0, 0, 0, 1e-9, 0, 0, 0, 0, 1e-9, 0, 0, 0, 0, 1e-9]);
    const network: Network = {
      layers: [{ weights: matrix(1, 4, [1, 1, 1, 1]) }, { weights: matrix(1, 1, [3]) }],
      loss: 'squared-error',
    };
    const targets = hb.logits(network, inputs);
    const { ingredients, exact } = hb.sharpness(network, { inputs, targets }, { exact: true });
    expect(ingredients!.aPriori.upper / exact!.largest).toBeCloseTo(1, 8);
  });

  // Many samples of one size against one large: there ĥ_0 ĥ is far below √κ₂ h.
  it('takes the root mean square where that is less', () => {
    const [N, big] = [101, 10];
    const inputs = matrix(N, 1, [big, ...new Array<number>(N - 1).fill(1)]);
    const network: Network = {
      layers: [{ weights: matrix(1, 1, [1]) }, { weights: matrix(1, 1, [1]) }],
      loss: 'squared-error',
    };
    const { ingredients } = hb.sharpness(network, { inputs, targets: hb.logits(network, inputs) });
    const { kappa2, kappa4 } = ingredients!.orthogonality;
    const mean = (N - 1 + big * big) / N;
    const [a, b, c] = [Math.sqrt(kappa4), Math.sqrt(Math.sqrt(kappa4) * mean), mean];
    expect(b).toBeLessThan(0.3 * Math.sqrt(kappa2) * big);
    const largest = (a + c) / 2 + Math.sqrt(((a - c) / 2) ** 2 + b * b);
    expect(ingredients!.aPriori.upper / largest).toBeCloseTo(1, 11);
  });

  it.each([
    ['softmax-cross-entropy', 2, 1 / 2, 1 / 2],
    ['sigmoid-cross-entropy', 1, 1 / 4, 1 / 4],
    ['sigmoid-cross-entropy', 3, 1 / 4, Math.sqrt(3) / 4],
    ['squared-error', 3, 1, Math.sqrt(3)],
  ] as const)('by %s with %i outputs of 0', (loss, K, rho, rhoF) => {
    const network: Network = { layers: [{ weights: matrix(K, 2) }], loss };
    const targets = matrix(
      1,
      K,
      Array.from({ length: K }, (_, j) => (j === 0 ? 1 : 0)),
    );
    const { ingredients, exact, moments } = hb.sharpness(
      network,
      { inputs: matrix(1, 2, [3, 4]), targets },
      { exact: true },
    );
    const { upper, frobeniusNorm, outputSpectralNorm } = ingredients!.aPriori;
    expect(exact!.largest / (25 * rho)).toBeCloseTo(1, 13);
    expect(upper / (25 * rho)).toBeCloseTo(1, 11);
    expect(moments.frobeniusNorm / (25 * rhoF)).toBeCloseTo(1, 13);
    expect(frobeniusNorm / (25 * rhoF)).toBeCloseTo(1, 11);
    expect(outputSpectralNorm).toBeUndefined();
  });

  it('by soft labels that sum to a little more than 1', () => {
    const network: Network = { layers: [{ weights: matrix(2, 1) }], loss: 'softmax-cross-entropy' };
    const data = { inputs: matrix(1, 1, [1]), targets: matrix(1, 2, [1, 9e-7]) };
    const { ingredients, exact } = hb.sharpness(network, data, { exact: true });
    expect(exact!.largest).toBeCloseTo(0.5 + 4.5e-7, 12);
    expect(ingredients!.aPriori.upper).toBeCloseTo(0.5 + 4.5e-7, 12);
  });

  // Biases saturate the outputs, all of them wrong; small weights leave nothing of S but the bend of the activation.
  it.each([
    ['softmax-cross-entropy', [2, -1, 0.5], Math.SQRT2, 3],
    ['sigmoid-cross-entropy', [2, -1, 0.5], Math.sqrt(3), 3.5],
  ] as const)('by saturated %s', (loss, column, eta, steepest) => {
    const z = Math.log(2 + Math.sqrt(3)) / 2; // |tanh''| is largest there.
    const size = 1e-7;
    const network: Network = {
      layers: [
        { weights: matrix(1, 1, [z]), activation: 'tanh' },
        { weights: matrix(3, 1, column.map((w) => size * w)), bias: column.map((w) => (w > 0 ? 800 * w : -800)) }, // prettier-ignore
      ],
      loss,
    };
    const targets = loss === 'softmax-cross-entropy' ? [1] : matrix(1, 3, [0, 1, 0]);
    const data = { inputs: matrix(1, 1, [1]), targets };
    const bounds = boundsOf(network, data);
    const { errors, curvatures } = factorsOf(network, data, 0);
    expect(bounds.errors[1]).toBeCloseTo(eta, 13);
    expect(frobenius([errors[1]])).toBeCloseTo(eta, 13);
    const bend = (4 / (3 * Math.sqrt(3))) * size * steepest;
    expect(Math.abs(curvatures[0][0][0]) / bend).toBeCloseTo(1, 12);
    expect(bounds.curvatures[0] / bend).toBeCloseTo(1, 5);
    // One unit: the Frobenius norm is no other.
    expect(bounds.curvatureNorms[0] / bend).toBeCloseTo(1, 5);
  });

  it('and the loss sees through an offset common to all classes', () => {
    const uniform = uniforms(3);
    const network = (offset: number): Network => ({
      layers: [
        { weights: randomMatrix(uniforms(1), 4, 2), activation: 'tanh' },
        { weights: randomMatrix(uniforms(2), 4, 4), activation: 'tanh' },
        { weights: { ...matrix(3, 4), data: randomMatrix(uniforms(4), 3, 4).data.map((w) => w + offset) } },
      ],
      loss: 'softmax-cross-entropy',
    });
    const data = { inputs: randomMatrix(uniform, 5, 2), targets: [0, 1, 2, 1, 0] };
    const [plain, moved] = [0, 2 ** 20].map(
      (offset) => hb.sharpness(network(offset), data).ingredients!.aPriori,
    );
    expect(moved.upper / plain.upper).toBeCloseTo(1, 7);
    expect(moved.frobeniusNorm / plain.frobeniusNorm).toBeCloseTo(1, 7);
  });
});

describe('an activation after the last layer', () => {
  it.each(['tanh', 'sigmoid', 'gelu', 'erf'] as const)('%s enters through its constants', (activation) => {
    for (const loss of LOSSES) {
      const network: Network = { layers: [{ weights: matrix(2, 1, [2, -1]), activation }], loss };
      const data = { inputs: matrix(1, 1, [3]), targets: matrix(1, 2, [1, 0]) };
      const { ingredients } = hb.sharpness(network, data);
      const [, c1, c2] = suprema(activation);
      const errors = Array.from(hb.logits(network, data.inputs).data, (o, j) => o - data.targets.data[j]);
      const [rho, one] = {
        'softmax-cross-entropy': [1 / 2, 1],
        'sigmoid-cross-entropy': [1 / 4, 1],
        'squared-error': [1, frobenius([errors])],
      }[loss] as [number, number];
      // κ₄ = 3⁴ for the one sample.
      expect(ingredients!.aPriori.upper / (9 * (c1 * c1 * rho + c2 * one))).toBeCloseTo(1, 8);
    }
  });
});

/** sup |φ|, |φ'|, |φ''| on [−40, 40], far enough for all but |φ| of the unbounded and arctan: a grid, refined where they are largest. */
function suprema(activation: Activation): [number, number, number] {
  const derivative = (order: number, z: number): number => {
    const jet = activate(activation, { a: z, b: 1, c: 1, d: 0 });
    return Math.abs([jet.a, jet.b, jet.d][order]);
  };
  return [0, 1, 2].map((order) => {
    let [centre, step, largest] = [0, 40 / 3000, 0];
    for (let pass = 0; pass < 4; pass++, step /= 1500) {
      let best = centre;
      for (let j = -3000; j <= 3000; j++) {
        const value = derivative(order, centre + j * step);
        if (value > largest) [largest, best] = [value, centre + j * step];
      }
      centre = best;
    }
    return largest;
  }) as [number, number, number];
}

describe('the suprema', () => {
  it.each(ACTIVATIONS)('of %s are least upper bounds', (activation) => {
    const [value, slope, bend] = suprema(activation);
    // Made-up norms take the recursions apart: no curvature comes down, and an error of 1 by its largest entry.
    const layers = [{ weights: matrix(1, 1, [1]), activation }, { weights: matrix(1, 1, [1]) }];
    const one = { inputs: matrix(1, 1, [1]), targets: [0] };
    const [network, data] = checked({ layers, loss: 'squared-error' }, one);
    const given = (spectral: number, column: number): Parameters<typeof sampleBounds>[2] => ({
      kappa2: 1,
      kappa4: 1,
      norms: {
        ...normsOf(network, data),
        spectralNorms: [spectral],
        columnNorms: [column],
        errorNorm: 1,
      },
    });
    const steep = sampleBounds(network, data, given(1, 0));
    const bent = sampleBounds(network, data, given(0, 1));
    const expectLeast = (constant: number, supremum: number): void => {
      expect(constant).toBeGreaterThanOrEqual(supremum * (1 - 4 * Number.EPSILON));
      expect(constant).toBeLessThanOrEqual(supremum * (1 + 1e-11));
    };
    expectLeast(steep.errors[0], slope);
    expectLeast(steep.transfers[0][1], slope);
    expectLeast(bent.curvatures[0], bend);
    const unbounded = ['identity', 'softplus', 'gelu', 'gelu-tanh', 'silu'].includes(activation);
    expect(aPrioriNeeds(network).unbounded).toEqual([unbounded]);
    const limit =
      activation === 'arctan' ? Math.PI / 2 : ['tanh', 'sigmoid', 'erf'].includes(activation) ? 1 : value;
    if (!unbounded) expectLeast(steep.inputs[1].largest, limit);
  });
});

describe('at the ends of the range', () => {
  it.each([1, 2, 3])('inputs of any size: %i layers', (depth) => {
    for (const size of [1e-140, 1e-100, 1e-30, 1e30, 1e100, 1e150]) {
      for (const bias of [false, true]) {
        const uniform = uniforms(depth);
        const layers = Array.from({ length: depth }, (_, l) => {
          const last = l === depth - 1;
          const weights = randomMatrix(uniform, last ? 2 : 3, l === 0 ? 2 : 3, l === 0 ? 1 / size : 1);
          return {
            weights,
            ...(bias && { bias: new Array<number>(last ? 2 : 3).fill(0.1) }),
            ...(!last && { activation: 'tanh' as const }),
          };
        });
        const network: Network = { layers, loss: 'softmax-cross-entropy' };
        const data = { inputs: randomMatrix(uniform, 5, 2, size), targets: [0, 1, 1, 0, 1] };
        const { ingredients, exact, moments } = hb.sharpness(network, data, { exact: true });
        const { upper, frobeniusNorm } = ingredients!.aPriori;
        expect(exact!.largest).toBeGreaterThan(0);
        expect(upper).toBeGreaterThanOrEqual(exact!.largest);
        expect(frobeniusNorm).toBeGreaterThanOrEqual(moments.frobeniusNorm);
        // And they still say something.
        expect(upper).toBeLessThan(1e3 * exact!.largest);
      }
    }
  });

  it('weights of any size', () => {
    for (const size of [0, 1e-200, 1e-100, 1e-8, 1e8, 1e70]) {
      for (const activation of ['tanh', 'gelu', 'softplus'] as const) {
        const uniform = uniforms(17);
        const network: Network = {
          layers: [
            { weights: randomMatrix(uniform, 3, 2, size), bias: [0, 0.5, 1], activation },
            { weights: randomMatrix(uniform, 3, 3, 1), activation: 'tanh' },
            { weights: randomMatrix(uniform, 2, 3, size), bias: [1, 0] },
          ],
          loss: 'sigmoid-cross-entropy',
        };
        const data = { inputs: randomMatrix(uniform, 4, 2), targets: matrix(4, 2, [1, 0, 0, 1, 1, 1, 0, 0]) };
        const { ingredients, exact } = hb.sharpness(network, data, { exact: true });
        expect(ingredients!.aPriori.upper).toBeGreaterThanOrEqual(exact!.largest);
        expect(ingredients!.aPriori.upper).toBeLessThan(Infinity);
      }
    }
  });

  it('inputs of 0 leave the first layer without curvature, and factors beyond the range stay above', () => {
    const still: Network = {
      layers: [{ weights: matrix(2, 2, [1, 2, 3, 4]) }],
      loss: 'softmax-cross-entropy',
    };
    const nothing = hb.sharpness(still, { inputs: matrix(2, 2), targets: [0, 1] }).ingredients!;
    expect(nothing.aPriori.upper).toBe(0);
    expect(nothing.aPriori.frobeniusNorm).toBe(0);
    // Neither what falls below the range nor what leaves it above.
    const far: Network = {
      layers: [1, 1e-200, 1e-200].map((w) => ({ weights: matrix(1, 1, [w]) })),
      loss: 'squared-error',
    };
    const [net, set] = checked(far, { inputs: matrix(1, 1, [1e150]), targets: [0] });
    const { spectral } = blockBounds(
      net,
      sampleBounds(net, set, { kappa2: Infinity, kappa4: Infinity, norms: normsOf(net, set) }),
    );
    expect(spectral.every((x) => x > 0)).toBe(true);
  });

  it.each([1e-170, 1e200])('κ₂ and κ₄ that have left the range are replaced: inputs of %d', (size) => {
    const network: Network = {
      layers: [
        { weights: matrix(1, 1, [1 / size]), activation: 'tanh' },
        { weights: matrix(1, 1, [1]), bias: [0] },
      ],
      loss: 'sigmoid-cross-entropy',
    };
    const [net, set] = checked(network, { inputs: matrix(1, 1, [size]), targets: [1] });
    for (const kappa of [0, Infinity, NaN]) {
      const bounds = sampleBounds(net, set, { kappa2: kappa, kappa4: kappa, norms: normsOf(net, set) });
      // Of one sample √κ₂ and κ₄^¼ are its norm.
      expect(bounds.inputs[0]).toEqual({ largest: size, rms: size });
      const { spectral, frobenius: norms } = blockBounds(net, bounds);
      expect([...spectral, ...norms].every((x) => x > 0)).toBe(true);
      expect(spectral[0] === Infinity).toBe(size > 1);
    }
  });

  it('more samples than one forward pass takes', () => {
    const N = 2500;
    const network: Network = {
      layers: [{ weights: matrix(1, 1, [2]), activation: 'softplus' }, { weights: matrix(1, 1, [-3]) }],
      loss: 'squared-error',
    };
    const inputs = matrix(
      N,
      1,
      Array.from({ length: N }, (_, i) => (i % 97) / 97 + (i === 2400 ? 5 : 0)),
    );
    const targets = Array.from({ length: N }, (_, i) => (i === 1100 ? 40 : 0));
    const { activationNorms, errorNorm } = normsOf(...checked(network, { inputs, targets }));
    const h = Array.from(inputs.data, (x) => Math.log1p(Math.exp(2 * x)));
    expect(activationNorms[0]!.largest).toBeCloseTo(h[2400], 13);
    expect(activationNorms[0]!.rms).toBeCloseTo(Math.sqrt(h.reduce((sum, x) => sum + x * x, 0) / N), 12);
    expect(errorNorm).toBeCloseTo(40 + 3 * h[1100], 12);
  });

  it('samples of weight 0 do not enter', () => {
    const network: Network = {
      layers: [
        { weights: matrix(2, 1, [1, -1]), bias: [0, 1], activation: 'softplus' },
        { weights: matrix(1, 2, [1, 2]), bias: [0] },
      ],
      loss: 'squared-error',
    };
    const { aPriori } = hb.sharpness(network, { inputs: matrix(2, 1, [1, 2]), targets: [1, 0] }).ingredients!;
    const inputs = matrix(4, 1, [1e3, 1, 2, -1e5]);
    const more = { inputs, targets: [7, 1, 0, 1e9], weights: [0, 1, 1, 0] };
    const again = hb.sharpness(network, more).ingredients!.aPriori;
    expect(again.upper / aPriori.upper).toBeCloseTo(1, 11);
    expect(again.frobeniusNorm / aPriori.frobeniusNorm).toBeCloseTo(1, 11);
  });
});
