import { type Matrix } from '../matrix.js';
import { checkMatrix } from '../validate.js';

/**
 * Every column shifted to mean 0 and scaled to standard deviation 1 (that of a population: divided by the number of rows).
 * Constant columns become 0, with scale 1. Column j of other data follows with (x − means[j]) / scales[j].
 */
export function standardize(inputs: Matrix): { inputs: Matrix; means: Float64Array; scales: Float64Array } {
  const { rows, cols, data } = checkMatrix('inputs', inputs);
  const means = new Float64Array(cols);
  const scales = new Float64Array(cols);
  const result = new Float64Array(rows * cols);
  for (let j = 0; j < cols; j++) {
    const column = Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]);
    // The computed mean of equal values need not equal them, so a constant column is recognized by its values.
    const constant = column.every((x) => x === column[0]);
    const mean = constant ? column[0] : column.reduce((sum, x) => sum + x, 0) / rows;
    const variance = column.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / rows;
    means[j] = mean;
    scales[j] = constant ? 1 : Math.sqrt(variance);
    for (let i = 0; i < rows; i++) result[i * cols + j] = (column[i] - mean) / scales[j];
  }
  return { inputs: { rows, cols, data: result }, means, scales };
}
