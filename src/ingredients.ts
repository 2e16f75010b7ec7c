/** What a bound is made of: the norms of the parameters, the widths, and the orthogonality of the samples. */
import { aPrioriNeeds, aPrioriSteps, type Measured, measuredFor } from './a-priori.js';
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
  /** The a-priori form (docs/bounds.md), and the spectral norms of the weights in it. */
  aPriori: {
    /** Upper bound on λ_1. */
    upper: number;
    /** Upper bound on ‖H‖_F. */
    frobeniusNorm: number;
    /**
     * Upper bounds on the spectral norms of the weights of the second layer and those after it (the first layer's do not enter); of the last
     * layer, where softmax follows it, less their mean over the classes, which the loss does not see.
     */
    spectralNorms: number[];
    /** The last of them; absent without a hidden layer. */
    outputSpectralNorm?: number;
    /** What was measured in a forward pass: 'activations' that are unbounded, 'errors' with squared error. Else the bound is from norms alone. */
    measured: Measured[];
  };
}

export function* ingredientSteps(network: CheckedNetwork, data: CheckedDataset): Steps<Ingredients> {
  const { samples, inputs, coefficients } = data;
  const bias = network.layers[0].bias !== undefined;
  const pairwise = { samples, width: network.inputs, bias, inputs, coefficients };
  const [kappa2, kappa4, cosines] = yield* within(0, 0.9, perform(orthogonality, pairwise));
  const wanted = aPrioriNeeds(network);
  const norms = yield* within(0.9, 1, perform(kinds.norms, { network, data, wanted }));
  const { layers, parameterNorm, spectralNorms } = norms;
  const { largest, frobeniusNorm } = yield* within(
    1,
    1,
    aPrioriSteps(network, data, { kappa2, kappa4, norms }),
  );
  const count = samples * (samples - 1);
  const outputSpectralNorm = spectralNorms.at(-1);
  const { weightDecay, parameters } = network;
  return {
    widths: [network.inputs, ...network.layers.map((layer) => layer.outputs)],
    layers,
    parameterNorm,
    orthogonality: {
      kappa2,
      kappa4,
      ...(count > 0 && { meanSquaredCosine: cosines / count }),
    },
    aPriori: {
      upper: shifted({ lower: largest, upper: largest }, weightDecay).upper,
      // ‖ωI‖_F = ω√P.
      frobeniusNorm: shifted(
        { lower: frobeniusNorm, upper: frobeniusNorm },
        weightDecay * Math.sqrt(parameters) * (1 + Number.EPSILON),
      ).upper,
      spectralNorms,
      ...(outputSpectralNorm !== undefined && { outputSpectralNorm }),
      measured: measuredFor(network),
    },
  };
}
