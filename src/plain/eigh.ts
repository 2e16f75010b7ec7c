import { divideAndConquer } from './divide-conquer.js';
import { addProduct, gram, rowMajor, transposed, type View } from './gemm.js';
import { implicitQl, rootFreeQl } from './ql.js';

/** Rows reduced between two updates of the rest: at n = 512 8 and 12 take 45 ms, 4 and 24 48 ms; at 200, 8 is the best. */
const PANEL = 8;
/** The last rows, reduced one by one: values alone take 44 µs at n = 32 so, 53 by panels. */
const UNBLOCKED = 48;
/** Reflections applied at a time: at n = 512 18 to 36 take 141 to 144 ms; at 200, 48 take 7 % longer. */
const REFLECTIONS = 24;
/**
 * Up to here QL of the accumulated reflections, which takes 130 µs at n = 32, 389 at 48, where divide and conquer takes
 * 158 and 362.
 */
const SMALL = 40;

/**
 * The plan of LAPACK's dsyevd on typed arrays: blocked Householder tridiagonalization, QL without square roots for the values alone,
 * divide and conquer for the vectors, blocked back-transformation; every inner loop along rows.
 */
export function eigh(
  n: number,
  symmetric: Float64Array,
  wanted: boolean,
): { values: Float64Array; vectors: Float64Array } {
  const a = symmetric.slice();
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const scales = new Float64Array(n);
  tridiagonalize(n, a, diagonal, beside, scales);
  if (!wanted) {
    rootFreeQl(n, diagonal, beside);
    return { values: diagonal.sort(), vectors: new Float64Array() };
  }
  if (n <= SMALL) return smallEigh(n, a, diagonal, beside, scales);
  const result = divideAndConquer(n, diagonal, beside);
  reflect(n, a, scales, result.vectors);
  return result;
}

function smallEigh(
  n: number,
  a: Float64Array,
  diagonal: Float64Array,
  beside: Float64Array,
  scales: Float64Array,
): { values: Float64Array; vectors: Float64Array } {
  const columns = accumulate(n, a, scales);
  implicitQl(n, diagonal, beside, columns);
  const order = Uint32Array.from(diagonal, (_, i) => i).sort((i, j) => diagonal[i] - diagonal[j]);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let to = 0; to < n; to++) vectors[to * n + k] = columns[k * n + order[to]];
  }
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors };
}

/**
 * From the last row up: H_k = 1 − β v vᵀ takes row k, left of the diagonal, to a multiple of its last entry. v stays in
 * the row, β in scales; beside[k − 1] is the entry (k, k − 1). The update of the rest by v wᵀ + w vᵀ is put off to the end of a panel
 * (Dongarra, Sorensen and Hammarling, Block reduction of matrices to condensed forms, 1989).
 */
function tridiagonalize(
  n: number,
  a: Float64Array,
  diagonal: Float64Array,
  beside: Float64Array,
  scales: Float64Array,
): void {
  // What rounding leaves of a matrix of low rank gets smaller row by row, till its squares underflow.
  const negligible = (1e-24 * largest(a)) ** 2;
  // Rows v, w, v, w, … of the panel.
  const panel = new Float64Array(2 * PANEL * n);
  const factors = new Float64Array(2 * PANEL);
  for (let high = n, low = 0; high > 0; high = low) {
    low = high > UNBLOCKED ? high - PANEL : high - 1;
    for (let k = high - 1, rows = 0; k >= low; k--, rows += 2) {
      const row = k * n;
      for (let r = 0; r < rows; r++) factors[r ^ 1] = panel[r * n + k];
      subtractRows(rows, n, k + 1, factors, panel, a, row);
      diagonal[k] = a[row + k];
      if (k === 0) break;
      const v = panel.subarray(rows * n, rows * n + k);
      const w = panel.subarray((rows + 1) * n, (rows + 1) * n + k);
      let square = 0;
      for (let j = 0; j < k - 1; j++) square += a[row + j] * a[row + j];
      const pivot = a[row + k - 1];
      beside[k - 1] = pivot;
      if (square <= negligible) {
        v.fill(0);
        w.fill(0);
        continue;
      }
      const norm = Math.sqrt(square + pivot * pivot);
      const entry = pivot > 0 ? -norm : norm;
      const head = pivot - entry;
      const beta = 2 / (square + head * head);
      beside[k - 1] = entry;
      scales[k] = beta;
      a[row + k - 1] = head;
      v.set(a.subarray(row, row + k));
      timesSymmetric(n, k, a, v, w);
      for (let r = 0; r < rows; r += 2) innerProducts(n, k, panel, r * n, v, factors, r);
      subtractRows(rows, n, k, factors, panel, w, 0);
      let inner = 0;
      for (let j = 0; j < k; j++) inner += w[j] * v[j];
      const shift = 0.5 * beta * beta * inner;
      for (let j = 0; j < k; j++) w[j] = beta * w[j] - shift * v[j];
    }
    if (high > UNBLOCKED) updateRest(n, low, a, panel);
    else updateAtOnce(n, low, a, panel);
  }
}

