/** Tensors by name, as files of weights hold them. */
import { type NumberType } from './numbers.js';

export interface NamedTensor {
  name: string;
  /** Row-major. */
  shape: number[];
  type: NumberType;
  /** Widened when asked for, so that what is refused by its shape costs nothing. */
  numbers: () => Float64Array;
}

/** Of a row-major rows × cols matrix. */
export function transposed(data: Float64Array, rows: number, cols: number): Float64Array {
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result[j * rows + i] = data[i * cols + j];
  }
  return result;
}
