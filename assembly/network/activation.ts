/**
 * Activations and their first three derivatives: φ(z), φ'(z), φ''(z), φ'''(z), elementwise.
 *
 * Every formula keeps its relative precision where the textbook form cancels: 1 − tanh² and p(1 − p) come from
 * e = exp(−|z|), never from a difference, so that saturated units still have curvature. exp, expm1, log1p, tanh,
 * sin, cos and atan are AssemblyScript's own (ports of musl), compiled into this module, so that no engine's Math
 * has a say in any bit. Measured errors: docs/accuracy.md.
 */
import { rowOf } from '../dense/rows';
import { erf, gaussian, normalDistribution } from './erf';
import { divisor, four, halvings, inRange, LEAST, one, power, remainder } from './exponential';

// Codes, in the order of ACTIVATIONS in src/network.ts; 0 is the identity.
const TANH: i32 = 1;
const SIGMOID: i32 = 2;
const SOFTPLUS: i32 = 3;
const GELU: i32 = 4;
const GELU_TANH: i32 = 5;
const SILU: i32 = 6;
const SIN: i32 = 7;
const ARCTAN: i32 = 8;
const ERF: i32 = 9;

const SQRT_2_OVER_PI: f64 = 0.7978845608028654;
const INV_SQRT_2PI: f64 = 0.3989422804014327;
const TWO_OVER_SQRT_PI: f64 = 1.1283791670955126;

/**
 * value[i] = φ(z[i]), slope[i] = φ'(z[i]), bend[i] = φ''(z[i]) for i < n.
 * z is read before bend is written, so bend may be z itself.
 */
export function activate(kind: i32, n: i32, z: usize, value: usize, slope: usize, bend: usize): void {
  if (kind == TANH || kind == SIGMOID) {
    saturate(kind, n, z, value, slope, bend);
    return;
  }
  for (let i: usize = 0, end = (<usize>n) << 3; i < end; i += 8) {
    const x = load<f64>(z + i);
    switch (kind) {
      case SOFTPLUS:
        softplus(x, value + i, slope + i, bend + i);
        break;
      case GELU:
        gelu(x, value + i, slope + i, bend + i);
        break;
      case GELU_TANH:
        geluTanh(x, value + i, slope + i, bend + i);
        break;
      case SILU:
        silu(x, value + i, slope + i, bend + i);
        break;
      case SIN: {
        const s = Math.sin(x);
        put(value + i, slope + i, bend + i, s, Math.cos(x), -s);
        break;
      }
      case ARCTAN: {
        const q = 1.0 / (1.0 + x * x);
        put(value + i, slope + i, bend + i, Math.atan(x), q, -2.0 * (x * q) * q);
        break;
      }
      case ERF: {
        const g = TWO_OVER_SQRT_PI * gaussian(x, 1.0);
        put(value + i, slope + i, bend + i, erf(x), g, -2.0 * (x * g));
        break;
      }
      default:
        put(value + i, slope + i, bend + i, x, 1.0, 0.0);
    }
  }
}

/** jerk[i] = φ'''(z[i]) for i < n. */
export function thirdDerivative(kind: i32, n: i32, z: usize, jerk: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 3; i < end; i += 8) {
    store<f64>(jerk + i, thirdOf(kind, load<f64>(z + i)));
  }
}

function thirdOf(kind: i32, x: f64): f64 {
  switch (kind) {
    case TANH: {
      const t = Math.tanh(x);
      const e = Math.exp(-2.0 * Math.abs(x));
      const d = 1.0 + e;
      const sech2 = (4.0 * e) / (d * d);
      return sech2 * (4.0 * t * t - 2.0 * sech2);
    }
    case SIGMOID: {
      const e = Math.exp(-Math.abs(x));
      const p1 = e / (1.0 + e) / (1.0 + e);
      const u = oneMinusTwiceLogistic(x, e);
      return p1 * (u * u - 2.0 * p1);
    }
    case SOFTPLUS: {
      const e = Math.exp(-Math.abs(x));
      return (e / (1.0 + e) / (1.0 + e)) * oneMinusTwiceLogistic(x, e);
    }
    case GELU: {
      const density = INV_SQRT_2PI * gaussian(x, 0.5);
      return density == 0.0 ? 0.0 : x * (x * x - 4.0) * density;
    }
    case GELU_TANH:
      return geluTanhThird(x);
    case SILU: {
      const e = Math.exp(-Math.abs(x));
      const p1 = e / (1.0 + e) / (1.0 + e);
      const u = oneMinusTwiceLogistic(x, e);
      return p1 * (3.0 * u + x * (u * u - 2.0 * p1));
    }
    case SIN:
      return -Math.cos(x);
    case ARCTAN: {
      const q = 1.0 / (1.0 + x * x);
      const y = x * q;
      return q * (8.0 * (y * y) - 2.0 * q);
    }
    case ERF: {
      const g = TWO_OVER_SQRT_PI * gaussian(x, 1.0);
      return g == 0.0 ? 0.0 : (4.0 * (x * x) - 2.0) * g;
    }
    default:
      return 0.0;
  }
}

