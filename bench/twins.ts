/** The same dense work in plain JavaScript on typed arrays: what the WebAssembly core is compared with. */
import { type Matrix } from 'hessbound';

/** X Xᵀ, lower triangle mirrored, four dot products at a time so that each row of X is loaded once for four results. */
export function gram({ rows, cols, data }: Matrix): Float64Array {
  const g = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    const x = i * cols;
    let j = 0;
    for (; j + 4 <= i + 1; j += 4) {
      const y = j * cols;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < cols; k++) {
        const v = data[x + k];
        s0 += v * data[y + k];
        s1 += v * data[y + cols + k];
        s2 += v * data[y + 2 * cols + k];
        s3 += v * data[y + 3 * cols + k];
      }
      g[i * rows + j] = s0;
      g[i * rows + j + 1] = s1;
      g[i * rows + j + 2] = s2;
      g[i * rows + j + 3] = s3;
    }
    for (; j <= i; j++) {
      let s = 0;
      for (let k = 0; k < cols; k++) s += data[x + k] * data[j * cols + k];
      g[i * rows + j] = s;
    }
    for (let k = 0; k < i; k++) g[k * rows + i] = g[i * rows + k]!;
  }
  return g;
}

/** √Σ x², scaled by the largest entry so that it survives what hessbound's survives. */
export function frobeniusNorm({ data }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]));
  if (largest === 0) return 0;
  const scale = 1 / largest;
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] * scale;
    sum += x * x;
  }
  return largest * Math.sqrt(sum);
}
