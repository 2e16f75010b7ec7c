/** Files that are no files, names that are no names, and places that cannot be written to. The oracle: what POSIX says each of them is. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLI, DATA, hessbound, NETWORK, type Result, scratch } from './command.js';

const { path, file } = scratch();
const ONE_LINE = /^hessbound: [^\p{Cc}]*\n$/u;

function pipe(name: string): string {
  expect(spawnSync('mkfifo', [path(name)]).status).toBe(0);
  return path(name);
}

/** As hessbound, but that this thread goes on meanwhile. */
function start(args: string[], interruptAfter?: number): Promise<Result> {
  const child = spawn(process.execPath, [CLI, ...args]);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  if (interruptAfter !== undefined) setTimeout(() => child.kill('SIGINT'), interruptAfter);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe('what is read', () => {
  it('may be a named pipe, read to its end', async () => {
    const data = pipe('data.pipe');
    const running = start(['analyze', NETWORK, data, '-q', '--json']);
    spawn('sh', ['-c', 'sleep 0.3; cat "$0" > "$1"', DATA, data]);
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out).toContain('"moments"');
  });

  it('can be interrupted where nobody writes to a pipe', async () => {
    const begun = performance.now();
    const { code, err } = await start(['analyze', NETWORK, pipe('nobody.pipe'), '-q'], 2000);
    expect({ code, err }).toEqual({
      code: 130,
      err: 'hessbound: interrupted: before anything was computed\n',
    });
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  it.runIf(existsSync('/dev/zero'))('is refused where it has no end', () => {
    const { code, err } = hessbound(['analyze', NETWORK, '/dev/zero']);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'hessbound: cannot read /dev/zero: it is longer than 512 MiB; put it into a file\n',
    });
  });

  it('is named with escapes where it would move the cursor or break the line', () => {
    const hostile = file('a\nb\u001b[2J\u009b\u202ec.json', readFileSync(DATA, 'utf8'));
    expect(hessbound(['analyze', NETWORK, hostile]).out).toContain('a\\u000ab\\u001b[2J\\u009b\\u202ec.json');
    expect(hessbound(['analyze', NETWORK, hostile, '--dry-run']).out).toContain('\\u001b[2J');
    const { err } = hessbound(['analyze', NETWORK, `${hostile}.not`]);
    expect(err).toMatch(ONE_LINE);
    expect(err).toContain('b\\u001b[2J');
    expect(hessbound(['\u001b[31m']).err).toMatch(ONE_LINE);
  });

  it('has names of classes and columns shown with escapes', () => {
    const rows = [['a', 'b', 'so\u001b[2Jrt'].join(), '1,2,\u001b[2Ja', '2,1,c', '3,5,c'];
    const data = file('escapes.csv', rows.join('\n'));
    const network = file('two.json', {
      layers: [
        {
          weights: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      loss: 'softmax-cross-entropy',
    });
    const { code, out, err } = hessbound(['analyze', network, data]);
    expect(code).toBe(0);
    expect(out + err).toContain('\\u001b[2Ja');
    expect(out + err).not.toMatch(/[\u001b\u0007]/);
  });
});

describe('what is written', () => {
  const outputs: [option: string, args: (name: string) => string[]][] = [
    ['--html', (name) => ['analyze', NETWORK, DATA, '--html', `${name}.html`]],
    ['--export-python', (name) => ['analyze', NETWORK, DATA, '--export-python', `${name}.py`]],
    ['--shard', (name) => ['analyze', NETWORK, DATA, '--shard', '1/2', '-o', `${name}.json`]],
    ['train', (name) => ['train', DATA, '--steps', '3', '-o', `${name}.npz`]],
    ['--save-state', (name) => ['train', DATA, '--steps', '3', '--save-state', `${name}.state`]],
  ];

  it.each(outputs)('by %s is refused before anything is computed', (_, args) => {
    const nowhere = hessbound(args(path('nowhere/x')));
    expect(nowhere).toMatchObject({ code: 2, out: '' });
    expect(nowhere.err).toMatch(/^hessbound: cannot write .*: there is no directory .*\n$/);
    const folder = args(path('folder')).at(-1)!;
    mkdirSync(folder, { recursive: true });
    const directory = hessbound(args(path('folder')));
    expect(directory).toMatchObject({ code: 2, out: '' });
    expect(directory.err).toMatch(/^hessbound: cannot write .*: it is a directory\n$/);
  });

  it('goes through a link, and into a pipe', async () => {
    writeFileSync(path('real.html'), 'old');
    symlinkSync('real.html', path('link.html'));
    expect(hessbound(['analyze', NETWORK, DATA, '-q', '--html', path('link.html')]).code).toBe(0);
    expect(lstatSync(path('link.html')).isSymbolicLink()).toBe(true);
    expect(readFileSync(path('real.html'), 'utf8')).toContain('<html');

    const out = pipe('part.pipe');
    const reader = spawn('cat', [out]);
    let text = '';
    reader.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const closed = new Promise((resolve) => reader.on('close', resolve));
    expect((await start(['analyze', NETWORK, DATA, '-q', '--shard', '1/1', '-o', out])).code).toBe(0);
    expect(lstatSync(out).isFIFO()).toBe(true);
    await closed;
    expect(JSON.parse(text)).toMatchObject({ index: 1, count: 1 });
  });

  it.runIf(existsSync('/dev/full'))('fails in one line where the disk is full', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'analyze', NETWORK, DATA, '-q'], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'hessbound: cannot write to standard output: no space is left\n',
    });
  });
});
