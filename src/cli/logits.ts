/** --check: the network has to give the logits that the original gave. */
import { readCheckedProblem } from '../formats/checked-problem.js';
import { type NamedFile, type Problem, type ProblemHints } from '../formats/index.js';
import { loadSync } from '../load.js';

/** @throws as readProblem, and FormatError where the logits are others */
export function readProblemChecked(
  model: readonly NamedFile[],
  data: readonly NamedFile[],
  hints: ProblemHints,
  logits: NamedFile,
): Promise<Problem> {
  const hb = loadSync();
  return readCheckedProblem(model, data, hints, logits, (network, inputs) => hb.logits(network, inputs));
}
