/**
 * An oracle for first and second derivatives that shares nothing with the library: hyper-dual numbers
 * a + b ε₁ + c ε₂ + d ε₁ε₂ with ε₁² = ε₂² = 0 (Fike and Alonso, AIAA 2011-886). The coefficient of ε₁ε₂ after evaluating
 * the loss with θ_p + ε₁ and θ_q + ε₂ is exactly ∂²ℓ/∂θ_p∂θ_q: no step size, no truncation error. Slow: one evaluation of
 * the loss for each entry of the Hessian.
 */
import { type Activation, type Dataset, type Network } from '../../src/index.js';

export interface HyperDual {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** The loss, gradient and Hessian (P × P, row-major) of a network, by hyper-dual arithmetic. */
export function derivatives(
  network: Network,
  data: Dataset,
): { loss: number; gradient: number[]; hessian: number[] } {
  const theta = network.layers.flatMap((layer) => [...layer.weights.data, ...Array.from(layer.bias ?? [])]);
  const P = theta.length;
  const gradient: number[] = [];
  const hessian = new Array<number>(P * P).fill(0);
  let loss = 0;
  for (let p = 0; p < P; p++) {
    for (let q = 0; q <= p; q++) {
      const seeded = theta.map((a, i) => ({ a, b: i === p ? 1 : 0, c: i === q ? 1 : 0, d: 0 }));
      const value = lossOf(network, data, seeded);
      loss = value.a;
      if (q === 0) gradient.push(value.b);
      hessian[p * P + q] = hessian[q * P + p] = value.d;
    }
  }
  return { loss, gradient, hessian };
}

function lossOf(network: Network, data: Dataset, theta: HyperDual[]): HyperDual {
  const { rows: N, cols: d } = data.inputs;
  const weights = data.weights ? Array.from(data.weights) : new Array<number>(N).fill(1);
  const totalWeight = weights.reduce((sum, w) => sum + w, 0);
  let total = real(0);
  for (let i = 0; i < N; i++) {
    let a: HyperDual[] = Array.from(data.inputs.data.subarray(i * d, (i + 1) * d), real);
    let at = 0;
    for (const { weights: w, bias, activation = 'identity' } of network.layers) {
      const biases = at + w.rows * w.cols;
      const below = a;
      const start = at;
      a = Array.from({ length: w.rows }, (_, r) => {
        let z = bias ? theta[biases + r] : real(0);
        for (let k = 0; k < w.cols; k++) z = add(z, multiply(theta[start + r * w.cols + k], below[k]));
        return activate(activation, z);
      });
      at = biases + (bias ? w.rows : 0);
    }
    total = add(
      total,
      scale(weights[i] / totalWeight, sampleLoss(network.loss, a, targetsOf(network, data, i, a.length))),
    );
  }
  const omega = network.weightDecay ?? 0;
  if (omega > 0) for (const t of theta) total = add(total, scale(omega / 2, multiply(t, t)));
  return total;
}

function targetsOf({ loss }: Network, { targets }: Dataset, i: number, K: number): number[] {
  if ('data' in targets) return Array.from(targets.data.subarray(i * K, (i + 1) * K));
  if (loss !== 'softmax-cross-entropy') return [targets[i]];
  return Array.from({ length: K }, (_, j) => (j === targets[i] ? 1 : 0));
}

function sampleLoss(loss: Network['loss'], o: HyperDual[], y: number[]): HyperDual {
  let sum = real(0);
  if (loss === 'softmax-cross-entropy') {
    const most = Math.max(...o.map((z) => z.a));
    let total = real(0);
    for (const z of o) total = add(total, exp(add(z, real(-most))));
    const logTotal = add(log(total), real(most));
    o.forEach((z, j) => (sum = add(sum, scale(y[j], add(logTotal, scale(-1, z))))));
  } else if (loss === 'sigmoid-cross-entropy') {
    o.forEach((z, j) => (sum = add(sum, add(softplus(z), scale(-y[j], z)))));
  } else {
    o.forEach((z, j) => {
      const e = add(z, real(-y[j]));
      sum = add(sum, scale(0.5, multiply(e, e)));
    });
  }
  return sum;
}

/** φ(z): at z + ε₁ + ε₂ the coefficients are φ, φ', φ' and φ''. */
export function activate(kind: Activation, z: HyperDual): HyperDual {
  switch (kind) {
    case 'identity':
      return z;
    case 'tanh':
      return tanh(z);
    case 'sigmoid':
      return sigmoid(z);
    case 'softplus':
      return softplus(z);
    case 'gelu':
      return multiply(scale(0.5, z), add(real(1), erf(scale(Math.SQRT1_2, z))));
    case 'gelu-tanh': {
      const cube = multiply(z, multiply(z, z));
      const u = scale(Math.sqrt(2 / Math.PI), add(z, scale(0.044715, cube)));
      return multiply(scale(0.5, z), add(real(1), tanh(u)));
    }
    case 'silu':
      return multiply(z, sigmoid(z));
    case 'sin':
      return lift(z, Math.sin(z.a), Math.cos(z.a), -Math.sin(z.a));
    case 'arctan': {
      const q = 1 / (1 + z.a * z.a);
      return lift(z, Math.atan(z.a), q, -2 * z.a * q * q);
    }
    case 'erf':
      return erf(z);
  }
}

const real = (a: number): HyperDual => ({ a, b: 0, c: 0, d: 0 });
const add = (x: HyperDual, y: HyperDual): HyperDual => ({
  a: x.a + y.a,
  b: x.b + y.b,
  c: x.c + y.c,
  d: x.d + y.d,
});
const scale = (s: number, x: HyperDual): HyperDual => ({ a: s * x.a, b: s * x.b, c: s * x.c, d: s * x.d });
const multiply = (x: HyperDual, y: HyperDual): HyperDual => ({
  a: x.a * y.a,
  b: x.a * y.b + x.b * y.a,
  c: x.a * y.c + x.c * y.a,
  d: x.a * y.d + x.b * y.c + x.c * y.b + x.d * y.a,
});
/** f(x) from the value and two derivatives of a real function at x.a. */
const lift = (x: HyperDual, f: number, f1: number, f2: number): HyperDual => ({
  a: f,
  b: f1 * x.b,
  c: f1 * x.c,
  d: f1 * x.d + f2 * x.b * x.c,
});
const exp = (x: HyperDual): HyperDual => lift(x, Math.exp(x.a), Math.exp(x.a), Math.exp(x.a));
const log = (x: HyperDual): HyperDual => lift(x, Math.log(x.a), 1 / x.a, -1 / (x.a * x.a));
const reciprocal = (x: HyperDual): HyperDual => lift(x, 1 / x.a, -1 / x.a ** 2, 2 / x.a ** 3);
/** Both from e^(−|z|), so that large |z| does not overflow. */
const sigmoid = (z: HyperDual): HyperDual => {
  const e = exp(scale(z.a > 0 ? -1 : 1, z));
  const q = reciprocal(add(real(1), e));
  return z.a > 0 ? q : multiply(e, q);
};
const softplus = (z: HyperDual): HyperDual => {
  const tail = log(add(real(1), exp(scale(z.a > 0 ? -1 : 1, z))));
  return z.a > 0 ? add(z, tail) : tail;
};
const tanh = (z: HyperDual): HyperDual => add(scale(2, sigmoid(scale(2, z))), real(-1));
const erf = (z: HyperDual): HyperDual => {
  const g = (2 / Math.sqrt(Math.PI)) * Math.exp(-z.a * z.a);
  return lift(z, erfSeries(z.a), g, -2 * z.a * g);
};

/** erf by its Maclaurin series in the form with positive terms: 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!. */
function erfSeries(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
