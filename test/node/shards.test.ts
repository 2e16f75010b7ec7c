/** analyze --shard and merge, as a scheduler runs them: processes that know nothing of each other. The oracle is one run of analyze. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniforms } from '../reference/generate.js';

const CLI = fileURLToPath(new URL('../../bin/hessbound.js', import.meta.url));
const READING = ['--label', 'species', '--standardize', '--loss', 'softmax-cross-entropy'];
const COUNT = 7;

interface Result {
  code: number | null;
  out: string;
  err: string;
}

let directory: string;
let parts: string[];

/** 40-12-6-3 on 300 samples: five tiles a side, and moments from pairs. */
beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hessbound-shards-')));
  mkdirSync(join(directory, 'parts'));
  const next = uniforms(11);
  const rows = (count: number, width: number): number[][] =>
    Array.from({ length: count }, () => Array.from({ length: width }, () => 2 * next() - 1));
  const widths = [40, 12, 6, 3];
  const layers = widths.slice(1).map((n, l) => ({
    weights: rows(n, widths[l]),
    bias: rows(1, n)[0],
    ...(l < 2 && { activation: 'tanh' }),
  }));
  write('model.json', JSON.stringify({ layers, loss: 'softmax-cross-entropy', weightDecay: 0.01 }));
  const names = Array.from({ length: 40 }, (_, j) => `x${j}`);
  const lines = rows(300, 40).map((row, i) => [...row, ['rose', 'iris', 'lily'][i % 3]].join());
  write('data.csv', [[...names, 'species'].join(), ...lines].join('\n'));
  parts = Array.from({ length: COUNT }, (_, i) => join('parts', `part-${i + 1}.json`));
  const done = await Promise.all(
    parts.map((part, i) =>
      start(
        'analyze',
        'model.json',
        'data.csv',
        ...READING,
        '--shard',
        `${i + 1}/${COUNT}`,
        '-o',
        part,
        '-q',
        '--workers',
        '1',
      ),
    ),
  );
  expect(done).toEqual(parts.map(() => ({ code: 0, out: '', err: '' })));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string): void {
  writeFileSync(join(directory, name), content);
}

function edit(from: string, to: string, change: (text: string) => string): string {
  write(to, change(readFileSync(join(directory, from), 'utf8')));
  return to;
}

function hessbound(args: string[], cwd = directory): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    cwd,
    input: '',
  });
  return { code: status, out: stdout, err: stderr };
}

