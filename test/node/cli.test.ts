/** The command line: its reports, its errors, its help. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetFromJson, networkFromJson } from '../../src/formats/json.js';
import { writeNpy } from '../../src/formats/index.js';
import { loadSync, matrix } from '../../src/index.js';
import { CLI, DATA, EXAMPLES, hessbound, interrupted, NETWORK, type Result, scratch } from './command.js';

const { path, file } = scratch();
const ESCAPE = '\u001b';

describe('demo', () => {
  it('trains iris and reports a bound above the exact value', () => {
    const { code, out, err } = hessbound(['demo']);
    expect(code).toBe(0);
    expect(out).toMatch(/4-8-3 tanh · softmax cross-entropy/);
    expect(out).toMatch(/N = 150 samples · P = 67 parameters/);
    const accuracy = Number(/accuracy ([\d.]+) %/.exec(out)![1]);
    expect(accuracy).toBeGreaterThan(95);
    const upper = Number(/≤ λ_max ≤ (\S+) +guaranteed \(deflated Wolkowicz-Styan\)/.exec(out)![1]);
    const exact = Number(/λ_max = (\S+) +exact/.exec(out)![1]);
    expect(upper).toBeGreaterThanOrEqual(exact);
    expect(upper).toBeLessThan(exact * (1 + 2e-6));
    expect(out).not.toContain(ESCAPE);
    // Nobody watches a pipe: a few plain lines on stderr, none rewritten.
    expect(err).toMatch(/^(training: step \d+ of 500, loss \S+\n){5}$/);
  });

  it('gives the same numbers for the same seed, others for another', () => {
    const json = (seed: string): unknown => {
      const { out } = hessbound(['demo', '--seed', seed, '--steps', '50', '--json', '--quiet']);
      return { ...(JSON.parse(out) as object), steps: undefined };
    };
    expect(json('5')).toEqual(json('5'));
    expect(json('5')).not.toEqual(json('6'));
  });

  it('saves what analyze gives the same numbers for', () => {
    const saved = path(join('new', 'iris'));
    const demo = hessbound(['demo', '--steps', '100', '--hidden', '6,5', '--save', saved, '--json']);
    const files = [join(saved, 'network.json'), join(saved, 'data.json')];
    expect(demo.err).toContain(`hessbound analyze ${files.join(' ')}`);
    const analyzed = hessbound(['analyze', ...files, '--json']);
    const numbers = ({ out }: Result): unknown => ({
      ...(JSON.parse(out) as object),
      steps: undefined,
      subject: undefined,
      origin: undefined,
    });
    expect(numbers(analyzed)).toEqual(numbers(demo));
  });

  it('stops at Ctrl-C with 130', async () => {
    const { code, err } = await interrupted(['demo', '--steps', '100000000'], 'SIGINT', (text) =>
      text.includes('step 0'),
    );
    expect(code).toBe(130);
    expect(err).toMatch(/\nhessbound: interrupted: training, step \d+ of 100000000\n$/);
  });

  it('does not mind a reader that stops early', async () => {
    const child = spawn(process.execPath, [CLI, 'demo', '--steps', '0', '--quiet']);
    child.stdout.destroy();
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
    expect(err).toBe('');
  });
});

describe('analyze', () => {
  it('closes the interval as far as it is told', () => {
    const certificate = (...options: string[]): unknown => {
      const { code, out } = hessbound(['analyze', NETWORK, DATA, '--json', '--quiet', ...options]);
      expect(code).toBe(0);
      return (JSON.parse(out) as { certificate?: unknown }).certificate;
    };
    expect(certificate()).toMatchObject({ converged: true });
    expect(certificate('--tolerance', '0.9')).toMatchObject({ converged: true, products: 4 });
    const few = ['--tolerance', '1e-9', '--max-products', '1'];
    expect(certificate(...few)).toMatchObject({ converged: false, products: 1 });
    expect(hessbound(['analyze', NETWORK, DATA, '--quiet', ...few]).out).toMatch(/Not closed/);
    expect(certificate('--bounds', 'wolkowiczStyan')).toBeUndefined();
  });

  it('prints as JSON exactly what the library computes', () => {
    const { code, out, err } = hessbound(['analyze', NETWORK, DATA, '--json', '--bounds', 'all']);
    const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
    const network = networkFromJson(read(NETWORK));
    const data = datasetFromJson(read(DATA));
    const hb = loadSync();
    const { upper, lower, exact, moments, bounds } = hb.sharpness(network, data, {
      exact: true,
      bounds: 'all',
    });
    expect([code, err]).toEqual([0, 'inferred: the labels are 0 and 1\n']);
    expect(JSON.parse(out)).toMatchObject({
      origin: { format: 'JSON', inferred: ['the labels are 0 and 1'] },
      hessbound: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      network: {
        widths: [2, 3, 1],
        activations: ['tanh', 'identity'],
        loss: 'sigmoid-cross-entropy',
        weightDecay: 0.001,
      },
      samples: 8,
      loss: hb.loss(network, data),
      upper,
      lower,
      bounds,
      exact: { ...exact, values: Array.from(exact!.values) },
      moments: { trace: moments.trace, frobeniusNorm: moments.frobeniusNorm, method: moments.method },
    });
  });

  it('computes the exact spectrum when told', () => {
    expect(hessbound(['analyze', NETWORK, DATA, '--no-exact', '--json']).out).not.toContain('"exact": {');
    expect(hessbound(['analyze', NETWORK, DATA, '--exact', '--json']).out).toContain('"exact": {');
  });

  it('estimates the spectrum when told', () => {
    const estimate = /An estimate, nothing guaranteed: 10 random probes/;
    expect(hessbound(['analyze', NETWORK, DATA, '--no-exact', '--density']).out).toMatch(estimate);
    expect(hessbound(['analyze', NETWORK, DATA, '--no-exact']).out).not.toMatch(estimate);
  });

  it('explains the bound and proves it when told', () => {
    const out = (...options: string[]): string => hessbound(['analyze', NETWORK, DATA, ...options]).out;
    expect(out('--explain')).toContain('Why the bound from the moments is what it is');
    expect(out('--certified')).toMatch(/λ_max ≤ \S+ +proven/);
    expect(out()).not.toMatch(/Why the bound|proven/);
  });

  it('reads either file from standard input', () => {
    // From the headline on: above it stand the names of the files, on one line or two.
    const headline = (out: string): string[] => out.slice(out.indexOf('Sharpness')).split('\n').slice(0, 5);
    const expected = headline(hessbound(['analyze', NETWORK, DATA]).out);
    const input = readFileSync(NETWORK, 'utf8');
    const { code, out } = hessbound(['analyze', '-', DATA], { input: `\uFEFF${input}` });
    expect(code).toBe(0);
    expect(out).toMatch(/standard input on\s/);
    expect(headline(out)).toEqual(expected);
    expect(expected[1]).toMatch(/≤ λ_max ≤/);
  });

  it('uses colour only if it may', () => {
    const output = (env: NodeJS.ProcessEnv): string => hessbound(['analyze', NETWORK, DATA], { env }).out;
    expect(output({})).not.toContain(ESCAPE);
    expect(output({ FORCE_COLOR: '1' })).toContain(ESCAPE);
    expect(output({ FORCE_COLOR: '0' })).not.toContain(ESCAPE);
    expect(output({ NO_COLOR: '1' })).not.toContain(ESCAPE);
  });

  it('takes the files that --help shows', () => {
    const { out } = hessbound(['analyze', '--help']);
    const blocks = out.split(/\n\n/).filter((block) => block.startsWith('    {'));
    expect(blocks).toHaveLength(2);
    const { code } = hessbound(['analyze', file('help-network.json', blocks[0]), '-'], { input: blocks[1] });
    expect(code).toBe(0);
  });
});

describe('bad usage and input exit with 2 and one line that says where', () => {
  const good = JSON.parse(readFileSync(NETWORK, 'utf8')) as { layers: object[] };
  const network = (changes: object): string => file('changed.json', { ...good, ...changes });

  it.each<[string, () => string[], RegExp]>([
    ['an unknown command', () => ['analyse'], /expected a command out of analyze, .*demo.*; got 'analyse'/],
    [
      'an unknown option',
      () => ['demo', '--step', '3'],
      /demo: unknown option --step; did you mean --steps\? \(see hessbound demo --help\)$/,
    ],
    ['a missing value', () => ['demo', '--steps'], /demo: Option '--steps <value>' argument missing/],
    [
      'a value that looks like an option',
      () => ['analyze', NETWORK, DATA, '--max-products', '-1'],
      /^hessbound: analyze: --max-products: expected a value; what follows begins with a dash \(--max-products=… /,
    ],
    [
      'the data before the model',
      () => ['analyze', 'iris.csv', NETWORK],
      /analyze: expected the model, then the data; got iris\.csv, then .*network\.json$/,
    ],
    [
      'a bundled data set before the model',
      () => ['analyze', 'iris', NETWORK],
      /analyze: expected the model, then the data; got iris, then .*network\.json$/,
    ],
    [
      'a misspelt data set',
      () => ['analyze', NETWORK, 'irsi'],
      /cannot read irsi: there is no such file, nor a bundled data set of that name; did you mean iris\?/,
    ],
    [
      'a .npy without targets',
      () => ['analyze', NETWORK, file('X.npy', writeNpy(matrix(2, 2, [1, 2, 3, 4])))],
      /X\.npy: expected an array of targets, y or target; got X; give both files \(.*X\.npy --targets y\.npy\)$/,
    ],
    [
      'a bad number',
      () => ['demo', '--steps', '1.5'],
      /--steps: expected an integer from 0 to \d+; got '1\.5'$/,
    ],
    [
      'a bad width',
      () => ['demo', '--hidden', '8,x'],
      /--hidden: expected an integer from 1 to \d+; got 'x'$/,
    ],
    ['a stray argument', () => ['demo', 'iris'], /demo: expected no files; got 'iris'/],
    ['a contradiction', () => ['demo', '--exact', '--no-exact'], /expected --exact or --no-exact; got both$/],
    [
      'a missing file name',
      () => ['analyze', NETWORK],
      /analyze: expected two arguments, the model and the data; got 1/,
    ],
    [
      'a tolerance of 0',
      () => ['analyze', NETWORK, DATA, '--tolerance', '0'],
      /--tolerance: expected a number above 0, such as 1e-6; got '0'$/,
    ],
    [
      'a number of products that is none',
      () => ['analyze', NETWORK, DATA, '--max-products', 'many'],
      /--max-products: expected an integer from 1 to 1000; got 'many'$/,
    ],
    [
      'an unknown bound',
      () => ['analyze', NETWORK, DATA, '--bounds', 'best'],
      /--bounds: expected all.*got 'best'$/,
    ],
    ['standard input twice', () => ['analyze', '-', '-'], /at most one file from standard input/],
    [
      'a missing file',
      () => ['analyze', 'nowhere.json', DATA],
      /cannot read nowhere\.json: there is no such file$/,
    ],
    ['a directory', () => ['analyze', EXAMPLES, DATA], /cannot read .*examples\/: it is a directory$/],
    [
      'an empty file',
      () => ['analyze', file('empty.json', ''), DATA],
      /empty\.json: expected a model; the file is empty$/,
    ],
    [
      'a file cut off',
      () => ['analyze', file('cut.json', '{\n  "layers": ['), DATA],
      /cut\.json: not valid JSON: .*end of JSON input at line 2, column 14$/,
    ],
    [
      'a misplaced character',
      () => ['analyze', file('token.json', '{ "layers": [\n\n NaN ] }'), DATA],
      /token\.json: not valid JSON: Unexpected token/,
    ],
    [
      'a missing field',
      () => ['analyze', network({ loss: undefined }), DATA],
      /changed\.json: network: expected the field "loss"; it is missing$/,
    ],
    [
      'the wrong file',
      () => ['analyze', DATA, NETWORK],
      /data\.json: network: unknown field "inputs"; known: layers, loss, weightDecay$/,
    ],
    [
      'a ragged matrix',
      () => ['analyze', network({ layers: [{ weights: [[1, 2], [3]] }] }), DATA],
      /changed\.json: network\.layers\[0\]\.weights\[1\]: expected 2 numbers; got 1$/,
    ],
    [
      'layers that do not fit each other',
      () => ['analyze', network({ layers: [...good.layers, ...good.layers] }), DATA],
      /changed\.json: layer layers\[2\]: expected 1 inputs, the outputs of layer layers\[1\]/,
    ],
    [
      'an activation without a Hessian',
      () => ['analyze', network({ layers: [{ weights: [[1, 2]], activation: 'relu' }] }), DATA],
      /changed\.json: layer layers\[0\]: relu cannot be analysed: it has no second derivative/,
    ],
    [
      'data of another width',
      () => ['analyze', NETWORK, file('wide.json', { inputs: [[1, 2, 3]], targets: [1] })],
      /wide\.json: expected 2 inputs, as \S+network\.json takes; got 3$/,
    ],
    [
      'a bound that does not exist',
      () => ['analyze', NETWORK, DATA, '--bounds', 'aPosteriori'],
      /aPosteriori/,
    ],
    [
      'a Hessian too large for --exact',
      () => ['demo', '--steps', '0', '--hidden', '4000', '--exact', '--quiet'],
      /expected at most 16384 parameters for the assembled Hessian; got 32003/,
    ],
    [
      'a place it cannot write to',
      () => ['demo', '--quiet', '--save', NETWORK],
      /cannot save to .*network\.json: /,
    ],
  ])('%s', (_, args, message) => {
    const { code, err } = hessbound(args());
    expect(err).toMatch(/^hessbound: [^\n]+\n$/);
    expect(err.trimEnd()).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('help and version', () => {
  it.each([
    [[]],
    [['--help']],
    [['help']],
    [['help', 'check']],
    [['demo', '--help']],
    [['analyze', '-h']],
    [['bench', '-h']],
    [['check', '-h']],
    [['convert', '-h']],
    [['datasets', '-h']],
    [['merge', '-h']],
    [['train', '-h']],
  ])('explains itself: %j', (args) => {
    const { code, out, err } = hessbound(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: hessbound /);
    expect(out).toContain('Exit codes');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('knows its version', () => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect(hessbound(['--version']).out).toBe(`${version}\n`);
  });
});
