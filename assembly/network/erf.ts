/**
 * The error function and the normal distribution, to the last digits even deep in the tail.
 *
 *   erf(x)  = x (1 + R(x²))                        |x| ≤ 1/2,  R a polynomial of degree 8
 *   erfc(x) = exp(−x²) Q(t) / (1 + 2x)             x ≥ 1/2,    Q a Chebyshev series in t(x) ∈ [−1, 1)
 *
 * exp(−x²) is taken as exp(−h²) exp(−(x−h)(x+h)), h the leading 26 bits of x, so that h² is exact: a plain
 * exp(−x·x) loses x² ε. Both tables come from scripts/erf-coefficients.py (mpmath, 50 digits); the weight 1 + 2x
 * is the idea of Shepherd and Laframboise, Math. Comp. 36 (1981). Measured errors: docs/accuracy.md.
 */

const NEAR_TERMS: i32 = 9;
const NEAR: usize = memory.data<f64>(
  [
    0.12837916709551256, -0.37612638903183476, 0.11283791670925457, -0.026866170632921085,
    0.005223977373542183, -0.0008548297798086192, 0.00012053337222877719, -1.4845900896375835e-5,
    1.4726381680017032e-6,
  ],
  16,
);

const FAR_TERMS: i32 = 23;
const FAR: usize = memory.data<f64>(
  [
    1.2084850269862097, -0.07504118427531181, -0.01797609535952797, 0.019913983473517725,
    -0.009629642061303496, 0.0034016570174592317, -0.0009590585116410484, 0.00021946364960847366,
    -3.992509605200306e-5, 5.346506073375822e-6, -3.896965160367219e-7, -2.588934827058383e-8,
    1.15751693844568e-8, -1.1638472830435657e-9, -9.396205176477935e-11, 3.7416946098606003e-11,
    -1.801299234678387e-12, -7.494722358877375e-13, 1.106243440114905e-13, 1.1603049695508855e-14,
    -3.8328300291601775e-15, -1.1107715454737391e-16, 1.186619959331932e-16,
  ],
  16,
);

/** erf(x). */
export function erf(x: f64): f64 {
  const a = Math.abs(x);
  if (a <= 0.5) return x + x * near(x * x);
  return copysign<f64>(1.0 - gaussian(a, 1.0) * scaledTail(a), x);
}

/** erfc(x) = 1 − erf(x), with full relative precision in the right tail. */
export function erfc(x: f64): f64 {
  if (x < -0.5) return 2.0 - gaussian(x, 1.0) * scaledTail(-x);
  if (x <= 0.5) return 1.0 - (x + x * near(x * x));
  return gaussian(x, 1.0) * scaledTail(x);
}

/** Φ(z), the distribution function of the standard normal: ½ erfc(−z/√2), with exp(−z²/2) taken from z itself. */
export function normalDistribution(z: f64): f64 {
  const x = Math.abs(z) * Math.SQRT1_2;
  if (x <= 0.5) return 0.5 + 0.5 * copysign<f64>(x + x * near(x * x), z);
  const tail = 0.5 * gaussian(z, 0.5) * scaledTail(x);
  return z < 0.0 ? tail : 1.0 - tail;
}

/** exp(−scale · x²) for scale 1 or ½ (both exact factors), with relative error of a few ulp for any x. */
export function gaussian(x: f64, scale: f64): f64 {
  if (Math.abs(x) > 64.0) return 0.0;
  const h = reinterpret<f64>(reinterpret<u64>(x) & 0xfffffffff8000000);
  return Math.exp(-scale * (h * h)) * Math.exp(-scale * ((x - h) * (x + h)));
}

/** R(y) = erf(√y)/√y − 1 on 0 ≤ y ≤ 1/4, by Horner's rule. */
function near(y: f64): f64 {
  let sum = 0.0;
  for (let i = NEAR_TERMS - 1; i >= 0; i--) sum = sum * y + load<f64>(NEAR + ((<usize>i) << 3));
  return sum;
}

/** exp(x²) erfc(x) on x ≥ 1/2, by Clenshaw's recurrence. */
function scaledTail(x: f64): f64 {
  // u = (x − 4)/(x + 4) ∈ [−7/9, 1), mapped onto [−1, 1).
  const t = ((x - 4.0) / (x + 4.0)) * 1.125 - 0.125;
  let b1 = 0.0;
  let b2 = 0.0;
  for (let i = FAR_TERMS - 1; i > 0; i--) {
    const b0 = 2.0 * t * b1 - b2 + load<f64>(FAR + ((<usize>i) << 3));
    b2 = b1;
    b1 = b0;
  }
  return (t * b1 - b2 + load<f64>(FAR)) / (1.0 + 2.0 * x);
}
