/** The experiment of docs/experiments: its data, its trials, and the quick form of the whole in processes of its own. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ProblemName, PROBLEMS, split } from '../../bench/experiment/data.js';
import { best, deviation, mean, type Trials } from '../../bench/experiment/plan.js';
import { type Outcome, trial } from '../../bench/experiment/trial.js';
import { type Dataset, loadSync } from '../../src/index.js';
import { digest } from '../setup/digests.js';

const README = 'docs/experiments/README.md';
const hb = loadSync();

describe('data', () => {
  it.each([
    ['moons', '7c9be070ef8dc5a8', [580, 580]],
    ['iris', 'cccd29ef995149be', [50, 50, 50]],
    // The counts are scikit-learn's.
    ['breast cancer', 'ff14c8fc24c97834', [212, 357]],
    ['digits', 'eebe1cf49239d2f6', [90, 91, 91, 92, 89, 91, 90, 90, 88, 88]],
  ] satisfies [ProblemName, string, number[]][])('%s are the same to the bit', (name, bits, counts) => {
    const { inputs, targets } = PROBLEMS[name].samples;
    expect(counts.map((_, label) => targets.filter((one) => one === label).length)).toEqual(counts);
    expect(digest(Float64Array.of(...inputs.data, ...targets))).toBe(bits);
  });

  it('hold what their sources do', () => {
    // NumPy's sums over scikit-learn's load_digits().data[:900], and over |64 z| of load_breast_cancer() standardized and rounded: whole numbers.
    const pixels = PROBLEMS.digits.samples.inputs.data.map((x) => 16 * x);
    expect(pixels.reduce((sum, x) => sum + x, 0)).toBe(283456);
    expect(pixels.reduce((sum, x) => sum + x * x, 0)).toBe(3493650);
    const { data } = PROBLEMS['breast cancer'].samples.inputs;
    expect(data.reduce((sum, x) => sum + Math.abs(64 * x), 0)).toBe(814626);
  });

  it('of moons lie about their half circles, as far off as their noise', () => {
    const { inputs, targets } = PROBLEMS.moons.samples;
    const radii = targets.map((label, i) => {
      const [x, y] = inputs.data.subarray(2 * i, 2 * i + 2);
      return label === 0 ? Math.hypot(x, y) : Math.hypot(1 - x, 0.5 - y);
    });
    // Noise σ across makes the mean radius 1 + σ²/2 or so; the standard error of 1,160 is σ/34.
    expect(Math.abs(mean(radii) - 1 - 0.25 ** 2 / 2)).toBeLessThan((4 * 0.25) / 34);
    expect(Math.abs(deviation(radii) / 0.25 - 1)).toBeLessThan(0.1);
  });

  it('are dealt anew by each seed, but for the test set, and each sample once', () => {
    for (const name of Object.keys(PROBLEMS) as ProblemName[]) {
      const { samples, train, validation } = PROBLEMS[name];
      const [one, other] = [split(name, 1), split(name, 2)];
      expect(one.train.inputs.rows).toBe(train);
      expect(one.validation.inputs.rows).toBe(validation);
      expect(one.test.targets).toEqual(other.test.targets);
      expect(one.train.inputs.data).not.toEqual(other.train.inputs.data);
      // The classes of the three parts are those of all.
      const dealt = [one.train, one.validation, one.test].flatMap(({ targets }) =>
        Array.from(targets as number[]),
      );
      expect(dealt.sort()).toEqual([...samples.targets].sort());
    }
    // Digits are not rescaled, so that they can be told apart in the parts.
    const { train, validation, test } = split('digits', 3);
    const rows = (list: Dataset['inputs'][]): string[] =>
      list
        .flatMap(({ rows: N, cols: d, data }) =>
          Array.from({ length: N }, (_, i) => data.subarray(i * d, (i + 1) * d).join(' ')),
        )
        .sort();
    expect(rows([train.inputs, validation.inputs, test.inputs])).toEqual(
      rows([PROBLEMS.digits.samples.inputs]),
    );
  });
});

describe('a trial', () => {
  const task = { problem: 'iris', learningRate: 0.1, seed: 1, steps: 0, final: true } as const;

  it('measures the loss without penalty, by the Hessian of the training set', () => {
    const outcome = trial(hb, { ...task, method: 'weight decay', strength: 0.5 });
    expect(outcome).toEqual(trial(hb, { ...task, method: 'plain', strength: 0 }));
    const { largest, smallest, negative, bound } = outcome.spectrum!;
    expect(bound).toBeGreaterThanOrEqual(largest);
    expect(smallest).toBeLessThan(0);
    expect(negative).toBeGreaterThan(0);
  });

  it('differs by method, and is flatter by HSR than by plain descent of the same loss', () => {
    const long = { ...task, steps: 200 };
    const plain = trial(hb, { ...long, method: 'plain', strength: 0 });
    const others = (['weight decay', 'SAM', 'Frobenius', 'HSR'] as const).map((method) =>
      trial(hb, { ...long, method, strength: 0.1 }),
    );
    const all = [plain, ...others].map(({ trainLoss }) => trainLoss);
    expect(new Set(all).size).toBe(5);
    expect(others[3].spectrum!.largest).toBeLessThan(plain.spectrum!.largest);
  });
});

describe('the search', () => {
  const of = (strength: number, outcomes: Partial<Outcome>[]): Trials => ({
    problem: 'iris',
    method: 'HSR',
    learningRate: 0.1,
    strength,
    outcomes: outcomes.map((own) => ({ trainLoss: 0, accuracy: 0.9, loss: 1, steps: 10, ...own })),
  });

  it('takes the most accurate, then the least loss, and what diverged last', () => {
    const [a, b, c, d] = [of(1, [{ accuracy: 1, steps: 9 }]), of(2, [{ loss: 0.5 }]), of(3, [{}]), of(4, [{ accuracy: 0.8, loss: 0 }])]; // prettier-ignore
    expect(best([a, c, d, b], 10)).toBe(b);
    expect(best([a, d, c], 10)).toBe(c);
    expect(best([a, d], 10)).toBe(d);
  });
});

describe('npm run experiment -- --quick', () => {
  it('writes tables and figures, the same bits with one process and with three', () => {
    const runs = ['1', '3'].map((processes) => {
      const out = mkdtempSync(join(tmpdir(), 'hessbound-experiment-'));
      try {
        copyFileSync(README, join(out, 'README.md'));
        const command = ['scripts/run-ts.mjs', 'bench/experiment/run.ts', '--quick', '--processes', processes, '--out', out]; // prettier-ignore
        const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
        expect(status, stderr).toBe(0);
        const read = (name: string): string => readFileSync(join(out, name), 'utf8');
        const [readme] = read('README.md').split('<!-- begin time -->');
        const figures = ['outcomes.svg', 'strengths.svg', 'ingredients.svg'].map(read);
        return { stdout, readme, results: read('results.json'), figures };
      } finally {
        rmSync(out, { recursive: true });
      }
    });
    const [{ readme, results, figures }] = runs;
    expect(runs[1]).toMatchObject({ readme, results, figures });

    const { judged } = JSON.parse(results) as { judged: Trials[] };
    expect(readme).toContain(sha256(results));
    // Of each data set: plain training at two learning rates, and four methods at the one chosen with two strengths each.
    expect(judged).toHaveLength(4 * (2 + 4 * 2));
    for (const { problem, outcomes } of judged) {
      expect(readme).toContain(`### ${problem}`);
      expect(outcomes).toHaveLength(2);
      for (const { spectrum } of outcomes) expect(spectrum!.bound).toBeGreaterThanOrEqual(spectrum!.largest);
    }
    for (const figure of figures) expect(figure).not.toMatch(/NaN|Infinity|undefined/);
  }, 240_000);

  it('keeps the digest of the full form beside its tables', () => {
    expect(readFileSync(README, 'utf8')).toContain(
      sha256(readFileSync('docs/experiments/results.json', 'utf8')),
    );
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
