/**
 * The transfer terms of the curvature. The block of layers l < k of one sample is ã^l_b ( M_ac ã^k_d + δ^k_c T_da ) (network/factors.ts);
 * those with T together are X_lk, and H = Q + Σ_{l<k} (X_lk + X_lkᵀ) with Q = Σ_h J_hᵀ D_h J_h a sum of (weighted) squares.
 *
 * Each unit a of layer l has its own rows of X_lk, (b, c d) ↦ Σ_i ã^l_ib δ^k_ic T_i,da with T the derivatives of layer k's inputs in z^l_a.
 * For neighbours d = a is all there is, and rows of different units have no column in common: ‖X_{l,l+1}‖ is the largest of their norms.
 * The tape is that of evaluateLoss and backward, not normalized.
 */
import { multiplyEntries, scale } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { frobeniusNorm } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { Network } from '../network/network';

/** The length of a row of X_lk; of neighbours, of what a unit's rows can differ from 0 in. */
export function transferColumns(net: Network, l: i32, k: i32): i32 {
  const layer = net.layer(k);
  return layer.outputs * (k == l + 1 ? 1 : layer.inputs);
}

/** Scratch doubles of transferRows. */
export function transferScratch(net: Network, l: i32, k: i32): f64 {
  let widest = 1;
  for (let m = l + 1; m <= k; m++) widest = max(widest, net.layer(m).inputs);
  return <f64>net.samples * (2.0 * <f64>widest + <f64>transferColumns(net, l, k));
}

/**
 * The rows of unit a, width × transferColumns. Returns Σ_i of the norms of the terms they are summed from, which their rounding is relative
 * to.
 */
export function transferRows(net: Network, l: i32, k: i32, a: i32, scratch: usize, out: usize): f64 {
  const n = net.samples;
  const own = net.layer(l);
  const layer = net.layer(k);
  const columns = transferColumns(net, l, k);
  const terms = scratch; // δ ⊗ T_:a, N × columns
  if (k == l + 1) {
    for (let i = 0; i < n; i++) {
      const slope = at(rowOf(own.slope, i, own.outputs), a);
      scale(columns, slope, rowOf(layer.delta, i, columns), rowOf(terms, i, columns));
    }
  } else {
    const m = layer.inputs;
    const tangents = tangentsOf(net, l, k, a, rowOf(terms, n, columns));
    for (let i = 0; i < n; i++) {
      const row = rowOf(terms, i, columns);
      for (let c = 0; c < layer.outputs; c++) {
        scale(m, at(rowOf(layer.delta, i, layer.outputs), c), rowOf(tangents, i, m), rowOf(row, c, m));
      }
    }
  }
  multiply(own.width, columns, n, own.input, own.width, ACROSS, terms, columns, ACROSS, out, columns, false);

  let size = 0.0;
  for (let i = 0; i < n; i++) {
    const inputs = frobeniusNorm(own.width, rowOf(own.input, i, own.width));
    size += inputs * frobeniusNorm(columns, rowOf(terms, i, columns));
  }
  return size;
}

/** T_:a = ∂a^k/∂z^l_a of every sample, N × inputs of layer k > l + 1, in one of two places for such rows. */
function tangentsOf(net: Network, l: i32, k: i32, a: i32, places: usize): usize {
  const n = net.samples;
  const own = net.layer(l);
  const first = net.layer(l + 1);
  let widest = 1;
  for (let m = l + 1; m <= k; m++) widest = max(widest, net.layer(m).inputs);
  let tangents = places;
  let next = rowOf(places, n, widest);
  for (let i = 0; i < n; i++) {
    const slope = at(rowOf(own.slope, i, own.outputs), a);
    const row = rowOf(tangents, i, first.outputs);
    for (let j = 0; j < first.outputs; j++) put(row, j, slope * at(rowOf(first.weights, j, first.width), a));
  }
  multiplyEntries(n * first.outputs, first.slope, tangents);
  for (let m = l + 2; m < k; m++) {
    const layer = net.layer(m);
    const width = layer.width;
    multiply(
      n,
      layer.outputs,
      layer.inputs,
      tangents,
      layer.inputs,
      ALONG,
      layer.weights,
      width,
      ALONG,
      next,
      layer.outputs,
      false,
    );
    multiplyEntries(n * layer.outputs, layer.slope, next);
    const spent = tangents;
    tangents = next;
    next = spent;
  }
  return tangents;
}
