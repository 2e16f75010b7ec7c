/**
 * What an optimizer does with a gradient g of n parameters θ, entry by entry, in place; rate is η.
 *
 *   momentumStep   v ← μ v + g                    θ ← κ θ − η v          B. Polyak (1964), as in PyTorch's SGD: without dampening
 *   adamStep       m ← β₁ m + (1 − β₁) g
 *                  s ← β₂ s + (1 − β₂) g²         θ ← κ θ − η̂ m / (√s / √(1 − β₂ᵗ) + ε),   η̂ = η / (1 − β₁ᵗ)
 *                                                 D. Kingma and J. Ba, Adam (2015), algorithm 1
 *
 * κ = 1 − η ω decays the weights apart from the gradient (I. Loshchilov and F. Hutter, Decoupled weight decay, 2019); 1 for none. Plain
 * gradient descent is μ = 0. No operation but + − × ÷ and √, two parameters at a time, the last alone if n is odd.
 */

export function momentumStep(
  n: i32,
  rate: f64,
  momentum: f64,
  keep: f64,
  g: usize,
  v: usize,
  theta: usize,
): void {
  const eta = f64x2.splat(rate);
  const mu = f64x2.splat(momentum);
  const kappa = f64x2.splat(keep);
  const end = g + (((<usize>n) & ~1) << 3);
  while (g < end) {
    const velocity = f64x2.add(f64x2.mul(mu, v128.load(v)), v128.load(g));
    v128.store(v, velocity);
    v128.store(theta, f64x2.sub(f64x2.mul(kappa, v128.load(theta)), f64x2.mul(eta, velocity)));
    g += 16;
    v += 16;
    theta += 16;
  }
  if (n & 1) {
    const velocity = momentum * load<f64>(v) + load<f64>(g);
    store<f64>(v, velocity);
    store<f64>(theta, keep * load<f64>(theta) - rate * velocity);
  }
}

/** rate: η̂; root: 1 / √(1 − β₂ᵗ). */
export function adamStep(
  n: i32,
  rate: f64,
  root: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  keep: f64,
  g: usize,
  m: usize,
  s: usize,
  theta: usize,
): void {
  const eta = f64x2.splat(rate);
  const correction = f64x2.splat(root);
  const decay1 = f64x2.splat(beta1);
  const decay2 = f64x2.splat(beta2);
  const share1 = f64x2.splat(1.0 - beta1);
  const share2 = f64x2.splat(1.0 - beta2);
  const least = f64x2.splat(epsilon);
  const kappa = f64x2.splat(keep);
  const end = g + (((<usize>n) & ~1) << 3);
  while (g < end) {
    const x = v128.load(g);
    const mean = f64x2.add(f64x2.mul(decay1, v128.load(m)), f64x2.mul(share1, x));
    const square = f64x2.add(f64x2.mul(decay2, v128.load(s)), f64x2.mul(share2, f64x2.mul(x, x)));
    v128.store(m, mean);
    v128.store(s, square);
    const size = f64x2.add(f64x2.mul(f64x2.sqrt(square), correction), least);
    const step = f64x2.mul(eta, f64x2.div(mean, size));
    v128.store(theta, f64x2.sub(f64x2.mul(kappa, v128.load(theta)), step));
    g += 16;
    m += 16;
    s += 16;
    theta += 16;
  }
  if (n & 1) {
    const x = load<f64>(g);
    const mean = beta1 * load<f64>(m) + (1.0 - beta1) * x;
    const square = beta2 * load<f64>(s) + (1.0 - beta2) * (x * x);
    store<f64>(m, mean);
    store<f64>(s, square);
    const step = rate * (mean / (Math.sqrt(square) * root + epsilon));
    store<f64>(theta, keep * load<f64>(theta) - step);
  }
}
