/** Layers and the weights that a store holds for them, together: what every reader makes of its files. */
import { type DescribedLayer } from '../description.js';
import { FormatError } from '../files.js';
import { type NamedTensor, transposed } from '../tensors.js';
import { type KerasLayer } from './layers.js';

/** A layer's kernel, inputs × outputs, and its bias if it has one. */
export interface KerasWeights {
  kernel: NamedTensor;
  bias?: NamedTensor;
}

/** @throws FormatError naming the layer where shapes and configuration differ */
export function assembled(
  file: string,
  layer: Pick<KerasLayer, 'name' | 'activation'> & Partial<KerasLayer>,
  { kernel, bias }: KerasWeights,
): DescribedLayer {
  const { name, activation } = layer;
  const [inputs, units] = kernel.shape;
  const expected = `${layer.inputs ?? 'any'} × ${layer.units ?? 'any'}`;
  const matches = (size: number, known: number | undefined): boolean => known === undefined || known === size;
  if (kernel.shape.length !== 2 || !matches(inputs, layer.inputs) || !matches(units, layer.units)) {
    throw new FormatError(
      file,
      `layer ${name}: expected a kernel of ${expected} (inputs × outputs); got ${kernel.shape.join(' × ') || 'a single number'} in ${kernel.name}`,
    );
  }
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== units)) {
    throw new FormatError(
      file,
      `layer ${name}: expected a bias of ${units} numbers; got ${bias.shape.join(' × ') || 'a single number'} in ${bias.name}`,
    );
  }
  return {
    name,
    weights: { rows: units, cols: inputs, data: transposed(floats(file, kernel), inputs, units) },
    ...(bias && { bias: floats(file, bias) }),
    ...(activation !== undefined && { activation }),
  };
}

/** Integers are quantized weights, whose scales stand elsewhere. */
function floats(file: string, { name, type, numbers }: NamedTensor): Float64Array {
  if (/^b?f/.test(type)) return numbers();
  throw new FormatError(file, `${name}: expected floating-point weights; got ${type} (are they quantized?)`);
}
