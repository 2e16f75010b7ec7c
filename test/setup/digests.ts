/**
 * Digests of results, bit for bit, to compare engines: Node's are computed once per run (node-digests.ts) and every
 * project compares its own with them. Plain TypeScript, because it has to run unchanged in Node and in the browser.
 */
import { iris } from '../../src/datasets/iris.js';
import { initialize, loadSync } from '../../src/index.js';
import { manyInputs, randomMatrix, uniforms } from '../reference/generate.js';
import { FAMILIES } from '../reference/symmetric.js';
import { CASES, GRADIENT_CASES, LOST_CASES } from './fixtures.js';

/** FNV-1a, 64 bits, over the little-endian bytes, as 16 hexadecimal digits. Tells −0 from 0 and every NaN apart. */
export function digest(values: Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  // The 64-bit state in two halves: BigInt is far slower, and prime = 2^40 + 0x1b3 keeps each product below 2^53.
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** One digest per named computation, computed in the engine that calls it: every fixture, and dense work of some size. */
export function engineDigests(): Record<string, string> {
  const hb = loadSync();
  const digests: Record<string, string> = {};
  for (const { name, network, data, expected } of CASES) {
    const { exact, upper, lower, moments, ingredients } = hb.sharpness(network, data, { exact: true });
    const { quartic } = hb.sharpness(network, data, { bounds: ['quartic'], ingredients: false }).bounds;
    const { kappa2, kappa4, meanSquaredCosine = 0 } = ingredients!.orthogonality;
    digests[name] = digest(
      Float64Array.of(
        ...hb.logits(network, data.inputs).data,
        hb.loss(network, data),
        ...hb.gradient(network, data),
        ...hb.hessianVectorProduct(network, data, expected.vector),
        ...hb.hessian(network, data).data,
        ...hb.moments(network, data, { method: 'gram' }).crossNorms.data,
        ...hb.moments(network, data, { method: 'hessian' }).crossNorms.data,
        ...[
          moments.trace,
          moments.frobeniusNorm,
          lower,
          upper,
          ingredients!.aPriori.upper,
          ingredients!.aPriori.frobeniusNorm,
        ],
        ...[kappa2, kappa4, meanSquaredCosine],
        ...[quartic!.largest.lower!, quartic!.largest.upper],
        ...exact!.values,
      ),
    );
  }
  const wide = manyInputs(7);
  const { upper, lower, bounds } = hb.sharpness(wide.network, wide.data, {
    bounds: ['deflated', 'gaussNewton'],
    ingredients: false,
  });
  digests['many inputs'] = digest(Float64Array.of(lower, upper, bounds.gaussNewton!.largest.upper));
  for (const { name, network, data } of GRADIENT_CASES) {
    const { upper, gradient } = hb.boundGradient(network, data);
    digests[`boundGradient ${name}`] = digest(Float64Array.of(upper, ...gradient));
  }
  const x = randomMatrix(uniforms(1), 90, 71);
  const g = hb.gram(x);
  digests['gram'] = digest(g.data);
  digests['frobeniusNorm'] = digest(Float64Array.of(hb.frobeniusNorm(x)));
  // Torn, deflated, split, left to QL; kinds made of sums and products alone, which every engine rounds alike.
  for (const name of [
    'random',
    'Wilkinson W+',
    'ones',
    'rank 2',
    'rank n/2',
    'blocks of one matrix',
    'arrow',
  ]) {
    const a = FAMILIES[name](150, 1);
    const { values, vectors } = hb.eigh(a, { vectors: true });
    const { residual, orthogonality } = hb.eighResiduals(a, { values, vectors: vectors! });
    digests[`eigh ${name}`] = digest(
      Float64Array.of(...values, ...hb.eigh(a).values, ...vectors!.data, residual, orthogonality),
    );
  }
  for (const { name, network, data } of [...LOST_CASES, ...CASES.filter((_, i) => i % 6 === 0)]) {
    const proven = hb.sharpness(network, data, { certified: true, bounds: 'all', ingredients: false });
    const { enclosures } = proven.certificate!;
    digests[`certified ${name}`] = digest(
      Float64Array.of(
        proven.lower,
        proven.upper,
        proven.bounds.layerBlocks!.largest.upper,
        proven.bounds.wolkowiczStyan!.largest.upper,
        ...enclosures.flatMap(({ lower, upper }) => [lower, upper]),
      ),
    );
  }
  const flowers = iris();
  const shape = { widths: [4, 5, 3], activation: 'gelu', loss: 'softmax-cross-entropy', seed: 7 } as const;
  const { grid, density, standardError, rules, trace, frobeniusNorm } = hb.spectralDensity(
    initialize(shape),
    flowers,
  );
  digests['spectral density'] = digest(
    Float64Array.of(
      ...[
        ...grid,
        ...density,
        ...standardError,
        ...rules.flatMap((rule) => [...rule.nodes, ...rule.weights]),
      ],
      ...[trace, frobeniusNorm].flatMap((found) => [found.estimate, found.standardError, found.exact!]),
    ),
  );
  for (const initializer of ['glorot-uniform', 'he-normal'] as const) {
    const start = initialize({ ...shape, initializer });
    for (const optimizer of ['sgd', 'adam', 'sam'] as const) {
      const options = { optimizer, steps: 30, learningRate: 0.02, batch: 32, every: 7 };
      const { history, state } = hb.train(start, flowers, options);
      digests[`training ${initializer} ${optimizer}`] = digest(
        Float64Array.of(...history.map(({ loss }) => loss), ...state.parameters),
      );
    }
  }
  hb.dispose();
  return digests;
}
