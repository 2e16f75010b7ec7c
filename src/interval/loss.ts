/**
 * First and second derivatives of a sample's loss in the predictions o, enclosed: g and S of assembly/network/loss.ts, in the same forms, so that saturated
 * outputs keep their digits here, too.
 */
import { type Interval } from '../bounds.js';
import { type CheckedNetwork } from '../network.js';
import { at, type Balls, balls, put } from './balls.js';
import { exp, logistic } from './elementary.js';
import { add, divide, multiply, negate, point, subtract } from './interval.js';

export interface LossDerivatives {
  /** K. */
  gradient: Balls;
  /** K × K. */
  curvature: Balls;
}

/** y: the targets of the sample; coefficient: its share of the mean. */
export function lossDerivatives(
  { loss, outputs }: CheckedNetwork,
  o: Balls,
  y: Float64Array,
  coefficient: Interval,
): LossDerivatives {
  const [gradient, curvature] = [balls(outputs), balls(outputs * outputs)];
  if (loss === 'softmax-cross-entropy') softmax(outputs, o, y, coefficient, gradient, curvature);
  else {
    for (let j = 0; j < outputs; j++) {
      const { g, s } =
        loss === 'sigmoid-cross-entropy' ? sigmoid(at(o, j), y[j]) : squaredError(at(o, j), y[j]);
      put(gradient, j, multiply(coefficient, g));
      put(curvature, j * (outputs + 1), multiply(coefficient, s));
    }
  }
  return { gradient, curvature };
}

function squaredError(o: Interval, y: number): { g: Interval; s: Interval } {
  return { g: subtract(o, point(y)), s: point(1) };
}

/** p − y = (1 − y) − (1 − p). */
function sigmoid(o: Interval, y: number): { g: Interval; s: Interval } {
  const [p, others] = [logistic(o), logistic(negate(o))];
  const g = o.lower >= 0 ? subtract(subtract(point(1), point(y)), others) : subtract(p, point(y));
  return { g, s: multiply(p, others) };
}

/** With c the largest logit: g_c and 1 − p_c are sums over the others; the y_j need not sum to 1. */
function softmax(
  k: number,
  o: Balls,
  y: Float64Array,
  coefficient: Interval,
  gradient: Balls,
  curvature: Balls,
): void {
  let c = 0;
  for (let j = 1; j < k; j++) if (o.mid[j] > o.mid[c]) c = j;
  const most = at(o, c);
  const powers = Array.from({ length: k }, (_, j) => (j === c ? point(1) : power(subtract(at(o, j), most))));
  const total = powers.reduce(add);
  const p = powers.map((e) => divide(e, total));
  const labels = Array.from(y, point).reduce(add);
  const sumOfOthers = (terms: readonly Interval[], j: number): Interval =>
    terms.reduce((sum, term, i) => (i === j ? sum : add(sum, term)), point(0));
  const g = p.map((pj, j) => subtract(multiply(labels, pj), point(y[j])));
  g[c] = negate(sumOfOthers(g, c));
  const factor = multiply(coefficient, labels);
  for (let a = 0; a < k; a++) {
    put(gradient, a, multiply(coefficient, g[a]));
    for (let b = 0; b < a; b++) {
      const s = negate(multiply(factor, multiply(p[a], p[b])));
      put(curvature, a * k + b, s);
      put(curvature, b * k + a, s);
    }
    put(curvature, a * (k + 1), multiply(factor, multiply(p[a], sumOfOthers(p, a))));
  }
}

/** e^x. Differences of logits can be above 0 where their intervals overlap. */
function power(x: Interval): Interval {
  return { lower: exp(x.lower).lower, upper: exp(x.upper).upper };
}
