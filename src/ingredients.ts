/** What a bound is made of: the norms of the parameters, the widths, and the orthogonality of the samples. */
import { aPrioriBound, hasAPriori } from './a-priori.js';
import { shifted } from './bounds.js';
import { eigh } from './core/eigh.js';
import { frobeniusNorm, gram } from './core/dense.js';
import { type Core } from './core/instance.js';
import { parameterVector, predict } from './core/model.js';
import { orthogonalitySums } from './core/orthogonality.js';
import { type CheckedDataset, type CheckedLayer, type CheckedNetwork } from './network.js';

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

export function computeIngredients(core: Core, network: CheckedNetwork, data: CheckedDataset): Ingredients {
  const [kappa2, kappa4, cosines] = orthogonalitySums(core, network, data) as unknown as [
    number,
    number,
    number,
  ];
  const pairs = data.samples * (data.samples - 1);
  const ingredients: Ingredients = {
    widths: [network.inputs, ...network.layers.map((layer) => layer.outputs)],
    layers: network.layers.map((layer) => ({
      weightNorm: frobeniusNorm(core, layer.weights),
      ...(layer.bias && { biasNorm: frobeniusNorm(core, layer.bias) }),
    })),
    parameterNorm: frobeniusNorm(core, parameterVector(network)),
    orthogonality: {
      kappa2,
      kappa4,
      ...(pairs > 0 && { meanSquaredCosine: cosines / pairs }),
    },
  };
  if (hasAPriori(network)) {
    const outputSpectralNorm = spectralNorm(core, network.layers[1]);
    const norm = aPrioriBound(network, data, {
      outputSpectralNorm,
      kappa2,
      kappa4,
      hiddenNorm: () => largestHiddenNorm(core, network, data),
      errorNorm: () => largestError(core, network, data),
    });
    const { upper } = shifted({ lower: -norm, upper: norm }, network.weightDecay);
    ingredients.aPriori = { upper, outputSpectralNorm };
  }
  return ingredients;
}

/** ‖V‖₂ from the Gram matrix of V's shorter side, raised by what rounding can take away: n ε for each of n + m terms. */
function spectralNorm(core: Core, { weights, inputs, outputs }: CheckedLayer): number {
  const size = frobeniusNorm(core, weights);
  if (size === 0) return 0;
  const unit = weights.map((w) => w / size);
  const wide = inputs >= outputs;
  const order = wide ? outputs : inputs;
  const rows = wide ? unit : transposed(unit, outputs, inputs);
  const { values } = eigh(core, gram(core, rows, order, wide ? inputs : outputs), order, false);
  const allowance = 8 * Number.EPSILON * (inputs + outputs + 8);
  return size * Math.sqrt(Math.max(0, values[order - 1]) + allowance);
}

/** max_i ‖ã_i^1‖, where the activation has no bound of its own. */
function largestHiddenNorm(core: Core, network: CheckedNetwork, data: CheckedDataset): number {
  const [hidden, output] = network.layers as [CheckedLayer, CheckedLayer];
  const part: CheckedNetwork = { ...network, layers: [hidden], outputs: hidden.outputs };
  const activations = predict(core, part, data.samples, data.inputs);
  const norm = largestRowNorm(core, activations, hidden.outputs);
  return output.bias ? Math.sqrt(norm * norm + 1) : norm;
}

/** max_i ‖o_i − y_i‖. */
function largestError(core: Core, network: CheckedNetwork, data: CheckedDataset): number {
  const predictions = predict(core, network, data.samples, data.inputs);
  return largestRowNorm(
    core,
    predictions.map((o, i) => o - data.targets[i]),
    network.outputs,
  );
}

function largestRowNorm(core: Core, x: Float64Array, cols: number): number {
  let largest = 0;
  for (let start = 0; start < x.length; start += cols) {
    largest = Math.max(largest, frobeniusNorm(core, x.subarray(start, start + cols)));
  }
  return largest;
}

function transposed(x: Float64Array, rows: number, cols: number): Float64Array {
  return x.map((_, at) => x[(at % rows) * cols + Math.floor(at / rows)]);
}
