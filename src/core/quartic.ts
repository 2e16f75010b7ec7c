/**
 * The first four moments of the spectrum of the assembled Hessian: tr B^k for B = unit · (scale · H − center), k ≤ 4, from one product B B taken
 * in strips of rows (assembly/dense/square.ts). Center is the mean eigenvalue, so that a spectrum that is narrow beside its place
 * loses nothing, and unit a power of two that brings ‖B‖_F to between ½ and 1, so that fourth powers stay in range.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES } from './factors.js';
import { type Core } from './instance.js';
import { type Report, single } from './job.js';
import { type Pointer } from './kernels.js';
import { finite } from './model.js';
import { assembleSummed } from './moments.js';
import { type SampleSums } from './samples.js';
import { CompensatedSums, compensatedSum } from './sums.js';

export interface PowerSums {
  center: number;
  unit: number;
  /** The order of B, and tr B, tr B², tr B³, tr B⁴. */
  sums: Float64Array;
  /** Each sum is within this of the true one, of a B within ε ‖B‖_F of the true one in norm. */
  errors: Float64Array;
}

export interface QuarticPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · H. */
  scale: number;
}

export interface QuarticResult extends PowerSums {
  /** What tells how far the assembled matrix may be from H. */
  bySample: SampleSums;
}

export const quartic = single('quartic', (core, payload: QuarticPayload, report): QuarticResult => {
  const { network, data, scale } = payload;
  const order = network.parameters;
  return core.frame(() => {
    // N P² operations, then P³.
    const share = data.samples / (data.samples + order);
    const { h, bySample } = assembleSummed(core, network, data, scale, BLOCK_BYTES, (fraction) =>
      report(share * fraction),
    );
    const sums = powerSums(core, h, order, (fraction) => report(share + (1 - share) * fraction));
    return { ...sums, bySample };
  });
});

/** Rows of the square at a time. 96 take a fifth less at n = 400, and a fifth more at n = 2000, where it matters (measured). */
const STRIP = 192;

/** Of a symmetric matrix in memory, of which B is made in place. Takes STRIP · n doubles beside it. */
export function powerSums(core: Core, a: Pointer, n: number, report: Report): PowerSums {
  const { kernels } = core;
  const center = compensatedSum(diagonal(core, a, n)) / n;
  const view = core.view(a, n * n);
  for (let at = 0; at < view.length; at += n + 1) view[at] -= center;
  const unit = unitOf(finite(kernels.frobeniusNorm(n * n, a), 'network: its Hessian'));
  for (let at = 0; at < view.length; at++) view[at] *= unit;
  const trace = compensatedSum(diagonal(core, a, n));

  const totals = new CompensatedSums(3);
  core.frame(() => {
    const most = Math.min(STRIP, n);
    const [c, rows] = [core.allocate(most * n), core.allocate(3 * most)];
    for (let first = 0; first < n; first += most) {
      const count = Math.min(most, n - first);
      kernels.squareRows(n, first, count, a, c, rows);
      const found = core.read(rows, 3 * count);
      for (let r = 0; r < count; r++) totals.add(found.subarray(3 * r, 3 * r + 3));
      report(((first + count) / n) ** 2);
    }
  });
  const sums = Float64Array.of(n, trace, ...totals.totals());
  return { center, unit, sums, errors: roundingOf(n, sums) };
}

/**
 * What rounding can have done to the sums. A dot product of a row errs by c ‖·‖ ‖·‖ with c = (n/2 + 8) ε, twice what its roundings add up to, and
 * the sums over rows are compensated. The computed square is within g ‖B‖_F² of the true one in norm: γ |B| |B| entry by entry, γ of
 * the runs of 192 terms and of the n/192 runs (assembly/dense/gemm.ts). The trace is compensated: Σ|b_ii| ≤ √n ‖B‖_F.
 */
function roundingOf(n: number, [, , second, , fourth]: Float64Array): Float64Array {
  const c = Number.EPSILON * (n / 2 + 8);
  const g = Number.EPSILON * (100 + n / 256);
  const [norm, root] = [Math.sqrt(second), Math.sqrt(fourth)];
  const squareError = g * second;
  return Float64Array.of(
    0,
    Number.EPSILON * Math.sqrt(n) * norm,
    c * second,
    norm * (squareError + c * root),
    (2 * root + squareError) * squareError + c * fourth,
  );
}

function diagonal(core: Core, a: Pointer, n: number): Float64Array {
  const view = core.view(a, n * n);
  return Float64Array.from({ length: n }, (_, p) => view[p * (n + 1)]);
}

/** 1 for a norm of 0. Up to 2^900 only: the norm is then above 1e-55 still. */
function unitOf(norm: number): number {
  let unit = 1;
  if (norm === 0) return unit;
  while (unit * norm > 1) unit /= 2;
  while (unit * norm <= 0.5 && unit < 2 ** 900) unit *= 2;
  return unit;
}
