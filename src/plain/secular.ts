/**
 * Root i, 0 ≤ i < k, of 1/ρ + Σ z_j² / (d_j − λ), d ascending: between d_i and d_{i+1}, the last one before d_i + ρ Σ z_j². Found as
 * a distance from the nearer pole by rational interpolation (Li, Solving secular equations stably and efficiently, LAPACK
 * Working Note 89) within a bracket, in four steps on average. Leaves the differences d_j − λ in gaps[at…], exact to a few ulps, and returns λ.
 */
export function secularRoot(
  i: number,
  k: number,
  d: Float64Array,
  z: Float64Array,
  rho: number,
  gaps: Float64Array,
  at: number,
): number {
  const inverse = 1 / rho;
  let [origin, mu, low, high] = [d[i], 0, 0, 0];
  let [left, right] = [0, Infinity];
  let nearLeft = true;
  if (i === k - 1) {
    for (let j = 0; j < k; j++) high += z[j] * z[j];
    high *= rho;
    low = mu = rho * z[i] * z[i];
  } else {
    const gap = d[i + 1] - d[i];
    const middle = gap / 2;
    let rest = inverse;
    for (let j = 0; j < i; j++) rest += (z[j] * z[j]) / (d[j] - origin - middle);
    for (let j = i + 2; j < k; j++) rest += (z[j] * z[j]) / (d[j] - origin - middle);
    const below = z[i] * z[i];
    const above = z[i + 1] * z[i + 1];
    nearLeft = rest + (above - below) / middle >= 0;
    if (nearLeft) {
      high = middle;
      right = gap;
      mu = smallerRoot(rest, rest * gap + below + above, below * gap);
    } else {
      origin = d[i + 1];
      low = -middle;
      left = -gap;
      right = 0;
      mu = smallerRoot(rest, below + above - rest * gap, -above * gap);
    }
    if (!(mu > low && mu < high)) mu = between(low, high);
  }
  const weight = nearLeft ? z[i] * z[i] : z[i + 1] * z[i + 1];
  let previous = 0;
  let fixed = true;
  for (let step = 0; step < 200; step++) {
    let psi = 0;
    let psiSlope = 0;
    for (let j = 0; j <= i; j++) {
      const t = z[j] / (d[j] - origin - mu);
      psi += z[j] * t;
      psiSlope += t * t;
    }
    let phi = 0;
    let phiSlope = 0;
    for (let j = i + 1; j < k; j++) {
      const t = z[j] / (d[j] - origin - mu);
      phi += z[j] * t;
      phiSlope += t * t;
    }
    const w = inverse + psi + phi;
    const slope = psiSlope + phiSlope;
    if (Math.abs(w) <= Number.EPSILON * (8 * (inverse + phi - psi) + Math.abs(mu) * slope)) break;
    if (w < 0) low = mu;
    else high = mu;
    // The weight of the nearer pole as it is, the other's fitted; the weights of both fitted if that was slow.
    if (step > 0 && w * previous > 0 && Math.abs(w) > 0.1 * Math.abs(previous)) fixed = !fixed;
    previous = w;
    const l = left - mu;
    let eta;
    if (i === k - 1) {
      eta = l + (l * l * psiSlope) / (inverse + psi - l * psiSlope);
    } else {
      const r = right - mu;
      let c;
      if (!fixed) c = w - l * psiSlope - r * phiSlope;
      else if (nearLeft) c = w - r * slope + ((r - l) * weight) / (l * l);
      else c = w - l * slope - ((r - l) * weight) / (r * r);
      eta = smallerRoot(c, (l + r) * w - l * r * slope, l * r * w);
    }
    if (!(w * eta < 0)) eta = -w / slope;
    let next = mu + eta;
    if (!(next > low && next < high) || step > 30) next = between(low, high);
    if (next === mu || next === low || next === high) break;
    mu = next;
  }
  for (let j = 0; j < k; j++) gaps[at + j] = d[j] - origin - mu;
  return origin + mu;
}

/** The root of c x² − a x + b that lies between the poles. */
function smallerRoot(c: number, a: number, b: number): number {
  const root = Math.sqrt(Math.max(0, a * a - 4 * b * c));
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
}

/** Halves the bracket in its logarithm: a root may lie many orders nearer to the pole than its neighbour. */
function between(low: number, high: number): number {
  if (low === 0) return high / 64;
  if (high === 0) return low / 64;
  const middle = Math.sqrt(low * high);
  return low < 0 ? -middle : middle;
}