/** target −= Σ factors[r] panel_r, four rows at a time. `rows` is even. */
function subtractRows(
  rows: number,
  n: number,
  k: number,
  factors: Float64Array,
  panel: Float64Array,
  target: Float64Array,
  at: number,
): void {
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    const p0 = r * n;
    const p1 = p0 + n;
    const p2 = p1 + n;
    const p3 = p2 + n;
    const x0 = factors[r];
    const x1 = factors[r + 1];
    const x2 = factors[r + 2];
    const x3 = factors[r + 3];
    for (let j = 0; j < k; j++) {
      target[at + j] -= x0 * panel[p0 + j] + x1 * panel[p1 + j] + (x2 * panel[p2 + j] + x3 * panel[p3 + j]);
    }
  }
  if (r < rows) {
    const p = r * n;
    const q = p + n;
    const x = factors[r];
    const y = factors[r + 1];
    for (let j = 0; j < k; j++) target[at + j] -= x * panel[p + j] + y * panel[q + j];
  }
}

/** The factors of v_r and w_r, at panel[p…]: w_rᵀ v and v_rᵀ v. */
function innerProducts(
  n: number,
  k: number,
  panel: Float64Array,
  p: number,
  v: Float64Array,
  factors: Float64Array,
  r: number,
): void {
  let x = 0;
  let y = 0;
  for (let j = 0; j < k; j++) {
    x += panel[p + j] * v[j];
    y += panel[p + n + j] * v[j];
  }
  factors[r] = y;
  factors[r + 1] = x;
}

/** The leading m rows less v wᵀ + w vᵀ of a panel, as one product of depth 2 PANEL. */
function updateRest(n: number, m: number, a: Float64Array, panel: Float64Array): void {
  const swapped = new Float64Array(2 * PANEL * n);
  for (let r = 0; r < 2 * PANEL; r++) {
    for (let j = 0, p = (r ^ 1) * n; j < m; j++) swapped[r * n + j] = -panel[p + j];
  }
  const view = (data: Float64Array): View => transposed(rowMajor(data, n));
  addProduct(m, m, 2 * PANEL, view(panel), view(swapped), a, true, 0, n);
}

/** The leading m rows less v wᵀ + w vᵀ of a single reflection. */
function updateAtOnce(n: number, m: number, a: Float64Array, panel: Float64Array): void {
  for (let i = 0; i < m; i++) {
    const row = i * n;
    const v = panel[i];
    const w = panel[n + i];
    for (let j = 0; j <= i; j++) a[row + j] -= v * panel[n + j] + w * panel[j];
  }
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]));
  return most;
}

