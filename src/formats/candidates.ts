/**
 * Reading with sample logits at hand: what neither the files nor the hints say (the activation of the hidden layers, how weights are stored) is
 * tried, and taken if one choice alone gives the logits of the original. One that is stated is checked, and never replaced.
 */
import { ACTIVATIONS } from '../network.js';
import { type NetworkDescription, type NetworkHints, type ReadNetwork } from './description.js';
import { FormatError } from './files.js';
import { finishNetwork } from './finish.js';
import { checkLogits, compareLogits, type LogitsCheck, type LogitsOf, type Samples } from './logits-check.js';

export interface CheckedNetwork extends ReadNetwork {
  check: LogitsCheck;
}

interface Candidate {
  description: NetworkDescription;
  hints: NetworkHints;
  /** What was tried, in words; empty if nothing was open. */
  tried: string[];
}

/** @throws FormatError if no choice gives the logits, or several do */
export async function readByLogits(
  describe: (hints: NetworkHints) => Promise<NetworkDescription>,
  hints: NetworkHints,
  samples: Samples,
  logitsOf: LogitsOf,
): Promise<CheckedNetwork> {
  const candidates = (await describedWays(describe, hints)).flatMap(activated);
  const [only] = candidates;
  if (candidates.length === 1) {
    const read = finishNetwork(only.description, only.hints);
    const check = await checkLogits(read.network, samples, logitsOf);
    return { ...read, inferred: [...read.inferred, agreement(check)], check };
  }
  const compared: { candidate: Candidate; read: ReadNetwork; check: LogitsCheck }[] = [];
  for (const candidate of candidates) {
    const read = finishNetwork(candidate.description, candidate.hints);
    compared.push({ candidate, read, check: await compareLogits(read.network, samples, logitsOf) });
  }
  const fitting = compared.filter(({ check }) => check.difference <= check.tolerance);
  const file = samples.file ?? 'logits';
  if (fitting.length === 0) {
    const closest = compared.reduce((a, b) => (b.check.difference < a.check.difference ? b : a));
    throw new FormatError(
      file,
      `none of ${candidates.length} choices of activation and layout gives these logits; the closest (${closest.candidate.tried.join(', ')}) ` +
        `differs by ${closest.check.difference.toPrecision(2)} at sample ${closest.check.row}, output ${closest.check.col}`,
    );
  }
  if (fitting.length > 1) {
    const ways = fitting.slice(0, 3).map(({ candidate }) => candidate.tried.join(', '));
    throw new FormatError(file, `these logits do not tell between ${ways.join(' and ')}; give which it is`);
  }
  const [{ candidate, read, check }] = fitting;
  const choice = `${candidate.tried.join(', ')}: of ${candidates.length} choices the only one that gives the logits of ${file}`;
  return { ...read, inferred: [...read.inferred, choice, agreement(check)], check };
}

function agreement({ as, samples, difference, tolerance }: LogitsCheck): string {
  return (
    `the ${as} of ${samples} samples agree with those given to ${difference.toPrecision(2)}, ` +
    `within the ${tolerance.toPrecision(2)} that rounding in single precision explains`
  );
}

/** The description, or where the layout has to be told, one for each of the two. */
async function describedWays(
  describe: (hints: NetworkHints) => Promise<NetworkDescription>,
  hints: NetworkHints,
): Promise<Candidate[]> {
  try {
    return [{ description: await describe(hints), hints, tried: [] }];
  } catch (error) {
    if (!(error instanceof FormatError) || hints.layout !== undefined) throw error;
    const ways: Candidate[] = [];
    for (const layout of ['out-in', 'in-out'] as const) {
      try {
        ways.push({ description: await describe({ ...hints, layout }), hints, tried: [`layout ${layout}`] });
      } catch (again) {
        if (!(again instanceof FormatError)) throw again;
      }
    }
    // One layout alone that can be read is not what was asked: names said otherwise.
    if (ways.length === 2) return ways;
    throw error;
  }
}

function activated(candidate: Candidate): Candidate[] {
  const { description, hints, tried } = candidate;
  const isOpen =
    description.architecture === 'weights' &&
    description.layers.length > 1 &&
    hints.activation === undefined &&
    hints.activations === undefined;
  if (!isOpen) return [candidate];
  return ACTIVATIONS.map((activation) => ({
    description,
    hints: { ...hints, activation },
    tried: [...tried, `activation ${activation}`],
  }));
}
