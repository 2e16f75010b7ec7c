/** The jobs of proven bounds (src/interval): plain arithmetic, which any thread can do and no part of which the core has. */
import { compress, type Compression } from '../interval/compression.js';
import { TILE } from '../interval/gram.js';
import { provenMoments, type ProvenMoments } from '../interval/moments.js';
import { stripSquares } from '../interval/pairs.js';
import { type BlockSums, curvatureRows, type Rows } from '../interval/rows.js';
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Kind, single } from './job.js';

interface Payload {
  network: CheckedNetwork;
  data: CheckedDataset;
}

/**
 * A strip of pairs of samples is a task. It gives the squares of the blocks; and, the same as every other, the sums and the exponent
 * of the rows: β, E, the traces from below and above, e.
 */
export const provenSquares: Kind<Payload, Rows, number, Float64Array, ProvenMoments> = {
  name: 'provenSquares',

  plan(_core, { data }) {
    const samples = data.coefficients.reduce((count, c) => count + (c === 0 ? 0 : 1), 0);
    const strips = Math.ceil(samples / TILE);
    return Array.from({ length: strips }, (_, strip) => ({ group: 0, weight: strips - strip, task: strip }));
  },

  open: (_core, { network, data }) => curvatureRows(network, data),

  run(_core, rows, strip, report) {
    const { betas, errors, traces } = rows.sums;
    const ends = traces.flatMap(({ lower, upper }) => [lower, upper]);
    return Float64Array.of(...stripSquares(rows, strip, report), ...betas, ...errors, ...ends, rows.exponent);
  },

  combine({ network }, parts) {
    const depth = network.layers.length;
    const blocks = depth ** 2;
    const [first] = parts;
    const sums: BlockSums = {
      betas: first.slice(blocks, 2 * blocks),
      errors: first.slice(2 * blocks, 3 * blocks),
      traces: network.layers.map((_, l) => {
        const at = 3 * blocks + 2 * l;
        return { lower: first[at], upper: first[at + 1] };
      }),
    };
    const squares = parts.map((part) => part.subarray(0, blocks));
    return provenMoments(network, first[3 * blocks + 2 * depth], sums, squares);
  },

  length: ({ network: { layers } }) => 3 * layers.length ** 2 + 2 * layers.length + 1,
};

/** Of the same rows. u: vectors of P entries in packed order; beta: as in ProvenMoments. */
export const compression = single(
  'compression',
  (_core, { network, data, beta, u }: Payload & { beta: number; u: Float64Array }, report): Compression =>
    compress(curvatureRows(network, data), beta, u, report),
);
