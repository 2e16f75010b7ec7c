/**
 * Tries to break the bounds: npm run search-violations [-- --evaluations N] [--seed S] [--save FILE]. For every statement that sharpness() makes
 * (test/reference/statements.ts) a climb looks for the network on which the exact value comes nearest to the bound, or passes it: mutations of
 * parameters, data, targets, activations, losses and scales, begun anew where they lead no further. The judge is eigh of the assembled
 * Hessian, whose own error is about P ε ‖H‖: what is nearer than that is for mpmath to decide (--save, then test/fixtures/adversarial.py).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadSync, type Sharpness } from '../src/index.js';
import { uniforms } from '../test/reference/generate.js';
import { statements } from '../test/reference/statements.js';
import { begin, MOST_PARAMETERS, mutated, parametersOf, type Problem, randomFrom } from './mutations.js';

/** One climb. */
interface Line {
  problem: Problem;
  gap: number;
  stale: number;
}

interface Worst {
  problem: Problem;
  gap: number;
  /** The larger of bound and eigenvalue in the denominator, where both are positive. */
  ratio: number;
  checked: number;
}

/** Changes that led nowhere after which a climb begins anew. */
const PATIENCE = 100;
/** Gaps below this are of the size of what bounds are widened by for rounding. */
const ATTAINED = 1e-11;
/** An interval this narrow, over ‖H‖_F, has closed: what is left of it is for rounding. */
const CLOSED = 1e-10;
/** The judge's error over P ‖H‖_F: eigh's residuals stay below 10 n ε ‖A‖ (docs/eigensolver.md), and are about one. */
const JUDGE = 2 * Number.EPSILON;
/** Violations that are printed. */
const SHOWN = 5;

const { values: args } = parseArgs({
  options: {
    evaluations: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    save: { type: 'string' },
  },
});
const [evaluations, seed] = [Number(args.evaluations), Number(args.seed)];
if (!(Number.isInteger(evaluations) && evaluations >= 1 && Number.isInteger(seed))) {
  throw new Error('usage: npm run search-violations [-- --evaluations N] [--seed S] [--save FILE]');
}

const hb = loadSync();
const random = randomFrom(uniforms(seed));
const worst = new Map<string, Worst>();
const lines = new Map<string, Line>();
const refused = new Map<string, Problem[]>();
const violations: Problem[] = [];
let done = 0;
evaluate(begin(random));
while (done < evaluations) for (const name of [...worst.keys()]) climb(name);
report();

/** One step of the climb towards the violation of a statement. */
function climb(name: string): void {
  const line = lines.get(name);
  const anew = !line || line.stale >= PATIENCE;
  const problem = anew ? begin(random) : mutated(line.problem, random);
  const gap = parametersOf(problem) <= MOST_PARAMETERS ? evaluate(problem).get(name) : undefined;
  if (anew) {
    if (gap !== undefined) lines.set(name, { problem, gap, stale: 0 });
    return;
  }
  line.stale = gap !== undefined && gap < line.gap ? 0 : line.stale + 1;
  // Where the bound is attained it is rounding that may break it: go anywhere along there.
  if (gap !== undefined && gap < Math.max(line.gap, ATTAINED)) Object.assign(line, { problem, gap });
}

/**
 * The least gap of each statement about this problem: what lies between the eigenvalue and the bound, over ‖H‖_F, and for intervals that have
 * closed over their width. Negative is a violation.
 */
function evaluate(problem: Problem): Map<string, number> {
  done++;
  const gaps = new Map<string, number>();
  const { network, data } = problem;
  const result = answer(problem);
  if (!result) return gaps;
  const { values } = result.exact!;
  // Decay shifts everything alike: beside it the curvature of the loss could be any.
  const size = network.weightDecay
    ? hb.moments({ ...network, weightDecay: 0 }, data).frobeniusNorm
    : result.moments.frobeniusNorm;
  // Below this nothing is promised (docs/accuracy.md).
  if (size < 1e-200) return gaps;
  const error = JUDGE * values.length * result.moments.frobeniusNorm;
  const note = (name: string, gap: number, ratio: number): void => {
    const best = worst.get(name) ?? { problem, gap: Infinity, ratio: 0, checked: 0 };
    best.checked++;
    best.ratio = Math.max(best.ratio, ratio);
    if (!(gap >= best.gap)) Object.assign(best, { problem, gap });
    worst.set(name, best);
    gaps.set(name, Math.min(gap, gaps.get(name) ?? Infinity));
  };
  for (const { name, small, large, width } of statements(result, values)) {
    const gap = large - small;
    const ratio = small > 0 && large > 0 ? small / large : 0;
    note(name, gap / size, ratio);
    if (width < CLOSED * size && width > 16 * error) note(`${name}, closed`, gap / width, ratio);
    if (gap >= -error) continue;
    violations.push(problem);
    if (violations.length <= SHOWN)
      console.error(`${name}: ${small} ≤ ${large} is violated by ${-gap / size} ‖H‖_F on ${json(problem)}`);
  }
  return gaps;
}

/** Scales multiply until squares leave the range: that is refused, and counted. */
function answer(problem: Problem): Sharpness | undefined {
  const { network, data, options } = problem;
  try {
    return hb.sharpness(network, data, {
      ...options,
      bounds: 'all',
      ends: 'both',
      tolerance: 1e-12,
      exact: true,
      ingredients: false,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refused.set(error.message, [...(refused.get(error.message) ?? []), problem]);
    return undefined;
  }
}

function report(): void {
  console.log(
    `${done} networks from seed ${seed}; ${violations.length} violations. Gap: what lies between eigenvalue and bound, over ‖H‖_F; ` +
      "'closed': over the width of an interval that has closed.",
  );
  const row = ([name, { checked, gap, ratio, problem }]: [string, Worst]): [string, object] => [
    name,
    {
      checked,
      'least gap': gap.toExponential(1),
      'worst ratio': ratio.toPrecision(15),
      'its P': parametersOf(problem),
      'its N': problem.data.inputs.rows,
    },
  ];
  console.table(Object.fromEntries([...worst].map(row)));
  for (const [message, problems] of refused)
    console.log(`${problems.length} refused: ${message}, first on ${json(problems[0])}`);
  if (args.save !== undefined) {
    const kept = new Map<Problem, string>();
    violations.slice(0, SHOWN).forEach((problem, i) => kept.set(problem, `violation ${i + 1}, seed ${seed}`));
    for (const [name, { problem }] of worst) kept.set(problem, kept.get(problem) ?? `${name}, seed ${seed}`);
    const found = [...kept].map(([problem, name]) => json({ name, ...problem }));
    writeFileSync(args.save, `[\n${found.join(',\n')}\n]\n`);
  }
  process.exitCode = violations.length > 0 ? 1 : 0;
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Float64Array ? Array.from(part) : part,
  );
}
