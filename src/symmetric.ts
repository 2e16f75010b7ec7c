/** Checks of the symmetric eigenproblem's input. */
import { MAX_DOUBLES } from './core/instance.js';
import { type Matrix } from './matrix.js';
import { checkMatrix } from './validate.js';

/** A square matrix, symmetric to |a_ij − a_ji| ≤ 8 ε max|a|. */
export function checkSymmetric(name: string, value: unknown): Matrix {
  const a = checkMatrix(name, value);
  if (a.rows !== a.cols) {
    throw new RangeError(`${name}: expected a square matrix; got ${a.rows} × ${a.cols}`);
  }
  if (3 * a.data.length > 2 * MAX_DOUBLES) {
    throw new RangeError(
      `${name}: expected order ≤ ${Math.floor(Math.sqrt((2 * MAX_DOUBLES) / 3))}, so that the work fits into 4 GiB; ` +
        `got ${a.rows}`,
    );
  }
  let largest = 0;
  for (const x of a.data) largest = Math.max(largest, Math.abs(x));
  const tolerance = 8 * Number.EPSILON * largest;
  let worst = { i: 0, j: 0, gap: 0 };
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < i; j++) {
      const gap = Math.abs(a.data[i * a.cols + j] - a.data[j * a.cols + i]);
      if (gap > worst.gap) worst = { i, j, gap };
    }
  }
  if (worst.gap > tolerance) {
    const { i, j, gap } = worst;
    throw new RangeError(
      `${name}: expected a symmetric matrix, |a_ij − a_ji| ≤ 8 ε max|a| = ${tolerance}; got ${gap} between ` +
        `(${i}, ${j}) = ${a.data[i * a.cols + j]} and (${j}, ${i}) = ${a.data[j * a.cols + i]}`,
    );
  }
  return a;
}
