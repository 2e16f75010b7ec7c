/**
 * φ, φ' and φ'' of every activation, for all z in an interval. Monotone parts are enclosed at its ends; where two parts depend on z, each takes
 * all of it, which costs a narrow interval a small multiple of its width. Formulas as in assembly/network/activation.ts: none cancels where a unit saturates.
 */
import { type Interval } from '../bounds.js';
import { type Activation } from '../network.js';
import {
  arctan,
  exp,
  gaussian,
  gaussianIntegral,
  gaussianTail,
  log1p,
  logistic,
  sinCos,
  tanhOfHalf,
} from './elementary.js';
import {
  above,
  add,
  below,
  divide,
  increasing,
  magnitudes,
  multiply,
  near,
  negate,
  point,
  square,
  subtract,
} from './interval.js';

export interface Enclosed {
  value: Interval;
  slope: Interval;
  bend: Interval;
}

const ONE = point(1);
const TWO = point(2);
const TWO_OVER_ROOT_PI = near(1.1283791670955126);
const INVERSE_ROOT_2PI = near(0.3989422804014327);
const ROOT_2_OVER_PI = near(0.7978845608028654);
/** 0.044715 and three times that, as the decimal numbers that they are. */
const CUBIC = near(0.044715);
const CUBIC_SLOPE = near(0.134145);

const FUNCTIONS: Record<Activation, (z: Interval) => Enclosed> = {
  identity: (z) => ({ value: z, slope: ONE, bend: point(0) }),

  tanh(z) {
    const twice = multiplyExactly(z, 2);
    const value = tanhOfHalf(twice);
    const slope = multiplyExactly(bothSides(twice), 4);
    return { value, slope, bend: multiply(multiplyExactly(value, -2), slope) };
  },

  sigmoid(z) {
    const slope = bothSides(z);
    return { value: logistic(z), slope, bend: negate(multiply(slope, tanhOfHalf(z))) };
  },

  softplus(z) {
    const value = increasing((x) => add(point(Math.max(x, 0)), log1p(bounded(exp(-Math.abs(x)), 0, 1))), z);
    return { value, slope: logistic(z), bend: bothSides(z) };
  },

  gelu(z) {
    const { distribution, density } = normal(z);
    return {
      value: multiply(z, distribution),
      slope: add(distribution, multiply(z, density)),
      bend: multiply(subtract(TWO, square(z)), density),
    };
  },

  'gelu-tanh': geluTanh,

  silu(z) {
    const p = logistic(z);
    const slope = bothSides(z);
    return {
      value: multiply(z, p),
      slope: add(p, multiply(z, slope)),
      bend: multiply(slope, subtract(TWO, multiply(z, tanhOfHalf(z)))),
    };
  },

  sin(z) {
    // |sin(m + t) − sin m| ≤ |t cos m| + t²/2, and the like for cos.
    const middle = z.lower + (z.upper - z.lower) / 2;
    const reach = above(Math.max(z.upper - middle, middle - z.lower));
    const { sin, cos } = sinCos(middle);
    const around = (f: Interval, derivative: Interval): Interval => {
      const most = add(
        multiply(point(reach), magnitudes(derivative)),
        divide(square(point(reach)), TWO),
      ).upper;
      return bounded(add(f, { lower: -most, upper: most }), -1, 1);
    };
    const value = around(sin, cos);
    return { value, slope: around(cos, sin), bend: negate(value) };
  },

  arctan(z) {
    const slope = divide(ONE, add(ONE, square(z)));
    return { value: arctan(z), slope, bend: multiply(multiplyExactly(z, -2), square(slope)) };
  },

  erf(z) {
    const slope = multiply(TWO_OVER_ROOT_PI, evenGaussian(z, 1));
    const value = increasing((x) => multiply(TWO_OVER_ROOT_PI, gaussianIntegral(x, 1)), z);
    return { value: bounded(value, -1, 1), slope, bend: multiply(multiplyExactly(z, -2), slope) };
  },
};

export function encloseActivation(name: Activation, z: Interval): Enclosed {
  return FUNCTIONS[name](z);
}

/** ½ z (1 + tanh u), u = √(2/π) (z + 0.044715 z³); p(2u) = ½ (1 + tanh u). Relative width |u| times that of z³. */
function geluTanh(z: Interval): Enclosed {
  const z2 = square(z);
  if (magnitudes(z).lower >= 50) {
    // |u| > 4000: all that is not 0 or 1 is e^(−8000) times a polynomial in z.
    const none = { lower: -1e-300, upper: 1e-300 };
    if (z.lower > 0)
      return { value: { lower: below(z.lower), upper: z.upper }, slope: add(ONE, none), bend: none };
    return { value: none, slope: none, bend: none };
  }
  const u = multiply(multiply(ROOT_2_OVER_PI, z), add(ONE, multiply(CUBIC, z2)));
  const u1 = multiply(ROOT_2_OVER_PI, add(ONE, multiply(CUBIC_SLOPE, z2)));
  // z u''.
  const u2 = multiply(multiplyExactly(ROOT_2_OVER_PI, 2), multiply(CUBIC_SLOPE, z2));
  const twice = multiplyExactly(u, 2);
  const p = logistic(twice);
  const both = bothSides(twice);
  const curved = subtract(u2, multiply(multiplyExactly(z, 2), multiply(tanhOfHalf(twice), square(u1))));
  return {
    value: multiply(z, p),
    slope: add(p, multiplyExactly(multiply(z, multiply(both, u1)), 2)),
    bend: multiplyExactly(multiply(both, add(multiplyExactly(u1, 2), curved)), 2),
  };
}

/** p (1 − p) of p = logistic(z). */
function bothSides(z: Interval): Interval {
  return multiply(logistic(z), logistic(negate(z)));
}

/** Φ and its density. */
function normal(z: Interval): { distribution: Interval; density: Interval } {
  const distribution = increasing((x) => multiply(INVERSE_ROOT_2PI, gaussianTail(-x, 0.5)), z);
  return {
    distribution: bounded(distribution, 0, 1),
    density: multiply(INVERSE_ROOT_2PI, evenGaussian(z, 0.5)),
  };
}

/** e^(−c z²), which falls with |z|. */
function evenGaussian(z: Interval, c: number): Interval {
  const { lower, upper } = magnitudes(z);
  return { lower: gaussian(upper, c).lower, upper: gaussian(lower, c).upper };
}

/** By a power of two, ±. */
function multiplyExactly({ lower, upper }: Interval, factor: number): Interval {
  return factor > 0
    ? { lower: lower * factor, upper: upper * factor }
    : { lower: upper * factor, upper: lower * factor };
}

/** What of x lies between two numbers that the true value lies between. */
function bounded({ lower, upper }: Interval, least: number, most: number): Interval {
  return { lower: Math.max(lower, least), upper: Math.min(upper, most) };
}
