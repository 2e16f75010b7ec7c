/** The parts of the curvature, H = G + E, and E by hidden units. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hessian } from '../src/core/hessian.js';
import { compileSync, Core } from '../src/core/instance.js';
import { perform, runHere } from '../src/core/job.js';
import { reorder } from '../src/core/model.js';
import { transferNorms } from '../src/core/transfers.js';
import { units } from '../src/core/units.js';
import { scaledMoments } from '../src/deflation.js';
import { beginKrylov, extend } from '../src/krylov.js';
import { momentSteps } from '../src/moments.js';
import { gaussNewtonBound } from '../src/unit-split.js';
import { type Dataset, loadSync, matrix, type Network } from '../src/index.js';
import { checkDataset, checkNetwork, type Part, partOf } from '../src/network.js';
import { initialize } from '../src/initialization.js';
import { flowers, randomProblem, uniforms } from './reference/generate.js';
import { dot, gramSchmidt, times } from './reference/symmetric.js';

const hb = loadSync();
const core = new Core(compileSync());
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('parts of the curvature', () => {
  const part = (network: Network, data: Dataset, which: Part): Float64Array => {
    const net = checkNetwork(network);
    return hessian(core, partOf(net, which), checkDataset(net, data), () => undefined);
  };

  it('add up to the Hessian, and the Gauss–Newton part is positive semidefinite', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        const [h, g, e] = (['hessian', 'gaussNewton', 'residual'] as const).map((which) =>
          part(network, data, which),
        );
        const size = Math.max(hb.frobeniusNorm(asMatrix(g)), hb.frobeniusNorm(asMatrix(e)));
        h.forEach((x, i) => expect(Math.abs(x - g[i] - e[i])).toBeLessThanOrEqual(1e-13 * size));
        expect(hb.eigh(asMatrix(g)).values[0]).toBeGreaterThanOrEqual(-1e-13 * size);
      }),
      { numRuns: 150, seed: 6 },
    );
  });

  it('are Jᵀ S J of the logits for squared error: the Hessian of the linearized network', () => {
    const { network, data } = randomProblem(3, 4, 5);
    const layers = network.layers.map(({ activation, ...layer }, l) =>
      l + 1 < network.layers.length ? { ...layer, activation: activation ?? 'tanh' } : layer,
    );
    const plain: Network = { layers, loss: 'squared-error' };
    const K = layers.at(-1)!.weights.rows;
    const inputs = data.inputs;
    // Where the targets are the predictions, δ = 0, and all of H is its Gauss–Newton part.
    const targets = hb.logits(plain, inputs);
    const other = matrix(
      inputs.rows,
      K,
      Array.from({ length: inputs.rows * K }, (_, i) => Math.cos(i)),
    );
    const exact = part(plain, { inputs, targets }, 'hessian');
    part(plain, { inputs, targets: other }, 'gaussNewton').forEach((x, i) =>
      expect(Math.abs(x - exact[i])).toBeLessThanOrEqual(1e-13 * hb.frobeniusNorm(asMatrix(exact))),
    );
  });

  it('are squares and transfer terms, whose norms are known', () => {
    for (const widths of [
      [4, 5, 3],
      [4, 5, 6, 3],
      [4, 2, 3, 4, 3],
    ]) {
      const network = initialize({ widths, activation: 'tanh', loss: 'softmax-cross-entropy', seed: 5 });
      const data = flowers('softmax-cross-entropy');
      const [h, q] = (['hessian', 'squares'] as const).map((which) => part(network, data, which));
      const x = transfers(network, data);
      const size = hb.frobeniusNorm(asMatrix(h));
      h.forEach((value, i) => expect(Math.abs(value - q[i] - x[i])).toBeLessThanOrEqual(1e-13 * size));

      const net = checkNetwork(network);
      const payload = { network: net, data: checkDataset(net, data), scale: 1 };
      const norms = runHere(core, perform(transferNorms, payload));
      const depth = net.layers.length;
      const offsets = [0];
      net.layers.forEach(({ inputs, outputs }, l) => offsets.push(offsets[l] + outputs * (inputs + 1)));
      for (let l = 0; l < depth; l++) {
        for (let k = l; k < depth; k++) {
          // ‖X_lk‖ is the largest eigenvalue of X without its other blocks.
          const only = x.map((value, i) => {
            const [row, col] = [Math.floor(i / net.parameters), i % net.parameters].map(
              (at) => offsets.filter((offset) => offset <= at).length - 1,
            );
            return (row === l && col === k) || (row === k && col === l) ? value : 0;
          });
          const norm = hb.eigh(asMatrix(only)).values.at(-1)!;
          expect(norms[l * depth + k]).toBeGreaterThanOrEqual(norm * (1 - 1e-15));
          expect(norms[l * depth + k]).toBeLessThanOrEqual(norm + 1e-7 * size);
          expect(norms[k * depth + l]).toBe(norms[l * depth + k]);
        }
      }
    }
  });

  it('have a largest eigenvalue beyond what is split off that is bounded, however much that is', () => {
    const network = initialize({
      widths: [4, 5, 3],
      activation: 'tanh',
      loss: 'softmax-cross-entropy',
      seed: 3,
    });
    const net = checkNetwork(network);
    const data = checkDataset(net, flowers('softmax-cross-entropy'));
    const e = part(network, flowers('softmax-cross-entropy'), 'residual');
    const P = net.parameters;
    const vectors = hb.eigh(asMatrix(e), { vectors: true, select: { largest: 12 } }).vectors!.data;
    for (const split of [1, 2, 7, 12]) {
      // Nearly the eigenvectors of E, and nothing like them.
      for (const mix of [1e-9, 1e-3, 1]) {
        const noise = orthonormal(split, P);
        const open = gramSchmidt(
          Array.from({ length: split }, (_, r) =>
            vectors
              .subarray((11 - r) * P, (12 - r) * P)
              .map((x, i) => (1 - mix) * x + mix * noise[r * P + i]),
          ),
        );
        const rows = Float64Array.from(open.flatMap((x) => [...reorder(net, x, 'packed')]));
        // Something of low rank beside it, partly along what is split off.
        const more = gramSchmidt([
          open[0].map((x, i) => x + Math.sin(i)),
          Float64Array.from({ length: P }, (_, i) => Math.cos(i * i)),
        ]);
        const weights = Float64Array.of(0.3, 1.7);
        const packed = Float64Array.from(more.flatMap((x) => [...reorder(net, x, 'packed')]));
        const payload = {
          ...{ network: partOf(net, 'residual'), data, scale: 1, rows, split },
          added: { rows: packed, weights },
        };
        const { beyond, beyondAdded, largest } = runHere(core, perform(units, payload));
        const projected = (a: Float64Array): number =>
          Math.max(0, hb.eigh(open.reduce((rest, x) => without(rest.data, x), asMatrix(a))).values[P - 1]);
        const rest = projected(e);
        expect(beyond).toBeGreaterThanOrEqual(rest);
        expect(beyond).toBeLessThanOrEqual(rest + 1e-5 * largest);
        const sum = e.map((x, at) => {
          const [i, j] = [Math.floor(at / P), at % P];
          return more.reduce((total, w, r) => total + weights[r] * w[i] * w[j], x);
        });
        const restOfSum = projected(sum);
        expect(beyondAdded).toBeGreaterThanOrEqual(restOfSum);
        expect(beyondAdded).toBeLessThanOrEqual(restOfSum + 1e-5 * (largest + 1.7));
      }
    }
  });

  it('have a Gauss–Newton part that a process of its own bounds from above, in the order of matrices', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, steps) => {
        const { network, data } = randomProblem(seed, 4, 9);
        const net = partOf(checkNetwork(network), 'gaussNewton');
        const checked = checkDataset(net, data);
        const { loss } = runHere(core, momentSteps(net, checked, 'gram'));
        const P = net.parameters;
        const krylov = beginKrylov(net, checked, 1, seed);
        while (krylov.columns.length < Math.min(steps, P)) {
          runHere(core, extend(krylov, Math.min(steps, P) - krylov.columns.length));
        }
        const moments = scaledMoments(P, loss, 1);
        const { remainder, added } = runHere(core, gaussNewtonBound(krylov, moments));
        const rows = Array.from(added.weights, (_, r) =>
          reorder(net, added.rows.subarray(r * P, (r + 1) * P), 'public'),
        );
        const g = hessian(core, net, checked, () => undefined);
        const difference = g.map((x, at) => {
          const [i, j] = [Math.floor(at / P), at % P];
          const bound = rows.reduce(
            (sum, w, r) => sum + added.weights[r] * w[i] * w[j],
            i === j ? remainder : 0,
          );
          return bound - x;
        });
        const symmetric = difference.map((x, at) => (x + difference[(at % P) * P + Math.floor(at / P)]) / 2);
        const { values } = hb.eigh(asMatrix(symmetric));
        expect(values[0]).toBeGreaterThanOrEqual(-1e-13 * P * loss.frobeniusNorm.upper);
        // Once the process has met all of G, hardly anything is left over.
        if (krylov.columns.length === P) {
          expect(remainder).toBeLessThanOrEqual(1e-6 * loss.frobeniusNorm.upper);
        }
      }),
      { numRuns: 150, seed: 8 },
    );
  });

  it('fall apart into hidden units, whose spectra are that of E', () => {
    for (const loss of ['softmax-cross-entropy', 'squared-error'] as const) {
      const network = initialize({ widths: [4, 6, 3], activation: 'gelu', loss, seed: 2 });
      const net = checkNetwork(network);
      const data = checkDataset(net, flowers(loss));
      const e = asMatrix(part(network, flowers(loss), 'residual'));
      const { values } = hb.eigh(e);
      const P = net.parameters;
      const rows = orthonormal(2, P);
      const payload = { network: partOf(net, 'residual'), data, scale: 1, rows, split: 1 };
      const { largest, beyond, products, squares } = runHere(core, perform(units, payload));
      const size = Math.abs(values[0]) + Math.abs(values[P - 1]);
      expect(largest).toBeGreaterThanOrEqual(values[P - 1]);
      expect(largest).toBeLessThanOrEqual(values[P - 1] + 1e-9 * size);
      const open = [0, 1].map((r) => reorder(net, rows.subarray(r * P, (r + 1) * P), 'public'));
      const image = open.map((x) => times(e.data, x));
      const rest = hb.eigh(without(e.data, open[0])).values[P - 1];
      expect(beyond).toBeGreaterThanOrEqual(rest);
      expect(beyond).toBeLessThanOrEqual(rest + 1e-5 * size);
      for (const r of [0, 1]) {
        for (const s of [0, 1]) {
          const allowed = 1e-12 * size * size * P;
          expect(Math.abs(products[2 * r + s] - dot(image[r], open[s]))).toBeLessThan(allowed);
          expect(Math.abs(squares[2 * r + s] - dot(image[r], image[s]))).toBeLessThan(allowed);
        }
      }
    }
  });
});

/** The δ T terms of the Hessian of a tanh network with softmax, sample by sample: ã^l_b δ^k_c ∂a^k_d/∂z^l_a. */
function transfers({ layers }: Network, { inputs, targets }: Dataset): Float64Array {
  const bias = (l: number): ArrayLike<number> => layers[l].bias!;
  const weight = (l: number, o: number, i: number): number =>
    layers[l].weights.data[o * layers[l].weights.cols + i];
  const depth = layers.length;
  const offsets = [0];
  layers.forEach(({ weights: { rows, cols } }, l) => offsets.push(offsets[l] + rows * (cols + 1)));
  const P = offsets[depth];
  const x = new Float64Array(P * P);
  const samples = inputs.rows;
  for (let i = 0; i < samples; i++) {
    const a = [Array.from(inputs.data.subarray(i * inputs.cols, (i + 1) * inputs.cols))];
    for (let l = 0; l < depth; l++) {
      const z = Array.from(bias(l), (b, o) =>
        a[l].reduce((sum, value, j) => sum + weight(l, o, j) * value, b),
      );
      a.push(l + 1 < depth ? z.map(Math.tanh) : z);
    }
    const exps = a[depth].map(Math.exp);
    const all = exps.reduce((sum, value) => sum + value, 0);
    const label = (targets as ArrayLike<number>)[i];
    const slope = (l: number): number[] => a[l + 1].map((value) => 1 - value * value);
    const delta: number[][] = [];
    delta[depth - 1] = exps.map((value, c) => (value / all - (c === label ? 1 : 0)) / samples);
    for (let l = depth - 2; l >= 0; l--) {
      delta[l] = slope(l).map(
        (s, o) => s * delta[l + 1].reduce((sum, d, c) => sum + weight(l + 1, c, o) * d, 0),
      );
    }
    for (let l = 0; l < depth; l++) {
      for (let unit = 0; unit < layers[l].weights.rows; unit++) {
        let moving = slope(l).map((s, o) => (o === unit ? s : 0));
        for (let k = l + 1; k < depth; k++) {
          for (let b = 0; b <= a[l].length; b++) {
            // Public order: the weights row-major, then the biases.
            const { rows, cols } = layers[l].weights;
            const row = offsets[l] + (b < cols ? unit * cols + b : rows * cols + unit);
            delta[k].forEach((d, c) => {
              moving.forEach((t, j) => {
                const col = offsets[k] + c * layers[k].weights.cols + j;
                const value = (b < cols ? a[l][b] : 1) * d * t;
                x[row * P + col] += value;
                x[col * P + row] += value;
              });
            });
          }
          const next = moving;
          if (k + 1 < depth) {
            moving = slope(k).map((s, o) => s * next.reduce((sum, t, j) => sum + weight(k, o, j) * t, 0));
          }
        }
      }
    }
  }
  return x;
}

function asMatrix(data: Float64Array): { rows: number; cols: number; data: Float64Array } {
  const order = Math.sqrt(data.length);
  return { rows: order, cols: order, data };
}

/** (1 − x xᵀ) A (1 − x xᵀ) for x of norm 1, symmetric to the bit. */
function without(a: Float64Array, x: Float64Array): { rows: number; cols: number; data: Float64Array } {
  const n = x.length;
  const y = times(a, x);
  const inner = dot(x, y);
  const result = asMatrix(a.slice());
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = a[i * n + j] - x[i] * y[j] - y[i] * x[j] + inner * x[i] * x[j];
      result.data[i * n + j] = result.data[j * n + i] = value;
    }
  }
  return result;
}

function orthonormal(count: number, n: number): Float64Array {
  const next = uniforms(count);
  const rows = Array.from({ length: count }, () => Float64Array.from({ length: n }, () => 2 * next() - 1));
  return Float64Array.from(gramSchmidt(rows).flatMap((row) => [...row]));
}
