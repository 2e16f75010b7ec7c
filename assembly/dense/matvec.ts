/**
 * Products of a matrix with a vector. Four rows are read at a time: each entry of the vectors is then loaded (and stored) once for
 * four entries of the matrix, and four chains of additions hide each other's latency.
 *
 * Each sum runs over even terms in one lane and odd terms in the other, first to last, whatever rows stand beside it.
 */
import { addScaled, dot } from './elementwise';
import { at, put, rowOf } from './rows';

/** y_i = row i of a · x, for m rows of n entries. */
export function multiplyVector(m: i32, n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) fourDots(n, rowOf(a, i, lda), (<usize>lda) << 3, x, y + ((<usize>i) << 3));
  for (; i < m; i++) put(y, i, dot(n, rowOf(a, i, lda), x));
}

/** y ← y + Σ_i c_i · row i of a, for m rows of n entries: y ← y + Aᵀ c. */
export function addRows(m: i32, n: i32, a: usize, lda: i32, c: usize, y: usize): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) addFour(n, rowOf(a, i, lda), (<usize>lda) << 3, c + ((<usize>i) << 3), y);
  for (; i < m; i++) addScaled(n, at(c, i), rowOf(a, i, lda), y);
}

/** y = A x for the symmetric A of order n whose lower triangle is at a. */
export function multiplySymmetric(n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += 4) {
    const rows = min(4, n - i);
    const here = (<usize>i) << 3;
    const block = rowOf(a, i, lda);
    if (rows == 4) {
      fourBoth(i, block, (<usize>lda) << 3, x, x + here, y, y + here);
    } else {
      for (let r = 0; r < rows; r++) {
        const row = rowOf(block, r, lda);
        put(y, i + r, dot(i, row, x));
        addScaled(i, at(x, i + r), row, y);
      }
    }
    // The block on the diagonal.
    for (let r = 0; r < rows; r++) {
      const row = rowOf(block, r, lda) + here;
      let sum = at(y, i + r);
      for (let c = 0; c < rows; c++) {
        const entry = c <= r ? at(row, c) : at(rowOf(block, c, lda) + here, r);
        sum += entry * at(x, i + c);
      }
      put(y, i + r, sum);
    }
  }
}

function fourDots(n: i32, p: usize, step: usize, x: usize, out: usize): void {
  let s0 = f64x2.splat(0.0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let q = p + step;
  let r = q + step;
  let s = r + step;
  const end = p + (((<usize>n) & ~1) << 3);
  while (p < end) {
    const v = v128.load(x);
    s0 = f64x2.add(s0, f64x2.mul(v128.load(p), v));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(q), v));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(r), v));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(s), v));
    x += 16;
    p += 16;
    q += 16;
    r += 16;
    s += 16;
  }
  const last = n & 1 ? load<f64>(x) : 0.0;
  store<f64>(out, lanes(s0) + (n & 1 ? last * load<f64>(p) : 0.0));
  store<f64>(out, lanes(s1) + (n & 1 ? last * load<f64>(q) : 0.0), 8);
  store<f64>(out, lanes(s2) + (n & 1 ? last * load<f64>(r) : 0.0), 16);
  store<f64>(out, lanes(s3) + (n & 1 ? last * load<f64>(s) : 0.0), 24);
}

function addFour(n: i32, p: usize, step: usize, c: usize, y: usize): void {
  const c0 = v128.load64_splat(c);
  const c1 = v128.load64_splat(c, 8);
  const c2 = v128.load64_splat(c, 16);
  const c3 = v128.load64_splat(c, 24);
  let q = p + step;
  let r = q + step;
  let s = r + step;
  const end = p + (((<usize>n) & ~1) << 3);
  while (p < end) {
    const u = f64x2.add(f64x2.mul(c0, v128.load(p)), f64x2.mul(c1, v128.load(q)));
    const v = f64x2.add(f64x2.mul(c2, v128.load(r)), f64x2.mul(c3, v128.load(s)));
    v128.store(y, f64x2.add(v128.load(y), f64x2.add(u, v)));
    y += 16;
    p += 16;
    q += 16;
    r += 16;
    s += 16;
  }
  if (n & 1) {
    const u = load<f64>(c) * load<f64>(p) + load<f64>(c, 8) * load<f64>(q);
    const v = load<f64>(c, 16) * load<f64>(r) + load<f64>(c, 24) * load<f64>(s);
    store<f64>(y, load<f64>(y) + (u + v));
  }
}

/** Both products of four rows: their dots with x, into out, and their sum with the weights at own, added to y. n is a multiple of 4. */
function fourBoth(n: i32, p: usize, step: usize, x: usize, own: usize, y: usize, out: usize): void {
  const c0 = v128.load64_splat(own);
  const c1 = v128.load64_splat(own, 8);
  const c2 = v128.load64_splat(own, 16);
  const c3 = v128.load64_splat(own, 24);
  let s0 = f64x2.splat(0.0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let q = p + step;
  let r = q + step;
  let s = r + step;
  const end = p + ((<usize>n) << 3);
  while (p < end) {
    let v = v128.load(x);
    let w = v128.load(y);
    let a = v128.load(p);
    s0 = f64x2.add(s0, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c0));
    a = v128.load(q);
    s1 = f64x2.add(s1, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c1));
    a = v128.load(r);
    s2 = f64x2.add(s2, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c2));
    a = v128.load(s);
    s3 = f64x2.add(s3, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c3));
    v128.store(y, w);
    v = v128.load(x, 16);
    w = v128.load(y, 16);
    a = v128.load(p, 16);
    s0 = f64x2.add(s0, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c0));
    a = v128.load(q, 16);
    s1 = f64x2.add(s1, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c1));
    a = v128.load(r, 16);
    s2 = f64x2.add(s2, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c2));
    a = v128.load(s, 16);
    s3 = f64x2.add(s3, f64x2.mul(a, v));
    w = f64x2.add(w, f64x2.mul(a, c3));
    v128.store(y, w, 16);
    x += 32;
    y += 32;
    p += 32;
    q += 32;
    r += 32;
    s += 32;
  }
  store<f64>(out, lanes(s0));
  store<f64>(out, lanes(s1), 8);
  store<f64>(out, lanes(s2), 16);
  store<f64>(out, lanes(s3), 24);
}

function lanes(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
