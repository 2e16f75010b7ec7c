/**
 * Every form that a product of the moments can take, forced in turn, against the norms of the oracle's Hessians (PyTorch, mpmath) and,
 * for shapes that the oracle has not, against the assembled Hessian, which has no forms; and the matrix products at the edges of
 * their blocks against loops in plain TypeScript.
 */
import { describe, expect, it } from 'vitest';
import { chooseForms, type Form, packedForms } from '../src/core/forms.js';
import { compileSync, Core } from '../src/core/instance.js';
import { BLOCK_BYTES } from '../src/core/factors.js';
import { perform, runHere } from '../src/core/job.js';
import { momentSums } from '../src/core/moments.js';
import { pairs } from '../src/core/pairs.js';
import { loadSync, matrix, type Dataset, type Matrix, type Network } from '../src/index.js';
import { type CheckedDataset, type CheckedNetwork, checkDataset, checkNetwork } from '../src/network.js';
import { randomMatrix, randomProblem, uniforms } from './reference/generate.js';
import { CASES } from './setup/fixtures.js';

const core = new Core(compileSync());
const hb = loadSync();

/** A tanh network of these widths with N samples, cross-entropy on one or several outputs. */
function problem(widths: number[], N: number, seed: number): { network: Network; data: Dataset } {
  const uniform = uniforms(seed);
  const K = widths.at(-1)!;
  return {
    network: {
      layers: widths.slice(1).map((n, l) => ({
        weights: randomMatrix(uniform, n, widths[l], 1.5),
        bias: randomMatrix(uniform, 1, n).data,
        activation: l + 2 < widths.length ? 'tanh' : 'identity',
      })),
      loss: K === 1 ? 'sigmoid-cross-entropy' : 'softmax-cross-entropy',
    },
    data: {
      inputs: randomMatrix(uniform, N, widths[0], 2),
      targets: Array.from({ length: N }, () => Math.floor(uniform() * Math.max(2, K))),
    },
  };
}

const every = (depth: number): Form[][] =>
  [false, true].flatMap((factored) =>
    [false, true].map((linear) =>
      Array.from({ length: depth }, (_, l) => ({
        factored: factored && l + 1 < depth,
        linear: linear && l + 1 < depth,
      })),
    ),
  );

