/** What a bound is made of: the norms of the parameters, the widths, and the orthogonality of the samples. */
import { aPrioriBound, aPrioriNeeds } from './a-priori.js';
import { shifted } from './bounds.js';
import { perform, type Steps, within } from './core/job.js';
import * as kinds from './core/kinds.js';
import { orthogonality } from './core/orthogonality.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';

export interface Ingredients {
  /** d, n_1, …, K. */
  widths: number[];
  /** Frobenius norms of each layer's weights and bias. */
  layers: { weightNorm: number; biasNorm?: number }[];
  /** ‖θ‖. */
  parameterNorm: number;
  /** The degree of orthogonality among the samples. */
  orthogonality: {
    /** κ₂ = Σ_ij p_i p_j |ã_i·ã_j|, p the samples' weights in the mean, ã the inputs with a 1 where the first layer has a bias. */
    kappa2: number;
    /** κ₄ = Σ_ij p_i p_j (ã_i·ã_j)². */
    kappa4: number;
    /** Mean over i ≠ j of the squared cosine between inputs as given (0 for a row of zeros); absent for one sample. */
    meanSquaredCosine?: number;
  };
  /** The a-priori upper bound on λ_1 and the spectral norm of the output weights in it, for one hidden layer. */
  aPriori?: { upper: number; outputSpectralNorm: number };
}

export function* ingredientSteps(network: CheckedNetwork, data: CheckedDataset): Steps<Ingredients> {
  const { samples, inputs, coefficients } = data;
  const bias = network.layers[0].bias !== undefined;
  const pairwise = { samples, width: network.inputs, bias, inputs, coefficients };
  const [kappa2, kappa4, cosines] = yield* within(0, 0.9, perform(orthogonality, pairwise));
  const wanted = aPrioriNeeds(network);
  const norms = yield* within(0.9, 1, perform(kinds.norms, { network, data, wanted }));
  const { layers, parameterNorm, outputSpectralNorm, hiddenNorm, errorNorm } = norms;
  const count = samples * (samples - 1);
  const ingredients: Ingredients = {
    widths: [network.inputs, ...network.layers.map((layer) => layer.outputs)],
    layers,
    parameterNorm,
    orthogonality: {
      kappa2,
      kappa4,
      ...(count > 0 && { meanSquaredCosine: cosines / count }),
    },
  };
  if (outputSpectralNorm !== undefined) {
    const given = { outputSpectralNorm, kappa2, kappa4, hiddenNorm, errorNorm };
    const norm = aPrioriBound(network, data, given);
    const { upper } = shifted({ lower: -norm, upper: norm }, network.weightDecay);
    ingredients.aPriori = { upper, outputSpectralNorm };
  }
  return ingredients;
}
