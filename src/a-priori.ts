/**
 * The bound that needs no labels and no forward pass: for one hidden layer,
 *
 *   λ_1 ≤ ‖H‖_F ≤ √(σ² κ_4 + ρ² h⁴ + 2 τ² κ_2),
 *   σ = c_1² ρ ‖V‖² + c_2 η ‖V‖,   h² = m c_0² (+ 1 with an output bias),   τ = c_1 ρ ‖V‖ h + η c_1 √m
 *
 * from the spectral norm ‖V‖ of the output weights, the hidden width m, the orthogonality κ_2, κ_4 of the samples, and the
 * constants c_0 ≥ |φ|, c_1 ≥ |φ'|, c_2 ≥ |φ''| of the activation and ρ ≥ ‖S‖_F, η ≥ ‖δ‖ of the loss. Derived by
 * bounding each factor of assembly/network/factors.ts: ‖S^1‖_F ≤ σ, ‖ã^1‖ ≤ h, ‖M ã^1ᵀ + δ T‖_F ≤ τ. It shows what the
 * sharpness is made of, at the price of looseness; it is never the sharpest bound.
 */
import { type WantedNorms } from './core/norms.js';
import { type Activation, type CheckedDataset, type CheckedNetwork } from './network.js';

/** Suprema of |φ|, |φ'|, |φ''| over the real line, rounded up. */
const SUPREMA: Record<Activation, readonly [number, number, number]> = {
  identity: [Infinity, 1, 0],
  tanh: [1, 1, 0.769800358919502], // 4 / (3√3)
  sigmoid: [1, 0.25, 0.0962250448649379], // 1 / (6√3)
  softplus: [Infinity, 1, 0.25],
  gelu: [Infinity, 1.12890414518516, 0.797884560802866], // at √2; 2/√(2π)
  'gelu-tanh': [Infinity, 1.12899306865878, 0.797884560802866], // at 1.4185; 2/√(2π)
  silu: [Infinity, 1.09983932012887, 0.5],
  sin: [1, 1, 1],
  arctan: [1.5707963267949, 1, 0.649519052838329], // π/2; 3√3/8
  erf: [1, 1.12837916709552, 0.967882898076574], // 2/√π; 2√2 / √(πe)
};

export interface APrioriIngredients {
  /** Upper bound on ‖V‖. */
  outputSpectralNorm: number;
  kappa2: number;
  kappa4: number;
  /** max_i ‖ã_i^1‖ and max_i ‖δ_i‖, each where aPrioriNeeds() says so. */
  hiddenNorm: number | undefined;
  errorNorm: number | undefined;
}

/** Whether the form applies: one hidden layer, and an output layer without activation. */
export function hasAPriori(network: CheckedNetwork): boolean {
  return network.layers.length === 2 && network.layers[1].activation === 'identity';
}

/** Which norms the form takes: of the hidden layer where its activation is unbounded, of the errors with squared error. */
export function aPrioriNeeds(network: CheckedNetwork): WantedNorms {
  const applies = hasAPriori(network);
  return {
    outputSpectralNorm: applies,
    hiddenNorm: applies && SUPREMA[network.layers[0].activation][0] === Infinity,
    errorNorm: applies && network.loss === 'squared-error',
  };
}

/** An upper bound on ‖H‖_F, weight decay apart. */
export function aPrioriBound(
  network: CheckedNetwork,
  data: CheckedDataset,
  given: APrioriIngredients,
): number {
  const [hidden, output] = network.layers as [CheckedNetwork['layers'][0], CheckedNetwork['layers'][0]];
  const K = network.outputs;
  const m = hidden.outputs;
  const [c0, c1, c2] = SUPREMA[hidden.activation];
  const { rho, eta } = lossConstants(network, data, K, given.errorNorm);
  const V = given.outputSpectralNorm;
  const h = c0 === Infinity ? given.hiddenNorm! : Math.sqrt(m * c0 * c0 + (output.bias ? 1 : 0));
  const sigma = c1 * c1 * rho * V * V + c2 * eta * V;
  const tau = c1 * rho * V * h + eta * c1 * Math.sqrt(m);
  // A factor of 0 makes its term 0 whatever the other is, infinite κ of huge inputs included.
  const term = (factor: number, kappa: number): number => (factor === 0 ? 0 : factor * factor * kappa);
  const squared = term(sigma, given.kappa4) + term(rho * h * h, 1) + 2 * term(tau, given.kappa2);
  // Some thirty roundings, and the sums behind κ₂, κ₄ and the norms: those of a K_ij are relative to ‖ã_i‖ ‖ã_j‖, at most N
  // times what the diagonal contributes to κ.
  const roundings = 64 + m + K + network.inputs * data.samples;
  const bound = Math.sqrt(squared) * (1 + 4 * Number.EPSILON * roundings);
  return Number.isNaN(bound) ? Infinity : bound;
}

/** ρ ≥ ‖S‖_F and η ≥ ‖δ‖ over all predictions; soft labels that sum to s scale ρ by s and are kept within 1e-6 of 1. */
function lossConstants(
  network: CheckedNetwork,
  data: CheckedDataset,
  K: number,
  errorNorm: number | undefined,
): { rho: number; eta: number } {
  switch (network.loss) {
    case 'softmax-cross-entropy': {
      let labels = 1;
      for (let i = 0; i < data.samples; i++) {
        let sum = 0;
        for (let j = 0; j < K; j++) sum += data.targets[i * K + j];
        labels = Math.max(labels, sum);
      }
      return { rho: labels / 2, eta: labels * Math.SQRT2 };
    }
    case 'sigmoid-cross-entropy':
      return { rho: Math.sqrt(K) / 4, eta: Math.sqrt(K) };
    case 'squared-error':
      return { rho: Math.sqrt(K), eta: errorNorm! };
  }
}
