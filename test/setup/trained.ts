/** Trained networks and the same at random initialization, with PyTorch's spectra (test/fixtures/trained.py), in the library's types. */
import fixtures from '../fixtures/trained.json' with { type: 'json' };
import { type Dataset, type Layer, matrix, type Network } from '../../src/index.js';

export interface TrainedCase {
  name: string;
  state: 'trained' | 'initial';
  network: Network;
  data: Dataset;
  /** Of the trained ones. */
  training?: { steps: number; loss: number; accuracy: number; gradientNorm: number };
  expected: {
    trace: number;
    frobeniusNorm: number;
    /** P values, ascending; NaN in the middle, where the fixture has none. */
    eigenvalues: Float64Array;
  };
}

interface RawCase {
  name: string;
  state: TrainedCase['state'];
  network: Omit<Network, 'layers'> & {
    layers: (Omit<Layer, 'weights'> & { weights: { rows: number; cols: number; data: number[] } })[];
  };
  data: keyof typeof fixtures.data;
  training?: NonNullable<TrainedCase['training']>;
  expected: { trace: number; frobeniusNorm: number; smallest: number[]; largest: number[] };
}

export const TRAINED_CASES = (fixtures.cases as unknown as RawCase[]).map(parse);

function parse({ network, data: name, expected, ...rest }: RawCase): TrainedCase {
  const layers = network.layers.map(({ weights: { rows, cols, data }, ...layer }) => ({
    ...layer,
    weights: matrix(rows, cols, data),
  }));
  const parameters = layers.reduce((sum, { weights, bias }) => sum + weights.data.length + bias!.length, 0);
  const eigenvalues = new Float64Array(parameters).fill(NaN);
  eigenvalues.set(expected.smallest);
  eigenvalues.set([...expected.largest].reverse(), parameters - expected.largest.length);
  const { trace, frobeniusNorm } = expected;
  return {
    ...rest,
    network: { ...network, layers },
    data: dataset(name, network.loss, layers.at(-1)!.weights.rows),
    expected: { trace, frobeniusNorm, eigenvalues },
  };
}

function dataset(name: RawCase['data'], loss: Network['loss'], K: number): Dataset {
  const { rows, cols, unit, inputs: integers, classes } = fixtures.data[name];
  const inputs = matrix(
    rows,
    cols,
    integers.map((x) => x * unit),
  );
  if (loss === 'softmax-cross-entropy' || K === 1) return { inputs, targets: classes };
  const targets = matrix(rows, K);
  classes.forEach((label, i) => (targets.data[i * K + label] = 1));
  return { inputs, targets };
}
