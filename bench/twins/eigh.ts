/**
 * Householder tridiagonalization and implicit QL on typed arrays, every inner loop along a row: of the lower triangle, of the
 * transposed orthogonal matrix, and of the vectors' components, four of which take all rotations of a sweep at once.
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
  const vectors = wanted ? accumulate(n, a, scales) : new Float64Array();
  implicitQl(n, diagonal, beside, vectors, wanted);
  return ascending(n, diagonal, vectors, wanted);
}

/**
 * From the last row up: H_k = 1 − β v vᵀ takes row k, left of the diagonal, to a multiple of its last entry. v stays in
 * the row, β in scales; beside[k] is the entry (k, k − 1).
 */
function tridiagonalize(
  n: number,
  a: Float64Array,
  diagonal: Float64Array,
  beside: Float64Array,
  scales: Float64Array,
): void {
  const p = new Float64Array(n);
  for (let k = n - 1; k > 0; k--) {
    const v = k * n;
    diagonal[k] = a[v + k];
    let square = 0;
    for (let i = 0; i < k - 1; i++) square += a[v + i] * a[v + i];
    const pivot = a[v + k - 1];
    if (square === 0) {
      beside[k] = pivot;
      continue;
    }
    const norm = Math.sqrt(square + pivot * pivot);
    const entry = pivot > 0 ? -norm : norm;
    const head = pivot - entry;
    const beta = 2 / (square + head * head);
    beside[k] = entry;
    scales[k] = beta;
    a[v + k - 1] = head;
    timesSymmetric(n, k, a, v, p);
    let inner = 0;
    for (let i = 0; i < k; i++) {
      p[i] *= beta;
      inner += p[i] * a[v + i];
    }
    const shift = 0.5 * beta * inner;
    for (let i = 0; i < k; i++) p[i] -= shift * a[v + i];
    for (let i = 0; i < k; i++) {
      const row = i * n;
      const vi = a[v + i];
      const pi = p[i];
      for (let j = 0; j <= i; j++) a[row + j] -= vi * p[j] + pi * a[v + j];
    }
  }
  diagonal[0] = a[0];
}

/** p = A v from the lower triangle of the leading k × k entries, two rows at a time. */
function timesSymmetric(n: number, k: number, a: Float64Array, v: number, p: Float64Array): void {
  p.fill(0, 0, k);
  let i = 0;
  for (; i + 1 < k; i += 2) {
    const [row, next] = [i * n, (i + 1) * n];
    const [x, y] = [a[v + i], a[v + i + 1]];
    let [s, t] = [0, 0];
    for (let j = 0; j < i; j++) {
      const vj = a[v + j];
      const [l, m] = [a[row + j], a[next + j]];
      s += l * vj;
      t += m * vj;
      p[j] += l * x + m * y;
    }
    const between = a[next + i];
    p[i] = s + a[row + i] * x + between * y;
    p[i + 1] = t + between * x + a[next + i + 1] * y;
  }
  if (i < k) {
    const row = i * n;
    const x = a[v + i];
    let s = a[row + i] * x;
    for (let j = 0; j < i; j++) {
      s += a[row + j] * a[v + j];
      p[j] += a[row + j] * x;
    }
    p[i] = s;
  }
}

/** H_{n−1} … H_1, built as its transpose: rows of the leading block so far, times the next H. */
function accumulate(n: number, a: Float64Array, scales: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = 1; k < n; k++) {
    const beta = scales[k];
    if (beta === 0) continue;
    const v = k * n;
    for (let i = 0; i < k; i++) {
      const row = i * n;
      let sum = 0;
      for (let j = 0; j < k; j++) sum += q[row + j] * a[v + j];
      sum *= beta;
      for (let j = 0; j < k; j++) q[row + j] -= sum * a[v + j];
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

function implicitQl(
  n: number,
  d: Float64Array,
  beside: Float64Array,
  z: Float64Array,
  wanted: boolean,
): void {
  const e = new Float64Array(n);
  e.set(beside.subarray(1));
  const cosines = new Float64Array(n);
  const sines = new Float64Array(n);
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      if (sweep === 60) throw new Error('eigh twin: no convergence');
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let [s, c, p] = [1, 1, 0];
      for (let i = m - 1; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        // Entries of like size: no overflow to guard against that hypot's cost would be worth.
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        cosines[i] = c;
        sines[i] = s;
      }
      if (wanted) rotate(n, z, l, m, cosines, sines);
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

/** The rotations of a sweep, from columns m − 1, m down to l, l + 1, on the n rows of z. */
function rotate(
  n: number,
  z: Float64Array,
  l: number,
  m: number,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  let k = 0;
  for (; k + 4 <= n; k += 4) {
    const [r0, r1, r2, r3] = [k * n, (k + 1) * n, (k + 2) * n, (k + 3) * n];
    let [f0, f1, f2, f3] = [z[r0 + m], z[r1 + m], z[r2 + m], z[r3 + m]];
    for (let i = m - 1; i >= l; i--) {
      const c = cosines[i];
      const s = sines[i];
      const x0 = z[r0 + i];
      const x1 = z[r1 + i];
      const x2 = z[r2 + i];
      const x3 = z[r3 + i];
      z[r0 + i + 1] = s * x0 + c * f0;
      z[r1 + i + 1] = s * x1 + c * f1;
      z[r2 + i + 1] = s * x2 + c * f2;
      z[r3 + i + 1] = s * x3 + c * f3;
      f0 = c * x0 - s * f0;
      f1 = c * x1 - s * f1;
      f2 = c * x2 - s * f2;
      f3 = c * x3 - s * f3;
    }
    z[r0 + l] = f0;
    z[r1 + l] = f1;
    z[r2 + l] = f2;
    z[r3 + l] = f3;
  }
  for (; k < n; k++) {
    const row = k * n;
    let f = z[row + m];
    for (let i = m - 1; i >= l; i--) {
      const x = z[row + i];
      z[row + i + 1] = sines[i] * x + cosines[i] * f;
      f = cosines[i] * x - sines[i] * f;
    }
    z[row + l] = f;
  }
}

function ascending(
  n: number,
  diagonal: Float64Array,
  vectors: Float64Array,
  wanted: boolean,
): { values: Float64Array; vectors: Float64Array } {
  const order = Uint32Array.from(diagonal, (_, i) => i).sort((i, j) => diagonal[i] - diagonal[j]);
  const sorted = new Float64Array(vectors.length);
  if (wanted) {
    for (let k = 0; k < n; k++)
      for (let to = 0; to < n; to++) sorted[to * n + k] = vectors[k * n + order[to]];
  }
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors: sorted };
}
