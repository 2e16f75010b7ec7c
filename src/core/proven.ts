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

interface Part {
  squares: Float64Array;
  /** The same from every task. */
  sums: BlockSums;
  exponent: number;
}

/** A strip of pairs of samples is a task. */
export const provenSquares: Kind<Payload, Rows, number, Part, ProvenMoments> = {
  name: 'provenSquares',

  plan(_core, { data }) {
    const samples = data.coefficients.reduce((count, c) => count + (c === 0 ? 0 : 1), 0);
    const strips = Math.ceil(samples / TILE);
    return Array.from({ length: strips }, (_, strip) => ({ group: 0, weight: strips - strip, task: strip }));
  },

  open: (_core, { network, data }) => curvatureRows(network, data),

  run(_core, rows, strip, report) {
    const { sums, exponent } = rows;
    // What a task gives is transferred, and the next one wants the sums, too.
    const { betas, errors, traces } = sums;
    const own = { betas: betas.slice(), errors: errors.slice(), traces };
    return { squares: stripSquares(rows, strip, report), sums: own, exponent };
  },

  combine({ network }, parts) {
    const { exponent, sums } = parts[0];
    return provenMoments(
      network,
      exponent,
      sums,
      parts.map(({ squares }) => squares),
    );
  },
};

/** Of the same rows. u: vectors of P entries in packed order; beta: as in ProvenMoments. */
export const compression = single(
  'compression',
  (_core, { network, data, beta, u }: Payload & { beta: number; u: Float64Array }, report): Compression =>
    compress(curvatureRows(network, data), beta, u, report),
);
