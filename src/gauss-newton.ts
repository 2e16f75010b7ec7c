/**
 * The Gauss–Newton bound: H = G + E (assembly/network/loss.ts), so by Weyl λ_1(H) ≤ λ_1(G) + λ_1(E). Each is bounded by a certificate of its own, from
 * its exact moments and its own products; with one hidden layer λ_1(E) is known from the units (unit-split.ts).
 */
import { certificateSteps, type CertificateChoices, scaleOf } from './certificate.js';
import { perform, type Steps, within } from './core/job.js';
import { units } from './core/units.js';
import { chooseRoute, type LossMoments, momentSteps } from './moments.js';
import { type CheckedDataset, type CheckedNetwork, type Part, partOf } from './network.js';
import { beginUnits, boundUnits, extendUnits, productsLeft } from './unit-process.js';
import { unitRoute } from './unit-split.js';

/** Products of the units' processes between two looks. */
const STEPS = 4;

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
  const route = unitRoute(network, data.samples);
  if (!route) return yield* partSteps(network, data, 'residual', choices);
  // What rounding did to the factors of E is among what it did to those of H, and so to its norm.
  const uncertain = frobeniusNorm.upper - frobeniusNorm.lower;
  if (route === 'processes') {
    const scale = scaleOf(frobeniusNorm.upper);
    return (yield* largestByProcesses(network, data, scale, choices)) / scale + uncertain;
  }
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
  return largest + uncertain;
}

/** λ_1(scale · E) at most: until more products hardly change it. */
function* largestByProcesses(
  network: CheckedNetwork,
  data: CheckedDataset,
  scale: number,
  { tolerance, maxProducts }: CertificateChoices,
): Steps<number> {
  const process = yield* beginUnits(network, data, scale);
  const none = {
    rows: new Float64Array(0),
    added: { rows: new Float64Array(0), weights: new Float64Array(0) },
  };
  let best = Infinity;
  for (let left = maxProducts; ;) {
    const steps = productsLeft(process, Math.min(STEPS, left));
    if (steps === 0) return best;
    left -= steps;
    yield* extendUnits(process, steps);
    const { largest } = yield* boundUnits(process, none);
    const closed = best - largest <= tolerance * largest;
    best = Math.min(best, largest);
    if (closed) return best;
  }
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
    certificateSteps(part, data, loss, { ...choices, ends: 'largest', threshold: undefined }),
  );
  return largest.upper;
}