/** φ''' = 3 p'' + x p''' of x p, p = ½ (1 + t), t = tanh u: with h = ½ sech² u, p'' = h (u'' − 2t u'²), p''' = h (u''' − 6t u'u'' + (4t² − 4h) u'³). */
function geluTanhThird(x: f64): f64 {
  const x2 = x * x;
  const u = SQRT_2_OVER_PI * x * (1.0 + 0.044715 * x2);
  const e = Math.exp(-2.0 * Math.abs(u));
  const h = (2.0 * e) / (1.0 + e) / (1.0 + e);
  // The powers of u' below may have overflowed: 0 · ∞.
  if (h == 0.0) return 0.0;
  const t = Math.tanh(u);
  const u1 = SQRT_2_OVER_PI * (1.0 + 0.134145 * x2);
  const u2 = SQRT_2_OVER_PI * 0.26829 * x;
  const u3 = SQRT_2_OVER_PI * 0.26829;
  const second = u2 - 2.0 * t * u1 * u1;
  const third = u3 - 6.0 * t * u1 * u2 + (4.0 * t * t - 4.0 * h) * (u1 * u1 * u1);
  return h * (3.0 * second + x * third);
}

/** An argument and its results, of which the second lane counts for nothing. */
const single: usize = memory.data(64, 16);

/** tanh or the logistic function, two by two; the last alone if n is odd. */
function saturate(kind: i32, n: i32, z: usize, value: usize, slope: usize, bend: usize): void {
  const end = z + (((<usize>n) & ~1) << 3);
  while (z < end) {
    const x = v128.load(z);
    if (kind == TANH) tanhPair(x, value, slope, bend);
    else sigmoidPair(x, value, slope, bend);
    z += 16;
    value += 16;
    slope += 16;
    bend += 16;
  }
  if (n & 1) {
    store<f64>(single, load<f64>(z));
    saturate(kind, 2, single, rowOf(single, 1, 2), rowOf(single, 2, 2), rowOf(single, 3, 2));
    put(value, slope, bend, load<f64>(single, 16), load<f64>(single, 32), load<f64>(single, 48));
  }
}

/** With e = exp(−2|x|): t = ±(1 − e)/(1 + e), t' = 4 e/(1 + e)², t'' = −2 t t'. */
function tanhPair(x: v128, value: usize, slope: usize, bend: usize): void {
  const size = f64x2.abs(x);
  const argument = f64x2.neg(f64x2.add(size, size));
  const n = halvings(argument);
  const r = remainder(argument, n);
  const d = divisor(r);
  const unit = power(n);
  // e = (unit d + w) / d.
  const w = f64x2.mul(unit, f64x2.add(r, r));
  const less = f64x2.sub(f64x2.mul(f64x2.sub(one(), unit), d), w);
  const more = f64x2.add(f64x2.mul(f64x2.add(one(), unit), d), w);
  const q = f64x2.div(one(), more);
  const t = v128.or(f64x2.mul(less, q), v128.xor(x, size));
  const product = f64x2.mul(f64x2.add(f64x2.mul(unit, d), w), d);
  const sech2 = f64x2.mul(f64x2.mul(product, four()), f64x2.mul(q, q));
  v128.store(value, t);
  v128.store(slope, sech2);
  v128.store(bend, f64x2.mul(f64x2.neg(f64x2.add(t, t)), sech2));
  if (inRange(argument)) return;
  for (let lane: usize = 0; lane < 16; lane += 8) {
    const y = lane == 0 ? f64x2.extract_lane(x, 0) : f64x2.extract_lane(x, 1);
    if (!(-2.0 * Math.abs(y) >= LEAST)) tanh(y, value + lane, slope + lane, bend + lane);
  }
}

