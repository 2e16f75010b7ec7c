/** What the moments sum over single samples (assembly/curvature/samples.ts), and the forms of their products. */
import { type CheckedNetwork } from '../network.js';
import { type Form, linearEntries } from './forms.js';
import { type Core } from './instance.js';
import { type Pointer } from './kernels.js';
import { compensatedSum } from './sums.js';

/** Matrices are depth × depth, row-major, with the entries l ≤ k set. */
export interface SampleSums {
  /** The trace of each layer's block. */
  traces: Float64Array;
  /** Sums of the absolute values that went into the traces. */
  traceSizes: Float64Array;
  /** Σ_i β_i^{lk} ≥ Σ_i ‖H_i^{lk}‖_F. */
  norms: Float64Array;
  /** The same with the sizes of what the chosen forms add up: what rounding errors of sums are relative to. */
  betas: Float64Array;
  /** Σ_i of bounds on ‖ΔH_i^{lk}‖_F, what rounding did to the factors (assembly/network/rounding.ts). */
  errors: Float64Array;
  /** The sums over samples that those terms are inner products of (assembly/curvature/samples.ts). */
  crossSums: Float64Array;
  /** What the cross terms that are summed over samples add to the squared norms of the blocks. */
  crossSquares: Float64Array;
}

/** A range of samples, of which one task computes the sums. */
export interface Range {
  start: number;
  count: number;
}

/** Enough ranges for several workers, and few enough that their sums, of many entries for wide networks, can be held together. */
const RANGES = 8;
const RANGES_ENTRIES = 2 ** 23;
const SHORTEST = 512;

export function sampleRanges(network: CheckedNetwork, forms: readonly Form[], samples: number): Range[] {
  const ranges = Math.max(1, Math.min(RANGES, Math.floor(RANGES_ENTRIES / linearEntries(network, forms))));
  const length = Math.max(SHORTEST, 64 * Math.ceil(samples / ranges / 64));
  return Array.from({ length: Math.ceil(samples / length) }, (_, i) => {
    const start = i * length;
    return { start, count: Math.min(length, samples - start) };
  });
}

export function setForms(core: Core, net: Pointer, forms: readonly Form[]): void {
  forms.forEach(({ factored, linear }, l) => {
    core.kernels.setForms(net, l, factored ? 1 : 0, linear ? 1 : 0);
  });
}

/** The raw sums of one range: what combineSampleSums takes. The tape must be filled and the forms set. */
export function sampleSums(core: Core, net: Pointer, { start, count }: Range): Float64Array {
  return core.frame(() => {
    const { kernels } = core;
    const length = kernels.sampleSumsLength(net);
    const out = core.zeros(length);
    const factors = core.allocateBytes(kernels.factorsBytes(net));
    const scratch = core.allocate(kernels.sampleSumsScratch(net));
    kernels.sampleSums(net, start, count, factors, scratch, out);
    return core.read(out, length);
  });
}

/** Entries of the raw sums: those that combineSampleSums takes. */
export function sampleSumsLength(network: CheckedNetwork, forms: readonly Form[]): number {
  const depth = network.layers.length;
  return 2 * depth + 3 * depth ** 2 + linearEntries(network, forms);
}

/** The sums over all ranges, which are given in order. */
export function combineSampleSums(
  network: CheckedNetwork,
  forms: readonly Form[],
  ranges: Float64Array[],
): SampleSums {
  // A few terms each: a plain sum is as good as any.
  const totals = ranges[0].slice();
  for (const range of ranges.slice(1)) for (let i = 0; i < totals.length; i++) totals[i] += range[i];
  let offset = 0;
  const take = (count: number): Float64Array => totals.subarray(offset, (offset += count));
  const { layers } = network;
  const depth = layers.length;
  const blocks = depth * depth;
  const sums = {
    traces: take(depth),
    traceSizes: take(depth),
    norms: take(blocks),
    betas: take(blocks),
    errors: take(blocks),
  };
  const crossSums = totals.slice(offset);
  const crossSquares = new Float64Array(blocks);
  forms.forEach(({ linear }, l) => {
    if (!linear) return;
    const { inputs, outputs, bias } = layers[l];
    const rows = inputs + (bias ? 1 : 0);
    const columns = outputs * layers[l + 1].outputs;
    // Σ_ij K_ij (c_ij + c_ji), both orders alike.
    crossSquares[l * depth + l + 1] =
      2 * innerProduct(rows, columns, take(rows * columns), take(rows * columns));
  });
  return { ...sums, crossSums, crossSquares };
}

/** Row by row, so that the error grows with the length of a row only. */
function innerProduct(rows: number, columns: number, x: Float64Array, y: Float64Array): number {
  const sums = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    for (let i = r * columns; i < (r + 1) * columns; i++) sums[r] += x[i] * y[i];
  }
  return compensatedSum(sums);
}