/** p = A v from the lower triangle of the leading k × k entries, five rows at a time: 4.8 GF/s, as with six; four 4.5, two 3.2. */
function timesSymmetric(n: number, k: number, a: Float64Array, v: Float64Array, p: Float64Array): void {
  p.fill(0, 0, k);
  let i = 0;
  for (; i + 5 <= k; i += 5) {
    const r0 = i * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    const r3 = r2 + n;
    const r4 = r3 + n;
    const x0 = v[i];
    const x1 = v[i + 1];
    const x2 = v[i + 2];
    const x3 = v[i + 3];
    const x4 = v[i + 4];
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    for (let j = 0; j < i; j++) {
      const vj = v[j];
      const a0 = a[r0 + j];
      const a1 = a[r1 + j];
      const a2 = a[r2 + j];
      const a3 = a[r3 + j];
      const a4 = a[r4 + j];
      s0 += a0 * vj;
      s1 += a1 * vj;
      s2 += a2 * vj;
      s3 += a3 * vj;
      s4 += a4 * vj;
      p[j] += a0 * x0 + a1 * x1 + (a2 * x2 + (a3 * x3 + a4 * x4));
    }
    p[i] = s0;
    p[i + 1] = s1;
    p[i + 2] = s2;
    p[i + 3] = s3;
    p[i + 4] = s4;
    for (let r = i; r < i + 5; r++) corner(n, r, i, a, v, p);
  }
  for (; i < k; i++) corner(n, i, 0, a, v, p);
}

/** The part of row i from column `from` on. */
function corner(n: number, i: number, from: number, a: Float64Array, v: Float64Array, p: Float64Array): void {
  const row = i * n;
  const x = v[i];
  let sum = a[row + i] * x;
  for (let j = from; j < i; j++) {
    sum += a[row + j] * v[j];
    p[j] += a[row + j] * x;
  }
  p[i] += sum;
}

/**
 * Every row of z times H_1 … H_{n−1}, REFLECTIONS at a time as 1 − Vᵀ T V with T upper triangular (Schreiber and Van Loan, A
 * storage-efficient WY representation for products of Householder transformations, 1989).
 */
function reflect(n: number, a: Float64Array, scales: Float64Array, z: Float64Array): void {
  const v = new Float64Array(REFLECTIONS * n);
  const products = new Float64Array(n * REFLECTIONS);
  for (let low = 1; low < n; low += REFLECTIONS) {
    const count = Math.min(REFLECTIONS, n - low);
    const length = low + count - 1;
    v.fill(0);
    for (let r = 0; r < count; r++) {
      const k = low + r;
      if (scales[k] !== 0) v.set(a.subarray(k * n, k * n + k), r * length);
    }
    const view = rowMajor(v, length);
    const columns = transposed(view);
    const t = minusT(count, gram(count, length, v), scales.subarray(low));
    const tv = new Float64Array(count * length);
    addProduct(count, length, count, rowMajor(t, count), columns, tv);
    products.fill(0);
    addProduct(n, count, length, rowMajor(z, n), view, products);
    const right = transposed(rowMajor(tv, length));
    addProduct(n, length, count, rowMajor(products, count), right, z, false, 0, n);
  }
}

/** −T, column by column: column r is β (T g − e_r), g the inner products of v_r with the rows before. */
function minusT(count: number, g: Float64Array, scales: Float64Array): Float64Array {
  const t = new Float64Array(count * count);
  for (let r = 0; r < count; r++) {
    const beta = scales[r];
    for (let i = 0; i < r; i++) {
      let sum = 0;
      for (let j = i; j < r; j++) sum += t[i * count + j] * g[r * count + j];
      t[i * count + r] = -beta * sum;
    }
    t[r * count + r] = -beta;
  }
  return t;
}

/** H_{n−1} … H_1, built as its transpose: rows of the leading block so far, times the next H, two at a time. */
function accumulate(n: number, a: Float64Array, scales: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = 1; k < n; k++) {
    const beta = scales[k];
    if (beta === 0) continue;
    const v = k * n;
    // An odd k takes row k along, which is zero there.
    for (let i = 0; i < k; i += 2) {
      const row = i * n;
      const next = row + n;
      let x = 0;
      let y = 0;
      for (let j = 0; j < k; j++) {
        const vj = a[v + j];
        x += q[row + j] * vj;
        y += q[next + j] * vj;
      }
      x *= beta;
      y *= beta;
      for (let j = 0; j < k; j++) {
        const vj = a[v + j];
        q[row + j] -= x * vj;
        q[next + j] -= y * vj;
      }
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const swap = q[i * n + j];
      q[i * n + j] = q[j * n + i];
      q[j * n + i] = swap;
    }
  }
  return q;
}