function start(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** All but how long the steps took. */
function withoutTimes(json: string): string {
  return json.replaceAll(/"seconds": .*/g, '"seconds": …');
}

describe('merge', () => {
  it('of 7 processes prints what one run prints, byte for byte apart from times', () => {
    const one = hessbound(['analyze', 'model.json', 'data.csv', ...READING, '--json', '-q']);
    const merged = hessbound(['merge', ...parts, '--json', '-q']);
    expect(merged).toMatchObject({ code: 0, err: '' });
    expect(withoutTimes(merged.out)).toBe(withoutTimes(one.out));
    const { subject, moments } = JSON.parse(merged.out) as Record<string, Record<string, unknown>>;
    expect(subject).toBe('model.json on data.csv');
    expect(moments['method']).toBe('gram');
  });

  it('takes the options of analyze, and says what the parts do not hold', () => {
    const options = ['--bounds', 'wolkowiczStyan,gaussNewton', '--exact', '--json'];
    const one = hessbound(['analyze', 'model.json', 'data.csv', ...READING, ...options, '-q']);
    const merged = hessbound(['merge', ...parts, ...options]);
    expect(withoutTimes(merged.out)).toBe(withoutTimes(one.out));
    expect(merged.err).toMatch(
      /^note: .* over pairs of samples that the parts do not hold .* computed here$/m,
    );
    const text = hessbound(['merge', ...parts, '--bounds', 'wolkowiczStyan']);
    expect(text.out).toContain('guaranteed (Wolkowicz-Styan)');
    expect(text.err).not.toContain('note:');
  });

  it('finds the files from anywhere, and where they have moved to', () => {
    const one = hessbound(['merge', ...parts, '--json', '-q']);
    const elsewhere = hessbound(
      ['merge', ...parts.map((part) => join(directory, part)), '--json', '-q'],
      tmpdir(),
    );
    expect(withoutTimes(elsewhere.out)).toBe(withoutTimes(one.out));
    cpSync(join(directory, 'parts'), join(directory, 'moved', 'deep'), { recursive: true });
    const moved = parts.map((_, i) => `moved/deep/part-${i + 1}.json`);
    const { code, err } = hessbound(['merge', ...moved, '-q']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^hessbound: cannot read (data\.csv|model\.json): there is no such file \(looked for in \S+moved; .*\)\n$/,
    );
    const found = hessbound([
      'merge',
      ...moved,
      '--network',
      'model.json',
      '--data',
      'data.csv',
      '--json',
      '-q',
    ]);
    // The files are named by where they are now.
    expect(withoutTimes(found.out).replaceAll(`${directory}/`, '')).toBe(withoutTimes(one.out));
  });

  it('writes parts to standard output, one line each; from 1/1 on, and of more than there are tasks', () => {
    const [single] = [hessbound(['analyze', 'model.json', 'data.csv', ...READING, '--shard', '1/1', '-q'])];
    expect(single.out).toMatch(/^\{.*\}\n$/);
    write('single.json', single.out);
    const one = hessbound(['merge', ...parts, '--json', '-q']);
    expect(withoutTimes(hessbound(['merge', 'single.json', '--json', '-q']).out)).toBe(withoutTimes(one.out));
    const many = Array.from({ length: 40 }, (_, i) => `many-${i + 1}.json`);
    // 16 tasks: in each of the others, nothing.
    const { sums, ...rest } = JSON.parse(single.out) as { sums: { results: string[] }[]; source: object };
    expect(sums[0].results).toHaveLength(16);
    expect(Object.keys(rest)).not.toContain('name');
    const part = hessbound([
      'analyze',
      'model.json',
      'data.csv',
      ...READING,
      '--shard',
      '1/40',
      '-q',
      '-o',
      many[0],
    ]);
    expect(part).toEqual({ code: 0, out: '', err: '' });
    expect(hessbound(['merge', many[0]]).err).toMatch(
      /^hessbound: parts 2, 3, .*, 9 and 31 more of 40 are missing\n$/,
    );
  });

  const [first] = ['parts/part-1.json'];
  const others = (): string[] => parts.slice(1);

  it.each<[string, () => string[], RegExp]>([
    ['a missing part', () => parts.filter((_, i) => i !== 3), /^part 4 of 7 is missing$/],
    [
      'a copy',
      () => [...parts, edit(parts[2], 'copy.json', (text) => text)],
      /^parts\/part-3\.json and copy\.json are both part 3 of 7$/,
    ],
    ['no part', () => [...others(), 'model.json'], /^model\.json: expected a part of an analysis/],
    ['what is no JSON', () => [...others(), 'data.csv'], /^data\.csv: expected JSON of a part; /],
    [
      'what is not there',
      () => [...others(), 'part-1.json'],
      /^cannot read part-1\.json: there is no such file$/,
    ],
    [
      'a part cut short',
      () => [...others(), edit(first, 'cut.json', (text) => text.slice(0, -100))],
      /^cut\.json: expected JSON/,
    ],
    [
      'a part with a bit changed',
      () => [...others(), edit(first, 'bit.json', (text) => text.replace(/("results":\[".{20})./, '$1_'))],
      /^bit\.json: damaged/,
    ],
    [
      'a part of another version',
      () => [
        ...others(),
        edit(first, 'old.json', (text) => text.replace(/"version":"[^"]*"/, '"version":"0.0.9"')),
      ],
      /^old\.json: expected a part computed by hessbound \d\S+; got "0\.0\.9"$/,
    ],
    [
      'other options',
      () => [
        ...others(),
        edit(first, 'asked.json', (text) =>
          text.replace('"--standardize"', '"--standardize","--tolerance=0.5"'),
        ),
      ],
      /^\S+ was computed with other options than \S+: /,
    ],
    [
      'options that are none',
      () => [
        ...others(),
        edit(first, 'evil.json', (text) => text.replace('"--standardize"', '"--output=x"')),
      ],
      /^evil\.json: source\.options: expected options of an analysis; got /,
    ],
    [
      'a source that is none',
      () => [
        ...others(),
        edit(first, 'source.json', (text) => text.replace('"files":["model.json",', '"files":[')),
      ],
      /^source\.json: source\.files: expected two/,
    ],
    [
      'a number too large',
      () => [...others(), edit(first, 'large.json', (text) => text.replace('"count":7', '"count":1e300'))],
      /^large\.json: count: expected an integer from 1 to 10000/,
    ],
    [
      'a changed model',
      () => [
        ...parts,
        '--network',
        edit('model.json', 'changed.json', (text) => text.replace(/0\.\d/, '0.9')),
      ],
      /^changed\.json: expected the network that parts\/part-1\.json was computed from; its SHA-256 is another$/,
    ],
    [
      'changed data',
      () => [...parts, '--data', edit('data.csv', 'changed.csv', (text) => text.replace('rose', 'iris'))],
      /^changed\.csv: expected the data that parts\/part-1\.json was computed from/,
    ],
    ['nothing', () => [], /^merge: expected the files of all parts; got none/],
  ])('refuses %s, by its name', (_, args, message) => {
    const { code, out, err } = hessbound(['merge', ...args(), '-q']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^hessbound: .*\n$/);
    expect(err.slice('hessbound: '.length, -1)).toMatch(message);
  });
});

describe('analyze --shard', () => {
  it.each([
    [['--shard', '0/7'], /expected i\/n, .*; got '0\/7' \(parts count from 1: /],
    [['--shard', '8/7'], /expected i\/n/],
    [['--shard', '1'], /expected i\/n/],
    [['--shard', '1/70000'], /expected i\/n/],
    [
      ['--shard', '1/2', '--export-python', 'a.py'],
      /expected none of .*--html and --export-python; merge takes/,
    ],
    [['-o', 'report.json'], /expected --output with --shard alone; got no --shard/],
    [['--shard', '1/2', '--tolerance', 'x'], /--tolerance: expected a number/],
    [
      ['--shard', '1/2', '-o', 'nowhere/part.json'],
      /^hessbound: cannot write nowhere\/part\.json: there is no directory nowhere/,
    ],
  ])('%j is refused', (options, message) => {
    const { code, err } = hessbound(['analyze', 'model.json', 'data.csv', ...READING, '-q', ...options]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('does not read what merge could not read again', () => {
    expect(hessbound(['analyze', '-', 'data.csv', '--shard', '1/2']).err).toMatch(/got standard input\n$/);
  });

  it('says where there is nothing to share', () => {
    write('small.json', JSON.stringify({ layers: [{ weights: [[1, 2]] }], loss: 'squared-error' }));
    write(
      'few.json',
      JSON.stringify({
        inputs: Array.from({ length: 99 }, (_, i) => [i, 1]),
        targets: Array.from({ length: 99 }, () => 0),
      }),
    );
    const { code, err } = hessbound([
      'analyze',
      'small.json',
      'few.json',
      '--shard',
      '1/1',
      '-o',
      'small-1.json',
    ]);
    expect(code).toBe(0);
    expect(err).toMatch(/note: here the moments come from the assembled Hessian/);
    const merged = hessbound(['merge', 'small-1.json', '--json', '-q']);
    const one = hessbound(['analyze', 'small.json', 'few.json', '--json', '-q']);
    expect(withoutTimes(merged.out)).toBe(withoutTimes(one.out));
  });
});
