/** The symmetric eigenproblem: what eigh and eighResiduals take and give, and its checks. */
import { type Matrix } from './matrix.js';
import { checkInteger, checkMatrix, checkNumbers, checkObject, checkOptions, describe } from './validate.js';

/** Eigenvectors of this order, with the work, fill the 4 GiB of WebAssembly memory: 3 n² doubles. */
const LARGEST_ORDER = 13_300;

export interface EighOptions {
  /** Whether to compute the eigenvectors too. Default: false. */
  vectors?: boolean | undefined;
  /**
   * Which part of the spectrum: the k largest or k smallest eigenvalues, or those with indices from … to − 1 in ascending order, counted
   * from 0 (as Array's slice). Default: all. The values and vectors have the bits they have among all.
   */
  select?: { largest: number } | { smallest: number } | { from: number; to: number } | undefined;
}

export interface Eigh {
  /** Ascending. */
  values: Float64Array;
  /** One row for each value, of norm 1: values.length × n. */
  vectors?: Matrix;
}

/** Ratios in the manner of LAPACK's tests, which ask for less than 30; a few are usual. */
export interface EighResiduals {
  /**
   * ‖A Vᵀ − Vᵀ Λ‖₁ / (n ε ‖A‖₁), V with the eigenvectors as rows: the largest 1-norm of A v − λ v over all pairs. Where ε ‖A‖₁ is below
   * the smallest double, that takes its place.
   */
  residual: number;
  /** ‖V Vᵀ − I‖₁ / (n ε). */
  orthogonality: number;
}

export const EIGH_OPTIONS = ['vectors', 'select'] as const;

/** options as eigh wants them: indices from … to − 1 of n eigenvalues. */
export function checkEighOptions(value: unknown, n: number): { vectors: boolean; from: number; to: number } {
  const { vectors = false, select } = checkOptions('options', value, EIGH_OPTIONS);
  if (typeof vectors !== 'boolean') {
    throw new TypeError(`options.vectors: expected true or false; got ${describe(vectors)}`);
  }
  return { vectors, ...(select === undefined ? { from: 0, to: n } : checkSelect(select, n)) };
}

/** A square matrix, symmetric to |a_ij − a_ji| ≤ 8 ε max|a|; of order 0 too. */
export function checkSymmetric(name: string, value: unknown): Matrix {
  const a = checkMatrix(name, value, 0);
  if (a.rows !== a.cols) {
    throw new RangeError(`${name}: expected a square matrix; got ${a.rows} × ${a.cols}`);
  }
  if (a.rows > LARGEST_ORDER) {
    throw new RangeError(
      `${name}: expected order ≤ ${LARGEST_ORDER}, so that the work fits into 4 GiB; got ${a.rows}`,
    );
  }
  const { largest, worst, gap } = asymmetry(a);
  const tolerance = 8 * Number.EPSILON * largest;
  if (gap > tolerance) {
    const [i, j] = [Math.floor(worst / a.cols), worst % a.cols];
    throw new RangeError(
      `${name}: expected a symmetric matrix, |a_ij − a_ji| ≤ 8 ε max|a| = ${tolerance}; got ${gap} between ` +
        `(${i}, ${j}) = ${a.data[worst]} and (${j}, ${i}) = ${a.data[j * a.cols + i]}`,
    );
  }
  return a;
}

/** What eigh gave for a matrix of order n, or what somebody else did. */
export function checkEigh(
  name: string,
  value: unknown,
  n: number,
): { values: Float64Array; vectors: Matrix } {
  const { values, vectors } = checkObject(name, value);
  const checked = checkNumbers(`${name}.values`, values);
  if (vectors === undefined) {
    throw new TypeError(
      `${name}.vectors: expected the eigenvectors (eigh gives them for { vectors: true }); got none`,
    );
  }
  const rows = checkMatrix(`${name}.vectors`, vectors, 0);
  if (rows.rows !== checked.length || rows.cols !== n || rows.rows > n) {
    throw new RangeError(
      `${name}.vectors: expected one row for each of ${checked.length} values, at most ${n}, and ${n} columns, the order ` +
        `of a; got ${rows.rows} × ${rows.cols}`,
    );
  }
  return { values: checked, vectors: rows };
}

function checkSelect(value: unknown, n: number): { from: number; to: number } {
  const select = checkOptions('options.select', value, ['largest', 'smallest', 'from', 'to']);
  const { largest, smallest, from, to } = select;
  const given = Object.keys(select).sort().join();
  switch (given) {
    case 'largest':
      return { from: n - checkInteger('options.select.largest', largest, 0, n), to: n };
    case 'smallest':
      return { from: 0, to: checkInteger('options.select.smallest', smallest, 0, n) };
    case 'from,to': {
      const first = checkInteger('options.select.from', from, 0, n);
      return { from: first, to: checkInteger('options.select.to', to, first, n) };
    }
    default:
      throw new TypeError(
        `options.select: expected { largest }, { smallest } or { from, to }; got { ${given.replaceAll(',', ', ')} }`,
      );
  }
}

/** Side of the square blocks that are compared with their mirror images, so that both stay in the cache. */
const BLOCK = 32;

/** max|a|, the largest |a_ij − a_ji|, and where. */
function asymmetry({ rows: n, data }: Matrix): { largest: number; worst: number; gap: number } {
  let [largest, worst, gap] = [0, 0, 0];
  for (let first = 0; first < n; first += BLOCK) {
    for (let column = 0; column <= first; column += BLOCK) {
      for (let i = first; i < Math.min(n, first + BLOCK); i++) {
        for (let j = column; j < Math.min(i + 1, column + BLOCK); j++) {
          const [below, above] = [data[i * n + j], data[j * n + i]];
          largest = Math.max(largest, Math.abs(below), Math.abs(above));
          const difference = Math.abs(below - above);
          if (difference > gap) [gap, worst] = [difference, i * n + j];
        }
      }
    }
  }
  return { largest, worst, gap };
}
