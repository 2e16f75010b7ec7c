/**
 * The same bits on every supported engine: npm run test:engines. Runs the tests of the Node project in Node 20, 22 and 24, each from
 * the npm package `node`, kept in node_modules/.cache, and compares the digests of results (test/setup/digests.ts) bit for bit.
 * Chromium is compared by `npm test`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Digests = Record<string, string>;

/** What of Vitest's JSON report is read here. */
interface Report {
  numPassedTests: number;
  numTotalTests: number;
  testResults: { assertionResults: { status: string; fullName: string; failureMessages: string[] }[] }[];
}

interface Engine {
  name: string;
  tests: string;
  passed: boolean;
  digests: Digests;
}

const MAJORS = [20, 22, 24];

if (process.argv.includes('--digests')) {
  const { engineDigests } = await import('../test/setup/digests.js');
  console.log(JSON.stringify(engineDigests()));
} else {
  const engines = MAJORS.map((major) => runIn(obtain(major)));
  const [reference, ...others] = engines;
  const names = Object.keys(reference.digests);
  const differing = names.filter((name) =>
    others.some(({ digests }) => digests[name] !== reference.digests[name]),
  );
  for (const { name, tests, digests } of engines) {
    const same = names.filter((key) => digests[key] === reference.digests[key]).length;
    const count = Object.keys(digests).length;
    console.log(`${name.padEnd(44)} ${tests.padEnd(32)} ${same} of ${count} results as in the first`);
  }
  for (const name of differing) {
    console.error(`different: ${name}: ${engines.map(({ digests }) => digests[name]).join(' ')}`);
  }
  const complete = engines.every(({ digests }) => Object.keys(digests).length === names.length);
  if (differing.length > 0 || !complete || engines.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** The executable of the newest release of a major version that npm has, downloaded once. */
function obtain(major: number): string {
  const directory = resolve('node_modules/.cache/hessbound', `node-${major}`);
  const executable = join(directory, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(executable)) {
    mkdirSync(directory, { recursive: true });
    const options = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
    // The package's install script puts the executable of the platform in its place.
    execFileSync('npm', ['install', '--prefix', directory, ...options, `node@${major}`], {
      stdio: 'inherit',
    });
  }
  return executable;
}

function runIn(executable: string): Engine {
  const version = JSON.parse(
    execFileSync(executable, ['-p', 'JSON.stringify([process.version, process.versions.v8])'], {
      encoding: 'utf8',
    }),
  ) as string[];
  const run = ['scripts/run-ts.mjs', 'scripts/test-engines.ts', '--digests'];
  const digests = JSON.parse(execFileSync(executable, run, { encoding: 'utf8' })) as Digests;
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', '--reporter', 'json'];
  const { status, stdout, stderr } = spawnSync(executable, vitest, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  // The report is the line that is JSON; tests may have printed others.
  const line = stdout.split('\n').find((text) => text.startsWith('{"numTotalTestSuites"'));
  const report = line && (JSON.parse(line) as Report);
  if (status !== 0) process.stderr.write(stderr.slice(-4000));
  for (const test of report ? report.testResults.flatMap(({ assertionResults }) => assertionResults) : []) {
    if (test.status === 'failed') {
      console.error(
        `failed in ${version[0]}: ${test.fullName}\n${test.failureMessages.join('\n').slice(0, 1000)}`,
      );
    }
  }
  return {
    name: `Node ${version[0]} (V8 ${version[1]})`,
    tests: report ? `${report.numPassedTests} of ${report.numTotalTests} tests pass` : `no report`,
    passed: status === 0,
    digests,
  };
}
