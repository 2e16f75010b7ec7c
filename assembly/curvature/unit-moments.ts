/**
 * Trace and squared Frobenius norm of the block of each hidden unit (units.ts), none of which is formed. With cosines κ_ij of ã_i and ã_j, and d_ij of δ_i and δ_j,
 *
 *   tr E_a = Σ_i α_ia,   ‖E_a‖_F² = Σ_ij κ_ij (α_ia α_ja κ_ij + 2 β_ia β_ja d_ij),
 *   α_ia = φ''(z_ia) g_ia ‖ã_i‖²,   β_ia = φ'(z_ia) ‖ã_i‖ ‖δ_i‖:
 *
 * the κ and d of a tile of pairs serve all units, and cosines are safe at any size of inputs. Σ_i |α_ia| + 2 |β_ia| is what rounding is relative to.
 */
import { addScaled, multiplyEntries } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { at, put, rowOf } from '../dense/rows';
import { Network } from '../network/network';
import { normalizeRows } from './orthogonality';
import { TILE, TILE_AREA } from './tile';

/** Doubles of unitTerms. */
export function unitTermsDoubles(net: Network): f64 {
  const hidden = net.layer(0);
  return <f64>net.samples * (<f64>hidden.width + <f64>net.last.outputs + 2.0 * <f64>hidden.outputs + 2.0);
}

/** ã and δ at unit length, N × width and N × K, their lengths, and α and β, N × units each, one after the other. */
export function unitTerms(net: Network, terms: usize): void {
  const hidden = net.layer(0);
  const n = net.samples;
  const k = net.last.outputs;
  const inputs = terms;
  const deltas = deltasOf(net, terms);
  const alpha = alphaOf(net, terms);
  const beta = rowOf(alpha, n, hidden.outputs);
  const inputNorms = rowOf(beta, n, hidden.outputs);
  const deltaNorms = rowOf(inputNorms, n, 1);
  memory.copy(inputs, hidden.input, (<usize>n * <usize>hidden.width) << 3);
  memory.copy(deltas, net.last.delta, (<usize>n * <usize>k) << 3);
  normalizeRows(n, hidden.width, inputs, inputNorms);
  normalizeRows(n, k, deltas, deltaNorms);
  for (let i = 0; i < n; i++) {
    const input = at(inputNorms, i);
    const delta = at(deltaNorms, i);
    for (let a = 0; a < hidden.outputs; a++) {
      put(rowOf(alpha, i, hidden.outputs), a, at(rowOf(hidden.bend, i, hidden.outputs), a) * input * input);
      put(rowOf(beta, i, hidden.outputs), a, at(rowOf(hidden.slope, i, hidden.outputs), a) * delta * input);
    }
  }
}

/** Scratch doubles of unitMomentsTile. */
export function unitMomentsScratch(net: Network): f64 {
  return 2.0 * <f64>TILE_AREA + <f64>TILE * <f64>net.layer(0).outputs;
}

/**
 * What a tile of pairs adds to ‖E_a‖_F² of each unit, and what its samples add to tr E_a and to what rounding is relative to where it
 * is on the diagonal: sums, 3 × units. A tile with i ≠ j counts for its mirror image too; ni, nj ≤ TILE.
 */
export function unitMomentsTile(
  net: Network,
  terms: usize,
  i: i32,
  ni: i32,
  j: i32,
  nj: i32,
  scratch: usize,
  sums: usize,
): void {
  const units = net.layer(0).outputs;
  const width = net.layer(0).width;
  const k = net.last.outputs;
  const kernel = scratch;
  const other = rowOf(kernel, TILE_AREA, 1);
  const image = rowOf(other, TILE_AREA, 1);
  const deltas = deltasOf(net, terms);
  const alpha = alphaOf(net, terms);
  const beta = rowOf(alpha, net.samples, units);
  inner(width, rowOf(terms, i, width), ni, rowOf(terms, j, width), nj, kernel);
  inner(k, rowOf(deltas, i, k), ni, rowOf(deltas, j, k), nj, other);
  multiplyEntries(ni * nj, kernel, other);
  multiplyEntries(ni * nj, kernel, kernel);
  memory.fill(sums, 0, (<usize>(3 * units)) << 3);
  const both = i == j ? 1.0 : 2.0;
  addForms(units, rowOf(alpha, i, units), ni, rowOf(alpha, j, units), nj, kernel, both, image, sums);
  addForms(units, rowOf(beta, i, units), ni, rowOf(beta, j, units), nj, other, 2.0 * both, image, sums);
  if (i != j) return;
  const traces = rowOf(sums, 1, units);
  const sizes = rowOf(sums, 2, units);
  for (let r = i; r < i + ni; r++) {
    for (let a = 0; a < units; a++) {
      const x = at(rowOf(alpha, r, units), a);
      put(traces, a, at(traces, a) + x);
      put(sizes, a, at(sizes, a) + Math.abs(x) + 2.0 * Math.abs(at(rowOf(beta, r, units), a)));
    }
  }
}

function inner(length: i32, x: usize, ni: i32, y: usize, nj: i32, out: usize): void {
  multiply(ni, nj, length, x, length, ALONG, y, length, ALONG, out, nj, false);
}

/** out_a ← out_a + factor Σ_rs x_ra m_rs y_sa. */
function addForms(
  units: i32,
  x: usize,
  ni: i32,
  y: usize,
  nj: i32,
  m: usize,
  factor: f64,
  image: usize,
  out: usize,
): void {
  multiply(ni, units, nj, m, nj, ALONG, y, units, ACROSS, image, units, false);
  multiplyEntries(ni * units, x, image);
  for (let r = 0; r < ni; r++) addScaled(units, factor, rowOf(image, r, units), out);
}

function deltasOf(net: Network, terms: usize): usize {
  return rowOf(terms, net.samples, net.layer(0).width);
}

function alphaOf(net: Network, terms: usize): usize {
  return rowOf(deltasOf(net, terms), net.samples, net.last.outputs);
}
