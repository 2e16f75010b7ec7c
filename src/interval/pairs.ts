/**
 * ‖H̃^{lk}‖_F² of all blocks from pairs of samples (assembly/curvature/pairs.ts states the formulas):
 *
 *   F^{ll} = Σ_ij (K^l_ij)² ⟨S_i, S_j⟩          K^l_ij = ã_i^l · ã_j^l
 *   F^{lk} = Σ_ij K^l_ij (⟨M_i, M_j⟩ K^k_ij + (δ_i^k · δ_j^k) ⟨T_i, T_j⟩ + c_ij + c_ji),   c_ij = (M_i δ_j^k) · (T_j a_i^k)
 *
 * Both orders of a pair are alike: tiles above the diagonal count twice.
 */
import { innerProducts, TILE } from './gram.js';
import { type Rows } from './rows.js';

/** Strips of TILE samples, by their number from the first, against themselves and all later ones: L × L, entries l ≤ k. */
export function stripSquares(rows: Rows, strip: number, report: (fraction: number) => void): Float64Array {
  const { samples, network } = rows;
  const depth = network.layers.length;
  const tile = new Tile(rows);
  const sums = new Float64Array(depth * depth);
  const corrections = new Float64Array(depth * depth);
  const i = strip * TILE;
  const ni = Math.min(TILE, samples - i);
  for (let j = i; j < samples; j += TILE) {
    const nj = Math.min(TILE, samples - j);
    const squares = tile.squares(i, ni, j, nj);
    for (let b = 0; b < sums.length; b++) {
      const term = j === i ? squares[b] : 2 * squares[b];
      const next = sums[b] + term;
      corrections[b] += Math.abs(sums[b]) >= Math.abs(term) ? sums[b] - next + term : term - next + sums[b];
      sums[b] = next;
    }
    report((j + nj - i) / (samples - i));
  }
  return sums.map((sum, b) => sum + corrections[b]);
}

/** Multiply–adds that a pair of samples takes. */
export function termsOfPair({ network: { layers } }: Pick<Rows, 'network'>): number {
  let terms = 0;
  layers.forEach(({ inputs, outputs: n }, l) => {
    terms += inputs + 1 + 2 * n + (n * (n + 1)) / 2;
    for (let k = l + 1; k < layers.length; k++) {
      const m = layers[k].outputs;
      terms += k === l + 1 ? n * (3 * m + 1) : n * (m + layers[k].inputs) * 3;
    }
  });
  return terms;
}

/** The arrays that a tile takes. */
class Tile {
  readonly #rows: Rows;
  readonly #products = Array.from({ length: 6 }, () => new Float64Array(TILE * TILE));
  readonly #inputs: Float64Array[];
  readonly #deltas: Float64Array[];
  readonly #sides: Float64Array[];

  constructor(rows: Rows) {
    this.#rows = rows;
    const { layers } = rows.network;
    this.#inputs = layers.map(() => new Float64Array(TILE * TILE));
    this.#deltas = layers.map(() => new Float64Array(TILE * TILE));
    const longest = layers.reduce((most, { inputs, outputs }) => Math.max(most, inputs * outputs), 0);
    this.#sides = Array.from({ length: 4 }, () => new Float64Array(TILE * longest));
  }

  squares(i: number, ni: number, j: number, nj: number): Float64Array {
    const { network, inputs, delta, diagonal, below, mixed, transfer } = this.#rows;
    const depth = network.layers.length;
    const out = new Float64Array(depth * depth);
    const dots = (rows: Float64Array, product: Float64Array): void =>
      innerProducts(rows.length / this.#rows.samples, rows, i, ni, rows, j, nj, product);
    const [first, second, third] = this.#products;
    network.layers.forEach((_, l) => {
      dots(inputs[l], this.#inputs[l]);
      dots(delta[l], this.#deltas[l]);
    });
    for (let l = 0; l < depth; l++) {
      dots(diagonal[l], first);
      dots(below[l], second);
      const K = this.#inputs[l];
      out[l * (depth + 1)] = sumOver(ni, nj, (p) => K[p] * K[p] * (first[p] + 2 * second[p]));
      for (let k = l + 1; k < depth; k++) {
        dots(mixed[l][k], first);
        dots(transfer[l][k], second);
        if (k === l + 1) this.#crossNext(l, i, ni, j, nj, third);
        else this.#crossBeyond(l, k, i, ni, j, nj, third);
        const [Kk, D] = [this.#inputs[k], this.#deltas[k]];
        out[l * depth + k] = sumOver(ni, nj, (p) => K[p] * (first[p] * Kk[p] + D[p] * second[p] + third[p]));
      }
    }
    return out;
  }

  /** c_ij + c_ji for k = l + 1, where T is diagonal: c_ij = Σ_ca (M_i,ca a_i,a) (δ_j,c T_j,a). */
  #crossNext(l: number, i: number, ni: number, j: number, nj: number, out: Float64Array): void {
    const { network, inputs, delta, mixed, transfer } = this.#rows;
    const n = network.layers[l].outputs;
    const m = network.layers[l + 1].outputs;
    const width = inputs[l + 1].length / this.#rows.samples;
    const side = (x: Float64Array, y: Float64Array, first: number, count: number): void => {
      for (let r = 0, p = 0; r < count; r++) {
        const row = first + r;
        for (let c = 0; c < m; c++) {
          const error = delta[l + 1][row * m + c];
          for (let a = 0; a < n; a++, p++) {
            x[p] = mixed[l][l + 1][(row * m + c) * n + a] * inputs[l + 1][row * width + a];
            y[p] = error * transfer[l][l + 1][row * n + a];
          }
        }
      }
    };
    const [xi, yi, xj, yj] = this.#sides;
    side(xi, yi, i, ni);
    side(xj, yj, j, nj);
    const other = this.#products[3];
    innerProducts(n * m, xi, 0, ni, yj, 0, nj, out);
    innerProducts(n * m, yi, 0, ni, xj, 0, nj, other);
    for (let p = 0; p < out.length; p++) out[p] += other[p];
  }

  #crossBeyond(l: number, k: number, i: number, ni: number, j: number, nj: number, out: Float64Array): void {
    for (let r = 0; r < ni; r++) {
      for (let s = 0; s < nj; s++) {
        out[r * TILE + s] = this.#cross(l, k, i + r, j + s) + this.#cross(l, k, j + s, i + r);
      }
    }
  }

  /** c_ij. */
  #cross(l: number, k: number, i: number, j: number): number {
    const { network, samples, inputs, delta, mixed, transfer } = this.#rows;
    const n = network.layers[l].outputs;
    const { inputs: d, outputs: m } = network.layers[k];
    const width = inputs[k].length / samples;
    const [M, T, e, h] = [mixed[l][k], transfer[l][k], delta[k], inputs[k]];
    let sum = 0;
    for (let a = 0; a < n; a++) {
      let [left, right] = [0, 0];
      for (let c = 0; c < m; c++) left += M[(i * m + c) * n + a] * e[j * m + c];
      for (let b = 0; b < d; b++) right += T[(j * n + a) * d + b] * h[i * width + b];
      sum += left * right;
    }
    return sum;
  }
}

/** Rows first, then their sums. */
function sumOver(ni: number, nj: number, term: (p: number) => number): number {
  let all = 0;
  for (let r = 0; r < ni; r++) {
    let row = 0;
    for (let p = r * TILE; p < r * TILE + nj; p++) row += term(p);
    all += row;
  }
  return all;
}
