/**
 * The eigenvalues of a symmetric tridiagonal matrix, unordered, in place of its diagonal: QL without square roots (Pal, Walker
 * and Kahan; Parlett, The Symmetric Eigenvalue Problem, §8.15). `beside`[i] couples i and i + 1, and is used up.
 */
export function rootFreeQl(n: number, d: Float64Array, beside: Float64Array): void {
  const negligible = (Number.EPSILON * magnitude(n, d, beside)) ** 2;
  const squares = beside;
  for (let i = 0; i < n - 1; i++) squares[i] *= squares[i];
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && squares[m] > EPSILON_SQUARED * Math.abs(d[m] * d[m + 1]) && squares[m] > negligible)
        m++;
      if (m === l) break;
      if (sweep === 60) throw new Error('plain eigh: no convergence');
      const root = Math.sqrt(squares[l]);
      const half = (d[l + 1] - d[l]) / (2 * root);
      const length = Math.sqrt(half * half + 1);
      const shift = d[l] - root / (half + (half >= 0 ? length : -length));
      let c = 1;
      let s = 0;
      let g = d[m] - shift;
      let p = g * g;
      for (let i = m - 1; i >= l; i--) {
        const square = squares[i];
        const r = p + square;
        squares[i + 1] = s * r;
        const before = c;
        const last = g;
        c = p / r;
        s = square / r;
        // 1 / c, without waiting for c.
        const stretch = r / p;
        g = c * (d[i] - shift) - s * last;
        d[i + 1] = last + (d[i] - g);
        p = c === 0 ? before * square : g * g * stretch;
      }
      squares[l] = s * p;
      // What s = 0 wrote there: m and m + 1 are apart.
      squares[m] = 0;
      d[l] = shift + g;
    }
  }
}

/** The same by implicit QL, with the rotations applied to the columns of z, n × n. `e` is used up. */
export function implicitQl(n: number, d: Float64Array, e: Float64Array, z: Float64Array): void {
  const negligible = Number.EPSILON * magnitude(n, d, e);
  const cosines = new Float64Array(n);
  const sines = new Float64Array(n);
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (
        m < n - 1 &&
        Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1])) &&
        Math.abs(e[m]) > negligible
      )
        m++;
      if (m === l) break;
      if (sweep === 60) throw new Error('plain eigh: no convergence');
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.sqrt(g * g + 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
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
      rotate(n, z, l, m, cosines, sines);
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

const EPSILON_SQUARED = Number.EPSILON ** 2;

/** The largest entry of a tridiagonal matrix. */
export function magnitude(n: number, d: Float64Array, e: Float64Array): number {
  let most = 0;
  for (let i = 0; i < n; i++) {
    most = Math.max(most, Math.abs(d[i]), i < n - 1 ? Math.abs(e[i]) : 0);
  }
  return most;
}

/** The rotations of a sweep, from columns m − 1, m down to l, l + 1, four rows of z at a time. */
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