describe('the forms of the moments', () => {
  it.each([
    [[3, 9, 1], 70],
    [[2, 12, 2], 131],
    [[5, 30, 3], 66],
    [[4, 7, 5, 3], 65],
    [[2, 6, 5, 4, 2], 33],
    [[3, 11, 3, 1], 9],
    [[1, 1, 1], 1],
    [[4, 10, 10], 150],
    // So wide that factors come 40 samples at a time, and one by one.
    [[1, 300, 3], 50],
    [[1, 730, 3], 10],
    // So many blocks, where they are of 8 samples, that several of them make one task.
    [[2, 3, 2], 600],
  ])('agree with the assembled Hessian: %j, N = %i', (widths, N) => {
    const { network, data } = problem(widths, N, 7 * N + widths.length);
    const net = checkNetwork(network);
    const checked = checkDataset(net, data);
    const expected = momentSums(core, net, checked, 'hessian');
    for (const forms of every(net.layers.length)) {
      for (const blockBytes of [1, 64 * 1024 * 1024]) {
        const sums = momentSums(core, net, checked, 'gram', blockBytes, forms);
        const name = `${JSON.stringify(forms)}, blocks of ${blockBytes}`;
        expect(sums.traces, name).toEqual(expected.traces);
        expected.squares.forEach((square, block) => {
          // The rounding that γ (Σ β)² allows is far above what happens; 1e-12 of it is what the oracle asks.
          const allowed = 1e-12 * expected.betas[block] ** 2;
          expect(Math.abs(sums.squares[block] - square), name).toBeLessThanOrEqual(allowed);
        });
      }
    }
  });

  it.each(CASES)('agree with the oracle: $oracle, $name', ({ network, data, expected }) => {
    const net = checkNetwork({ ...network, weightDecay: 0 });
    const omega = network.weightDecay ?? 0;
    // ‖H + ωI‖² = ‖H‖² + 2ω tr H + ω²P, with the trace of H + ωI given.
    const P = expected.eigenvalues.length;
    const squared = expected.frobeniusNorm ** 2 - 2 * omega * expected.trace + omega * omega * P;
    for (const forms of every(net.layers.length)) {
      const { squares, scale } = momentSums(core, net, checkDataset(net, data), 'gram', undefined, forms);
      const depth = net.layers.length;
      let sum = 0;
      squares.forEach((square, block) => {
        sum += (block % (depth + 1) === 0 ? 1 : 2) * (Math.sqrt(Math.max(0, square)) / scale) ** 2;
      });
      // As the oracle's suite asks, on squares: twice.
      const allowed = 2e-12 * Math.max(expected.frobeniusNorm ** 2, omega * omega * P);
      expect(Math.abs(sum - squared), JSON.stringify(forms)).toBeLessThanOrEqual(allowed);
    }
  });

  it('err by what enclose() allows for them, and by more than it would without counting their factors', () => {
    // A common offset of the softmax's weights, without the retreat to packed forms that momentSums() would make.
    let beyondNorms = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { network, data } = problem([3, 20, 2], 20, seed);
      const offset = Array.from({ length: 20 }, (_, a) => 1e5 * Math.sin(seed + a));
      network.layers[1].weights = matrix(
        2,
        20,
        network.layers[1].weights.data.map((w, at) => w + offset[at % 20]),
      );
      const net = checkNetwork(network);
      const checked = checkDataset(net, data);
      const [exact] = momentSums(core, net, checked, 'hessian').squares;
      const forms = [
        { factored: true, linear: false },
        { factored: false, linear: false },
      ];
      const payload = { network: net, data: checked, scale: 1, forms, blockBytes: BLOCK_BYTES };
      const { squares, betas, norms } = runHere(core, perform(pairs, payload));
      // The count of enclose() in src/moments.ts.
      const gamma = Number.EPSILON * (64 + 20 + 20 * 20 + 20 / 8);
      const error = Math.abs(squares[0] - exact);
      expect(error).toBeLessThanOrEqual(gamma * betas[0] ** 2);
      if (error > gamma * norms[0] ** 2) beyondNorms++;
    }
    expect(beyondNorms).toBeGreaterThan(10);
  });

  it('bound what their sums are made of: β in factored form is at least the norms', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { network, data } = randomProblem(seed, 6, 12);
      const net = checkNetwork(network);
      const forms = every(net.layers.length)[3];
      const sums = momentSums(core, net, checkDataset(net, data), 'gram', undefined, forms);
      sums.norms.forEach((norm, block) => {
        expect(sums.betas[block]).toBeGreaterThanOrEqual(norm * (1 - 1e-12));
      });
    }
  });

  it('are given up where factored products cancel', () => {
    // Softmax ignores a common offset of its weights; V A Vᵀ cancels it, and (V_iᵀ V_j) would square it.
    const { network, data } = problem([3, 40, 2], 40, 5);
    const offset = uniforms(2);
    const common = Array.from({ length: 40 }, () => 1e6 * (2 * offset() - 1));
    network.layers[1].weights = matrix(
      2,
      40,
      network.layers[1].weights.data.map((w, at) => w + common[at % 40]),
    );
    const net = checkNetwork(network);
    const checked = checkDataset(net, data);
    expect(chooseForms(net, 40)[0].factored).toBe(true);
    const expected = momentSums(core, net, checked, 'hessian').squares;
    const { squares, betas, norms } = momentSums(core, net, checked, 'gram');
    expect(betas).toEqual(norms);
    squares.forEach((square, block) => {
      expect(Math.abs(square - expected[block])).toBeLessThanOrEqual(1e-7 * expected[0]);
    });
  });

  it('are those that cost least', () => {
    const net = (widths: number[]): CheckedNetwork => checkNetwork(problem(widths, 2, 1).network);
    expect(chooseForms(net([30, 64, 1]), 569)[0]).toEqual({ factored: true, linear: true });
    expect(chooseForms(net([64, 32, 10]), 1797)[0]).toEqual({ factored: false, linear: true });
    expect(chooseForms(net([784, 128, 10]), 128)[0]).toEqual({ factored: false, linear: false });
    expect(chooseForms(net([784, 512, 10]), 60000)[0]).toEqual({ factored: true, linear: true });
    // Sums over samples of 400 million entries would not fit.
    expect(chooseForms(net([99, 2000, 2000, 1]), 201)[0].linear).toBe(false);
    expect(packedForms(chooseForms(net([30, 64, 1]), 569))[0]).toEqual({ factored: false, linear: true });
  });
});