/** With e = exp(−|x|): σ is 1/(1 + e) or e/(1 + e), σ' = e/(1 + e)², σ'' = ∓σ' (1 − e)/(1 + e). */
function sigmoidPair(x: v128, value: usize, slope: usize, bend: usize): void {
  const size = f64x2.abs(x);
  const argument = f64x2.neg(size);
  const n = halvings(argument);
  const r = remainder(argument, n);
  const d = divisor(r);
  const unit = power(n);
  const w = f64x2.mul(unit, f64x2.add(r, r));
  const less = f64x2.sub(f64x2.mul(f64x2.sub(one(), unit), d), w);
  const more = f64x2.add(f64x2.mul(f64x2.add(one(), unit), d), w);
  const q = f64x2.div(one(), more);
  const majority = f64x2.mul(d, q);
  const minority = f64x2.mul(f64x2.add(f64x2.mul(unit, d), w), q);
  const p1 = f64x2.mul(minority, majority);
  v128.store(value, v128.bitselect(minority, majority, f64x2.lt(x, size)));
  v128.store(slope, p1);
  v128.store(bend, f64x2.neg(f64x2.mul(p1, v128.or(f64x2.mul(less, q), v128.xor(x, size)))));
  if (inRange(argument)) return;
  for (let lane: usize = 0; lane < 16; lane += 8) {
    const y = lane == 0 ? f64x2.extract_lane(x, 0) : f64x2.extract_lane(x, 1);
    if (!(-Math.abs(y) >= LEAST)) sigmoid(y, value + lane, slope + lane, bend + lane);
  }
}

function tanh(x: f64, value: usize, slope: usize, bend: usize): void {
  const t = Math.tanh(x);
  const e = Math.exp(-2.0 * Math.abs(x));
  const d = 1.0 + e;
  const sech2 = (4.0 * e) / (d * d);
  put(value, slope, bend, t, sech2, -2.0 * t * sech2);
}

function sigmoid(x: f64, value: usize, slope: usize, bend: usize): void {
  const e = Math.exp(-Math.abs(x));
  const p1 = e / (1.0 + e) / (1.0 + e);
  put(value, slope, bend, logistic(x, e), p1, p1 * oneMinusTwiceLogistic(x, e));
}

function softplus(x: f64, value: usize, slope: usize, bend: usize): void {
  const e = Math.exp(-Math.abs(x));
  put(value, slope, bend, Math.max(x, 0.0) + Math.log1p(e), logistic(x, e), e / (1.0 + e) / (1.0 + e));
}

/** x Φ(x): φ' = Φ + x ϕ, φ'' = (2 − x²) ϕ with ϕ the normal density. */
function gelu(x: f64, value: usize, slope: usize, bend: usize): void {
  const cdf = normalDistribution(x);
  const density = INV_SQRT_2PI * gaussian(x, 0.5);
  put(value, slope, bend, x * cdf, cdf + x * density, density == 0.0 ? 0.0 : (2.0 - x * x) * density);
}

/** ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³); ½ (1 + tanh u) is the logistic function at 2u. */
function geluTanh(x: f64, value: usize, slope: usize, bend: usize): void {
  const x2 = x * x;
  const u = SQRT_2_OVER_PI * x * (1.0 + 0.044715 * x2);
  const e = Math.exp(-2.0 * Math.abs(u));
  const p = logistic(u, e);
  const sech2 = (4.0 * e) / (1.0 + e) / (1.0 + e);
  if (sech2 == 0.0) {
    // u' below may have overflowed: 0 · ∞.
    put(value, slope, bend, x * p, p, 0.0);
    return;
  }
  const u1 = SQRT_2_OVER_PI * (1.0 + 0.134145 * x2);
  const u2x = SQRT_2_OVER_PI * 0.26829 * x2;
  put(
    value,
    slope,
    bend,
    x * p,
    p + 0.5 * x * sech2 * u1,
    sech2 * (u1 + 0.5 * u2x - x * Math.tanh(u) * u1 * u1),
  );
}

/** x p, p = σ(x): φ' = p + x p', φ'' = 2 p' + x p'' = p' (2 + x (1 − 2p)). */
function silu(x: f64, value: usize, slope: usize, bend: usize): void {
  const e = Math.exp(-Math.abs(x));
  const p = logistic(x, e);
  const p1 = e / (1.0 + e) / (1.0 + e);
  put(value, slope, bend, x * p, p + x * p1, p1 * (2.0 + x * oneMinusTwiceLogistic(x, e)));
}

/** σ(x) from e = exp(−|x|). */
export function logistic(x: f64, e: f64): f64 {
  return x >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

/** 1 − 2σ(x) = −tanh(x/2), without cancellation at x ≈ 0, from e = exp(−|x|). */
export function oneMinusTwiceLogistic(x: f64, e: f64): f64 {
  const t = Math.expm1(-Math.abs(x)) / (1.0 + e);
  return x >= 0.0 ? t : -t;
}

function put(value: usize, slope: usize, bend: usize, v: f64, s: f64, b: f64): void {
  store<f64>(value, v);
  store<f64>(slope, s);
  store<f64>(bend, b);
}
