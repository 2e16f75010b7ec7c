/**
 * Runs the scripts of --export-python in PyTorch over many random networks, every activation and loss, weight decay, sample weights and
 * missing biases: npm run check-python [-- COUNT [SEED [PYTHON]]]. Each must agree; those with a wrong number put in must not. Needs a
 * Python with NumPy and PyTorch; npm test does not.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PythonResults, pythonScript } from '../src/formats/python.js';
import { loadSync } from '../src/index.js';
import { randomProblem } from '../test/reference/generate.js';

/** Runs each script as Python would, all in one process, as starting PyTorch takes seconds; prints what each printed and its exit code. */
const RUNNER = `
import contextlib, io, json, runpy, sys
for path in sys.argv[1:]:
    text = io.StringIO()
    try:
        with contextlib.redirect_stdout(text):
            runpy.run_path(path, run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code
    except Exception as error:
        code = repr(error)
    print(json.dumps({"code": code, "text": text.getvalue()}))
`;

/** Factors on what hessbound found, one of them wrong. */
const WRONG: ((results: Required<PythonResults>) => PythonResults)[] = [
  (r) => ({ ...r, loss: r.loss * (1 + 1e-7) }),
  (r) => ({ ...r, moments: { ...r.moments, trace: r.moments.trace + 1e-7 * r.moments.frobeniusNorm } }),
  (r) => ({ ...r, moments: { ...r.moments, frobeniusNorm: r.moments.frobeniusNorm * (1 - 1e-7) } }),
  (r) => ({ ...r, exact: { largest: r.exact.largest + 1e-7 * r.moments.frobeniusNorm } }),
  (r) => ({ ...r, lower: r.upper + 1e-3 * Math.abs(r.upper), upper: 2 * Math.abs(r.upper) }),
  (r) => ({ ...r, lower: -Math.abs(r.upper), upper: r.exact.largest - 1e-3 * Math.abs(r.exact.largest) }),
];

interface Run {
  seed: number;
  wrong: boolean;
  path: string;
}

const count = Number(process.argv[2] ?? 500);
const first = Number(process.argv[3] ?? 1);
const python = process.argv[4] ?? 'python3';
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(first)) {
  console.error('usage: npm run check-python [-- COUNT [SEED [PYTHON]]]');
  process.exit(2);
}

try {
  const versions =
    'import sys, torch; print(f"Python {sys.version.split()[0]}, PyTorch {torch.__version__}")';
  console.log(
    execFileSync(python, ['-c', versions], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
  );
} catch {
  console.error(
    `${python}: expected a Python with NumPy and PyTorch (npm run check-python -- COUNT SEED PYTHON)`,
  );
  process.exit(2);
}
const hb = loadSync();
const directory = mkdtempSync(join(tmpdir(), 'hessbound-python-'));
try {
  const runs: Run[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const { network, data } = randomProblem(seed, 1 + (seed % 7), 1 + (seed % 20));
    const { lower, upper, moments, exact } = hb.sharpness(network, data, {
      exact: true,
      tolerance: seed % 3 === 0 ? 0.1 : 1e-9,
    });
    const results = { loss: hb.loss(network, data), lower, upper, moments, exact: exact! };
    const wrong = seed % 5 === 0 && moments.frobeniusNorm > 0 && results.loss > 0;
    const { script, arrays } = await pythonScript(
      network,
      data,
      wrong ? WRONG[(seed / 5) % 6](results) : results,
    );
    const path = join(directory, `${seed}.py`);
    // Every other one by the way of large networks, except where it would have to find a wrong number that this way leaves out.
    writeFileSync(path, seed % 2 === 0 || wrong ? script : script.replace('LIMIT = 3000', 'LIMIT = 0'));
    writeFileSync(join(directory, `${seed}.npz`), arrays);
    runs.push({ seed, wrong, path });
  }
  const failures = runs.length - run(runs);
  console.log(
    `${runs.length} scripts, ${runs.filter(({ wrong }) => wrong).length} of them wrong on purpose; ${failures} not as they should be`,
  );
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}

/** How many did what they should. */
function run(all: Run[]): number {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const output = execFileSync(python, ['-c', RUNNER, ...all.map(({ path }) => path)], options);
  const lines = output.trim().split('\n');
  return all.filter(({ seed, wrong }, i) => {
    const { code, text } = JSON.parse(lines[i]) as { code: unknown; text: string };
    const right = code === (wrong ? 1 : 0);
    if (!right)
      console.error(`seed ${seed}: ${wrong ? 'wrong on purpose, ' : ''}exit ${String(code)}\n${text}`);
    return right;
  }).length;
}