describe('the tasks of the pairs', () => {
  it.each([
    [[50, 512, 512, 10], 10_000],
    [[64, 32, 10], 60_000],
    [[2, 3, 1], 7],
  ])('of %j, N = %i are not too many to deal', (widths, N) => {
    const network = checkNetwork(problem(widths, 1, 1).network);
    const data = { samples: N } as CheckedDataset;
    const forms = chooseForms(network, N);
    const tasks = pairs.plan(core, { network, data, forms, scale: 1, blockBytes: BLOCK_BYTES });
    expect(tasks.length).toBeLessThan(5000);
    expect(new Set(tasks.map(({ group }) => group)).size).toBeLessThan(1200);
  });
});

describe('matrix products at the edges of their blocks', () => {
  /** Σ_k x(i, k) y(j, k), with Σ |x y| for the tolerance. */
  const expectProduct = (
    actual: Matrix,
    length: number,
    x: (i: number, k: number) => number,
    y: (j: number, k: number) => number,
  ): void => {
    for (let i = 0; i < actual.rows; i++) {
      for (let j = 0; j < actual.cols; j++) {
        let [sum, size] = [0, 0];
        for (let k = 0; k < length; k++) {
          sum += x(i, k) * y(j, k);
          size += Math.abs(x(i, k) * y(j, k));
        }
        // γ_k |x|·|y| for two sums in different orders.
        const error = Math.abs(actual.data[i * actual.cols + j] - sum);
        if (!(error <= 2 * length * Number.EPSILON * size)) expect.fail(`entry ${i}, ${j}: off by ${error}`);
      }
    }
  };

  it.each([
    [1, 1, 1],
    [1, 9, 193],
    [97, 3, 192],
    [8, 481, 5],
    [95, 7, 191],
    [98, 10, 385],
    [2, 485, 200],
  ])('%i × %i, length %i, in every layout', (m, n, k) => {
    const uniform = uniforms(m + n + k);
    const inputs = randomMatrix(uniform, m, k);
    const weights = randomMatrix(uniform, n, k);
    // One linear layer: X Wᵀ, both along memory.
    const linear: Network = { layers: [{ weights }], loss: 'squared-error' };
    const logits = hb.logits(linear, inputs);
    const at = (x: Matrix) => (i: number, j: number) => x.data[i * x.cols + j];
    const across = (x: Matrix) => (i: number, j: number) => x.data[j * x.cols + i];
    expectProduct(logits, k, at(inputs), at(weights));
    // Its gradient: δᵀ X / m, both across memory.
    const zero: Network = { layers: [{ weights: matrix(n, k) }], loss: 'squared-error' };
    const targets = randomMatrix(uniform, m, n);
    const gradient = { rows: n, cols: k, data: hb.gradient(zero, { inputs, targets }).map((g) => -g * m) };
    expectProduct(gradient, m, across(targets), across(inputs));
  });

  it.each([
    [95, 191],
    [96, 192],
    [97, 193],
    [201, 385],
  ])('Gram matrix of %i rows of %i', (n, k) => {
    const x = randomMatrix(uniforms(n), n, k);
    const at = (i: number, j: number): number => x.data[i * k + j];
    expectProduct(hb.gram(x), k, at, at);
  });
});
