/** The pool in Node and on a page as a user meets it: workers that die, processes that should end, bundlers, and policies. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Browser, chromium } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, loadSync, matrix } from '../../src/index.js';
import { randomMatrix, uniforms } from '../reference/generate.js';
import { findChromium } from '../setup/chromium.js';

const ROOT = resolve(import.meta.dirname, '../..');
const hb = loadSync();
const x = matrix(1, 2, [3, 4]);

describe('a worker that dies', () => {
  const workers: Worker[] = [];
  const createWorker = (): Worker => {
    const worker = new Worker(join(ROOT, 'build/worker.js'));
    workers.push(worker);
    return worker;
  };

  it('rejects what it was working on, and the pool goes on', async () => {
    const pool = await createPool({ workers: 2, createWorker });
    const long = pool.eigh(hb.gram(randomMatrix(uniforms(1), 1200, 3)), { vectors: true });
    const short = pool.gram(x);
    expect(await short).toEqual(hb.gram(x));
    setTimeout(() => void workers[0].terminate(), 50);
    const error: unknown = await long.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: 'hessbound: a worker died while it was computing: its thread ended with exit code 1',
      cause: { message: 'its thread ended with exit code 1' },
    });
    expect(await pool.frobeniusNorm(x)).toBe(5);
    await pool.close();
  });

  it('while it is idle takes nothing with it', async () => {
    const pool = await createPool({ workers: 1, createWorker });
    await workers.at(-1)!.terminate();
    expect(await pool.frobeniusNorm(x)).toBe(5);
    await pool.close();
  });

  it('at its start says why, and is not tried again', async () => {
    let attempts = 0;
    const broken = (source: string) => () => {
      attempts++;
      return new Worker(source, { eval: true });
    };
    await expect(createPool({ createWorker: broken("throw new TypeError('no')") })).rejects.toThrow(
      'hessbound: a worker could not be started: no',
    );
    await expect(createPool({ createWorker: broken('process.exit(3)') })).rejects.toThrow(
      'hessbound: a worker could not be started: its thread ended with exit code 3',
    );
    expect(attempts).toBe(2);
    const refused = createPool({
      createWorker: () => {
        throw new Error('not here');
      },
    });
    await expect(refused).rejects.toThrow('hessbound: a worker could not be started: not here');
  });
});

describe('a process', () => {
  const run = (code: string, ...flags: string[]): string =>
    execFileSync(
      process.execPath,
      [
        ...flags,
        '--input-type=module',
        '-e',
        `import { createPool, matrix } from ${JSON.stringify(join(ROOT, 'dist/index.js'))};
         const pool = await createPool({ workers: 2 });
         console.log(await pool.frobeniusNorm(matrix(1, 2, [3, 4])));
         ${code}`,
      ],
      { encoding: 'utf8', timeout: 20_000 },
    );

  it('ends by itself with an idle pool that nobody closed', () => {
    expect(run('')).toBe('5\n');
  });

  it('ends after close(), which it may wait for', () => {
    expect(run("await pool.close(); console.log('closed');")).toBe('5\nclosed\n');
  });

  it('does not end before the pool has answered', () => {
    expect(run('pool.gram(matrix(300, 300)).then(({ rows }) => console.log(rows));')).toBe('5\n300\n');
  });
});

describe('on a page', () => {
  const USER = `
    import { createPool, loadSync, matrix } from 'hessbound';
    const x = matrix(3, 2, [1, 2, 3, 4, 5, 6]);
    const answer = async (options) => {
      const pool = await createPool(options);
      const { data } = await pool.gram(x);
      await pool.close();
      return String(data) === String(loadSync().gram(x).data) ? 'same' : 'different';
    };`;
  const alias = { hessbound: join(ROOT, 'dist/index.js') };
  let directory: string;
  let browser: Browser;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hessbound-pool-'));
    const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
    write('package.json', '{ "type": "module" }');
    write('main.js', `${USER}\nanswer({ workers: 2 }).then((text) => console.log(text));`);
    write(
      'page.js',
      `${USER}
       const given = new URLSearchParams(location.search).has('createWorker');
       const options = given ? { createWorker: () => new Worker('/worker.js') } : undefined;
       document.title = await answer(options).catch((error) => error.message);`,
    );
    for (const name of ['main', 'page']) {
      await build({
        root: directory,
        logLevel: 'error',
        configFile: false,
        resolve: { alias },
        build: {
          outDir: 'bundled',
          emptyOutDir: false,
          target: 'es2022',
          lib: { entry: `${name}.js`, formats: ['es'], fileName: name },
        },
      });
    }
    write('bundled/index.html', '<!doctype html><script type="module" src="page.js"></script>');
    writeFileSync(join(directory, 'bundled/worker.js'), readFileSync(join(ROOT, 'dist/worker.js')));
    server = await serve(join(directory, 'bundled'));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch(await findChromium());
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const titleOf = async (query: string): Promise<string> => {
    const page = await browser.newPage();
    await page.goto(`${origin}/index.html${query}`);
    await page.waitForFunction(() => document.title !== '');
    return page.title();
  };

  it('works bundled, as in Node', async () => {
    expect(execFileSync('node', [join(directory, 'bundled/main.js')], { encoding: 'utf8' })).toBe('same\n');
    expect(await titleOf('')).toBe('same');
  });

  it('works under a policy against workers from strings by createWorker, which the error names', async () => {
    expect(await titleOf('?policy')).toMatch(
      /^hessbound: a worker could not be started: this page refuses workers from blob: URLs.*createWorker/,
    );
    expect(await titleOf('?policy&createWorker')).toBe('same');
  });
});

/** A static server on the loopback interface; pages asked for with ?policy may not make workers from strings. */
async function serve(root: string): Promise<Server> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (searchParams.has('policy')) {
      const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
      response.setHeader('content-security-policy', policy);
    }
    try {
      const body = readFileSync(join(root, pathname));
      response.setHeader('content-type', types[extname(pathname)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
