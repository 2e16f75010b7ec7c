/** For continuous integration: is the loss surface no sharper than it may be? */
import { jsonText } from '../formats/json.js';
import { analysisToJson, STAGES } from '../report/analysis.js';
import { counted, significantDown, significantUp } from '../report/numbers.js';
import { type Sharpness } from '../sharpness.js';
import { originOf } from '../report/origin.js';
import { computed } from './compute.js';
import { CheckFailed, UsageError } from './errors.js';
import { CHECK_HELP } from './help/check.js';
import { interruptible } from './interruption.js';
import {
  BOUND_OPTIONS,
  boundChoices,
  COMMON_OPTIONS,
  COMPUTE_OPTIONS,
  numberChoice,
  parse,
  seedChoice,
  workersChoice,
} from './options.js';
import { printPreview } from './output.js';
import { announcement, previewOf } from './preview.js';
import { printInferred, PROBLEM_OPTIONS, readProblemFiles } from './problem.js';

/** Digits of the numbers in the line: an allowed sharpness is seldom given with more. */
const DIGITS = 6;

export function checkCommand(args: string[], version: string): Promise<void> {
  return interruptible('before anything was computed', () => checked(args, version));
}

async function checked(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('check', args, {
    ...PROBLEM_OPTIONS,
    ...BOUND_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...COMMON_OPTIONS,
    'max-sharpness': { type: 'string' },
    exact: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  });
  if (values.help) {
    process.stdout.write(CHECK_HELP);
    return;
  }
  if (values['max-sharpness'] === undefined) {
    throw new UsageError('check: expected --max-sharpness, the largest λ_max that is allowed; it is missing');
  }
  const allowed = numberChoice('--max-sharpness', values['max-sharpness']);
  const bounds = values.exact
    ? { bounds: ['wolkowiczStyan' as const] }
    : { bounds: ['wolkowiczStyan' as const, 'deflated' as const], ...boundChoices(values) };
  const options = { ...bounds, ...seedChoice(values.seed), exact: values.exact };
  const workers = await workersChoice(values.workers);
  const problem = await readProblemFiles('check', positionals, values);
  const { network, data, subject } = problem;
  const origin = originOf(problem);
  printInferred(problem.inferred, values);
  const before = previewOf(network, data, options, workers, { measured: values['dry-run'] });
  if (values['dry-run']) {
    printPreview(before, { version, json: values.json, subject, origin });
    return;
  }
  const announced = announcement(before);
  if (announced && !values.quiet) process.stderr.write(`${announced}\n`);

  const sharpness = await computed({ workers, quiet: values.quiet }, (pool, { signal, onProgress }) =>
    pool.sharpness(network, data, {
      ...options,
      threshold: allowed,
      ingredients: false,
      signal,
      onProgress: (_, stage) => {
        if (stage) onProgress(STAGES[stage.name] ?? stage.name, stage.fraction);
      },
    }),
  );
  const { outcome, line } = verdict(sharpness, allowed, values.exact);
  if (values.json) {
    const { lower, upper, exact, certificate, moments } = sharpness;
    const found = { outcome, lower, upper, ...(exact && { exact: exact.largest }) };
    const products = certificate && { products: certificate.products };
    const sizes = { parameters: moments.parameters, samples: data.inputs.rows };
    const document = {
      hessbound: version,
      subject,
      maxSharpness: allowed,
      ...found,
      ...products,
      ...sizes,
      origin,
    };
    process.stdout.write(`${jsonText(analysisToJson(document))}\n`);
  }
  if (outcome !== 'within') throw new CheckFailed(`check failed: ${line}`);
  if (!values.json && !values.quiet) process.stdout.write(`${line}\n`);
}

/** 'open' where the bracket holds the number: then nothing is proven, and the check fails. */
function verdict(
  { lower, upper, exact, certified, certificate }: Sharpness,
  allowed: number,
  byExact: boolean,
): { outcome: 'within' | 'above' | 'open'; line: string } {
  const proven = certified ? 'proven' : 'guaranteed';
  if (byExact) {
    const value = exact!.largest;
    return value <= allowed
      ? { outcome: 'within', line: `λ_max = ${significantUp(value, DIGITS)}, at most ${allowed} (exact)` }
      : { outcome: 'above', line: `λ_max = ${significantDown(value, DIGITS)}, above ${allowed} (exact)` };
  }
  if (upper <= allowed) {
    return {
      outcome: 'within',
      line: `λ_max ≤ ${significantUp(upper, DIGITS)}, at most ${allowed} (${proven})`,
    };
  }
  const atLeast = significantDown(lower, DIGITS);
  if (lower > allowed) return { outcome: 'above', line: `λ_max ≥ ${atLeast}, above ${allowed} (${proven})` };
  const hint =
    certificate === undefined
      ? 'the bound deflated may decide'
      : `more than ${counted(certificate.products, 'product')} (--max-products) may decide, or --exact`;
  return {
    outcome: 'open',
    line: `not proven either way: ${atLeast} ≤ λ_max ≤ ${significantUp(upper, DIGITS)} (${proven}), and ${allowed} lies between; ${hint}`,
  };
}
