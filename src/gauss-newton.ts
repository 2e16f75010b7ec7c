/**
 * The Gauss–Newton bound: H = G + E (assembly/network/loss.ts), so by Weyl λ_1(H) ≤ λ_1(G) + λ_1(E). Each is bounded by a certificate of its own, from
 * its exact moments and its own products; with one hidden layer λ_1(E) is known from the units (unit-split.ts).
 */
import { certificateSteps, type CertificateChoices } from './certificate.js';
import { perform, type Steps, within } from './core/job.js';
import { units } from './core/units.js';
import { chooseRoute, type LossMoments, momentSteps } from './moments.js';
import { type CheckedDataset, type CheckedNetwork, type Part, partOf } from './network.js';
import { unitsPay } from './unit-split.js';

/** An upper bound on λ_1, weight decay apart; loss: the moments of H. */
export function* gaussNewtonSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  loss: LossMoments,
  choices: CertificateChoices,
): Steps<number> {
  const ofG = yield* within(0, 0.5, partSteps(network, data, 'gaussNewton', choices));
  const ofE = yield* within(0.5, 1, residualSteps(network, data, loss, choices));
  return ofG + ofE + Number.EPSILON * Math.abs(ofG + ofE);
}

function* residualSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { frobeniusNorm }: LossMoments,
  choices: CertificateChoices,
): Steps<number> {
  if (!unitsPay(network, data.samples)) return yield* partSteps(network, data, 'residual', choices);
  // The units' spectra are asked for, and nothing about any vector: the first will do.
  const rows = new Float64Array(network.parameters);
  rows[0] = 1;
  const { largest } = yield* perform(units, {
    network: partOf(network, 'residual'),
    data,
    scale: 1,
    rows,
    split: 1,
  });
  // What rounding did to the factors of E is among what it did to those of H, and so to its norm.
  return largest + (frobeniusNorm.upper - frobeniusNorm.lower);
}

function* partSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  name: Part,
  choices: CertificateChoices,
): Steps<number> {
  const part = partOf(network, name);
  const { loss } = yield* within(0, 0.5, momentSteps(part, data, chooseRoute(part, data.samples)));
  const { largest } = yield* within(
    0.5,
    1,
    certificateSteps(part, data, loss, { ...choices, ends: 'largest' }),
  );
  return largest.upper;
}
