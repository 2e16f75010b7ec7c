/**
 * The package as a user gets it: packed by npm, installed beside its dependencies, used from plain Node, from a worker
 * thread, from TypeScript, through a bundler, and on a page without one. Every way must give the same number, to the bit.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../setup/chromium.js';

const ROOT = resolve(import.meta.dirname, '../..');
const USER = `
  const hb = await load();
  const network = {
    layers: [
      { weights: matrix(3, 2, [1, 2, -3, 4, 5, -6]), bias: [0, 0.5, 1], activation: 'gelu' },
      { weights: matrix(2, 3, [1, 0, 1, 0, 1, 0]) },
    ],
    loss: 'softmax-cross-entropy',
  };
  const data = { inputs: matrix(2, 2, [1, 2, 3, 4]), targets: [0, 1] };
  const { lower, upper, exact } = hb.sharpness(network, data, { exact: true });
  const answer = [lower, exact.largest, upper].join(' ');
`;

let directory: string;
let expected: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hessbound-package-'));
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], ROOT);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const installed = join(directory, 'node_modules', 'hessbound');
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', join(directory, filename), '--strip-components=1', '-C', installed]);
  installDependencies(installed);
  write('package.json', '{ "type": "module" }');
  write('main.js', `import { load, matrix } from 'hessbound';\n${USER}\nconsole.log(answer);`);
  expected = run('node', ['main.js']);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the package', () => {
  it('holds what it needs and nothing else', () => {
    const files = run('find', ['node_modules/hessbound', '-type', 'f']).split('\n');
    const allowed =
      /\/(bin\/hessbound\.js|dist\/.+\.(js|d\.ts|wasm)|examples\/[\w-]+\.(json|safetensors|onnx|csv|npy)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it('has a core that imports the loader alone: files and the command line bring their own', () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const imports = /^(?:import|export)\b[^;'"]*\bfrom ['"]([^'"\n]+)['"];/gm;
      for (const [, name] of readFileSync(file, 'utf8').matchAll(imports)) {
        if (name.startsWith('.')) visit(resolve(file, '..', name));
        else packages.add(name);
      }
    };
    visit(join(directory, 'node_modules/hessbound/dist/index.js'));
    expect(seen.size).toBeGreaterThan(50);
    expect([...packages]).toEqual(['@assemblyscript/loader']);
    expect([...seen].filter((file) => /\/(formats|cli|report)\//.test(file))).toEqual([]);
  });

  it('reads and writes the files of other tools, from hessbound/formats', () => {
    write(
      'formats.js',
      `import { matrix } from 'hessbound';
       import { readNetwork, writeNetwork } from 'hessbound/formats';
       const network = {
         layers: [{ weights: matrix(1, 2, [1 / 3, 2]), bias: new Float64Array(1), activation: 'tanh' }],
         loss: 'squared-error',
         weightDecay: 0.1,
       };
       for (const format of ['json', 'safetensors', 'npz']) {
         const read = await readNetwork({ name: 'model', bytes: await writeNetwork(network, format) });
         console.log(JSON.stringify(read.network) === JSON.stringify(network));
       }
       await readNetwork({ name: 'model.pt', bytes: Uint8Array.of(0x80, 2) }).catch(({ name, message }) => console.log(name, message));`,
    );
    expect(run('node', ['formats.js'])).toMatch(/^true\ntrue\ntrue\nFormatError model\.pt: a pickle/);
  });

  it('works in plain Node, synchronously too, and in a worker thread', () => {
    expect(expected).toMatch(/^\S+ \S+ \S+$/);
    write('sync.js', `import { loadSync as load, matrix } from 'hessbound';\n${USER}\nconsole.log(answer);`);
    expect(run('node', ['sync.js'])).toBe(expected);
    write('worker.js', "import { Worker } from 'node:worker_threads';\nnew Worker('./main.js');");
    expect(run('node', ['worker.js'])).toBe(expected);
  });

  it('has a command', () => {
    const bin = 'node_modules/hessbound/bin/hessbound.js';
    const examples = ['network', 'data'].map((name) => `node_modules/hessbound/examples/${name}.json`);
    expect(run('node', [bin, 'analyze', ...examples])).toMatch(/≤ λ_max ≤/);
  });

  it('needs nothing from its host', () => {
    const wasm = readFileSync(join(directory, 'node_modules/hessbound/dist/hessbound.wasm'));
    expect(WebAssembly.Module.imports(new WebAssembly.Module(wasm))).toEqual([]);
  });

  it('type-checks in a strict TypeScript project', () => {
    write(
      'typed.ts',
      `import { load, matrix, wolkowiczStyan, type Hessbound, type Network, type Sharpness } from 'hessbound';
       import { readNetwork, type ReadNetwork } from 'hessbound/formats';
       const hb: Hessbound = await load();
       const network: Network = { layers: [{ weights: matrix(1, 2, [1, 2]) }], loss: 'squared-error' };
       const data = { inputs: matrix(1, 2, [1, 1]), targets: [0] };
       const result: Sharpness = hb.sharpness(network, data, { exact: 'auto', bounds: ['wolkowiczStyan'] });
       const upper: number | undefined = result.bounds.wolkowiczStyan?.largest.upper;
       const { kth } = wolkowiczStyan({ trace: 1, frobeniusNorm: 1, order: 2 });
       const read: ReadNetwork = await readNetwork({ name: 'a', bytes: new Uint8Array() }, { loss: 'squared-error', layers: ['a'] });
       console.log(read.inferred.length);
       // @ts-expect-error relu is not in the type, either
       network.layers[0]!.activation = 'relu';
       console.log(upper, kth(2).lower, hb.eigh(matrix(1, 1, [1]), { vectors: true }).vectors?.data);`,
    );
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];
    run('node', [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'typed.ts']);
  });

  it('works bundled', async () => {
    await build({
      root: directory,
      logLevel: 'error',
      configFile: false,
      build: {
        outDir: 'bundled',
        target: 'es2022',
        lib: { entry: 'main.js', formats: ['es'], fileName: 'main' },
      },
    });
    rmSync(join(directory, 'bundled', 'node_modules'), { recursive: true, force: true });
    expect(run('node', ['bundled/main.js'])).toBe(expected);
  });

  it('works on a page without a bundler, by an import map', async () => {
    write(
      'index.html',
      `<!doctype html><script type="importmap">
        { "imports": {
          "hessbound": "/node_modules/hessbound/dist/index.js",
          "@assemblyscript/loader": "/node_modules/@assemblyscript/loader/index.js" } }
       </script><script type="module">
        import { load, matrix } from 'hessbound';
        ${USER}
        document.title = answer;
       </script>`,
    );
    const server = await serve(directory);
    const browser = await chromium.launch(await findChromium());
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
      await page.waitForFunction(() => document.title !== '');
      expect(await page.title()).toBe(expected);
    } finally {
      await browser.close();
      server.close();
    }
  });
});

/** As npm would, from what is installed here: the package's dependencies and theirs. */
function installDependencies(from: string): void {
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const target = join(directory, 'node_modules', name);
    if (existsSync(target)) continue;
    cpSync(join(ROOT, 'node_modules', name), target, { recursive: true });
    installDependencies(target);
  }
}

function run(command: string, args: string[], cwd = directory): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text);
}

/** A static server on the loopback interface. */
async function serve(root: string): Promise<Server> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  const server = createServer((request, response) => {
    try {
      const path = join(root, new URL(request.url ?? '/', 'http://localhost').pathname);
      const body = readFileSync(path);
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
