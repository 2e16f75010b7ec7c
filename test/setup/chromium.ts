/**
 * Global setup of the `chromium` project: find a browser that really runs here, and hand it to Vitest.
 *
 * `npm test` must run the suite in a real browser on a machine that has nothing but Node and npm, so the search ends
 * at the Chromium that comes from the npm registry (Linux x64). A browser counts as found only once it has started
 * with our options and accepted WebAssembly SIMD: launcher stubs, missing system libraries and outdated versions all
 * look like a browser until they are started. No browser is a failure, never a skip.
 *
 * It is a global setup rather than part of the configuration so that `vitest --project node` needs no browser.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { playwright } from '@vitest/browser-playwright';
import { chromium, type LaunchOptions } from 'playwright';
import type { TestProject } from 'vitest/node';

interface Candidate {
  name: string;
  options: LaunchOptions;
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Playwright already turns off updates, sync and background networking; these close what is left of the network. */
const ARGS = [
  '--disable-domain-reliability',
  '--no-pings',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
];

/** `(func (result v128) i32.const 0 i8x16.splat)`: valid only where there is SIMD. */
const SIMD_MODULE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];

export default async function setup(project: TestProject): Promise<void> {
  // The global setups come before the first page, so the provider of the configuration has not been used yet.
  project.config.browser.provider = playwright({ launchOptions: await findChromium() });
}

/** Launch options of the first candidate that works; throws with every candidate's reason if none does. */
export async function findChromium(): Promise<LaunchOptions> {
  const refusals: string[] = [];
  for await (const { name, options } of candidates()) {
    const launchOptions = { ...options, args: ARGS };
    const refusal = await whyNot(launchOptions);
    if (refusal === undefined) return launchOptions;
    refusals.push(`  ${name}: ${refusal}`);
  }
  throw new Error(
    'No usable Chromium, and the suite has to run in one. Install Chrome, Chromium or Edge, or set ' +
      `HESSBOUND_CHROMIUM to the path of an executable. Tried:\n${refusals.join('\n')}`,
  );
}

async function* candidates(): AsyncGenerator<Candidate> {
  const chosen = process.env['HESSBOUND_CHROMIUM'];
  if (chosen) {
    // An explicit choice that does not work is an error to report, not a reason to test something else.
    yield { name: `HESSBOUND_CHROMIUM=${chosen}`, options: { executablePath: chosen } };
    return;
  }
  for (const executablePath of installed()) yield { name: executablePath, options: { executablePath } };
  if (process.platform === 'linux' && process.arch === 'x64') yield* packaged();
}

/**
 * Executables in the usual places, and Playwright's own download. Playwright could look for Chrome and Edge itself, but
 * leaves two temporary directories behind for each one it does not find.
 */
function installed(): string[] {
  const places = (directories: (string | undefined)[], names: string[]): string[] =>
    directories.flatMap((directory) => (directory ? names.map((name) => join(directory, name)) : []));
  const { env, platform } = process;
  const found: string[] = [];
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
    found.push(
      ...places(roots, ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe']),
    );
  } else if (platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    found.push(...names.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`));
  } else {
    const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
    found.push(...places((env['PATH'] ?? '').split(delimiter), names));
  }
  return [...found, chromium.executablePath()].filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The Chromium from the npm registry: with the system's libraries if it has them, else with the ones it ships. */
async function* packaged(): AsyncGenerator<Candidate> {
  const name = '@sparticuz/chromium';
  const directory = await unpack(name);
  const executablePath = join(directory, 'chromium');
  yield { name, options: { executablePath } };
  // Second, because they are built for glibc 2.34: on an older system only its own can work.
  const libraries = [join(directory, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']]
    .filter(Boolean)
    .join(':');
  yield {
    name: `${name} with its own libraries`,
    options: { executablePath, env: { ...process.env, LD_LIBRARY_PATH: libraries } },
  };
}

/**
 * Unpacks the package once, next to the other caches of node_modules, and returns the directory.
 *
 * The package unpacks straight into the system's temporary directory, where two runs would write over each other and a
 * half-written browser passes for a whole one, and leaves out the libraries unless it believes to be on AWS Lambda.
 * Hence a child process with a private TMPDIR and Lambda's variable, and a rename when all is written.
 */
async function unpack(name: string): Promise<string> {
  const manifest = resolve(createRequire(import.meta.url).resolve(name), '../../../package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const cache = join(ROOT, 'node_modules', '.cache', 'hessbound');
  const directory = join(cache, `chromium-${version}`);
  if (existsSync(directory)) return directory;

  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, 'unpacking-'));
  try {
    const script = `import chromium from '${name}'; await chromium.executablePath();`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    });
    await rename(staging, directory).catch((error: unknown) => {
      // A concurrent run was faster: its directory is as complete as ours.
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return directory;
}

async function whyNot(options: LaunchOptions): Promise<string | undefined> {
  try {
    const browser = await chromium.launch({ ...options, headless: true, timeout: 30_000 });
    try {
      const page = await browser.newPage();
      const simd = await page.evaluate((bytes) => WebAssembly.validate(new Uint8Array(bytes)), SIMD_MODULE);
      return simd ? undefined : `version ${browser.version()} has no WebAssembly SIMD`;
    } finally {
      await browser.close();
    }
  } catch (error) {
    return summary(error instanceof Error ? error.message : String(error));
  }
}

/** Playwright's message is a page of flags; the line that helps is what the process itself complained about. */
function summary(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const complaint = lines.find((line) => line.includes('[err]')) ?? lines[0];
  return complaint.replace(/^.*\[err\]\s*/, '');
}
