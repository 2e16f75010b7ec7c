/** hessbound train, as a user runs it. What training does is for training.test.ts; here that the command does what the library does. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataset } from '../../src/datasets/index.js';
import { readNetwork } from '../../src/formats/index.js';
import { initialize, loadSync, type Network, type TrainingReport } from '../../src/index.js';
import { CLI, hessbound, type Result, scratch } from './command.js';

const { path } = scratch();

/** Without colour, in the directory of this file's tests. */
function train(...args: string[]): Result {
  return hessbound(['train', ...args], { cwd: path(''), env: { NO_COLOR: '1' } });
}

interface Document {
  training: { history: TrainingReport[]; stopped?: { step: number }; seed: number; learningRate: number };
  upper?: number;
  loss?: number;
  network?: { widths: number[]; activations: string[]; loss: string; weightDecay: number };
}

function json(...args: string[]): Document {
  const { code, out, err } = train(...args, '--json', '--quiet');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Document;
}

async function saved(name: string): Promise<Network> {
  const { network } = await readNetwork({ name, bytes: readFileSync(path(name)) });
  return network;
}

describe('training', () => {
  it('is that of the library, to the bit', async () => {
    const options = ['--hidden', '5,4', '--activation', 'gelu', '--seed', '3', '--steps', '30'];
    const { training, network, loss } = json(
      'moons',
      ...options,
      '--weight-decay',
      '0.01',
      '-o',
      'model.npz',
    );
    const { data } = await dataset('moons');
    const initial = {
      ...initialize({ widths: [2, 5, 4, 2], activation: 'gelu', loss: 'softmax-cross-entropy', seed: 3 }),
      weightDecay: 0.01,
    };
    const hb = loadSync();
    const expected = hb.train(initial, data, {
      steps: 30,
      learningRate: 0.01,
      seed: 3,
      every: 3,
      report: ['certificate'],
    });
    expect(training.history).toEqual(expected.history);
    expect(network).toEqual({
      widths: [2, 5, 4, 2],
      activations: ['gelu', 'gelu', 'identity'],
      loss: 'softmax-cross-entropy',
      weightDecay: 0.01,
    });
    expect(loss).toBe(hb.loss(expected.network, data));
    expect(await saved('model.npz')).toEqual(expected.network);
  });

  it.each([
    ['sgd', ['--momentum', '0.9', '--learning-rate', '0.05', '--schedule', 'step:10:0.5']],
    ['sam', ['--rho', '0.1', '--base', 'adam', '--decoupled-decay', '0.1']],
    ['adam', ['--batch-size', '37', '--schedule', 'linear:40']],
    ['adam', ['--regularizer', 'hsr', '--strength', '0.01', '--batch-size', '50']],
    ['sgd', ['--regularizer', 'frobenius', '--strength', '0.01', '--normalized']],
  ])('%s goes on in the same bits: %j', async (optimizer, options) => {
    const common = [
      'moons',
      '--optimizer',
      optimizer,
      ...options,
      '--no-report',
      '--measure',
      'none',
      '--quiet',
    ];
    const run = (...args: string[]): void => expect(train(...common, '--hidden', '4', ...args).err).toBe('');
    run('--steps', '20', '-o', 'whole.json', '--report', '7');
    run('--steps', '9', '--save-state', 'part.json', '--report', '4');
    run('--steps', '11', '--resume', 'part.json', '-o', 'resumed.json');
    expect(await saved('resumed.json')).toEqual(await saved('whole.json'));
  });

  it('begins with a network from a file', async () => {
    expect(train('moons', '--steps', '15', '--no-report', '-o', 'first.safetensors', '-q').err).toBe('');
    const { training } = json('moons', '--from', 'first.safetensors', '--steps', '0', '--no-report');
    const { data } = await dataset('moons');
    expect(training.history[0].loss).toBe(loadSync().loss(await saved('first.safetensors'), data));
  });

  it('says at which step it diverged, and keeps the state before that', async () => {
    writeFileSync(path('line.csv'), 'x,y\n1,2.5\n2,3.5\n3,1.5\n');
    const diverging = ['--optimizer', 'sgd', '--learning-rate', '1e3', '--hidden', 'none', '--steps', '1000'];
    const { code, out, err } = train('line.csv', ...diverging, '--no-report', '-q', '-o', 'diverged.json');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^hessbound: training stopped at step \d+: .*; what is given is the state before that\n$/,
    );
    expect(out).toMatch(/^ +step +loss +λ_max ≥ +≤ +2\/η$/m);
    expect((await saved('diverged.json')).layers[0].weights.data.every(Number.isFinite)).toBe(true);
  });
});

describe('what the data ask for', () => {
  const csv = (name: string, text: string): string => {
    writeFileSync(path(name), text);
    return name;
  };

  it.each<[string, string, string[], string, number[]]>([
    ['names', 'a,b,kind\n1,2,cat\n3,4,dog\n5,6,owl\n', [], 'softmax-cross-entropy', [2, 16, 3]],
    ['values', 'a,b,y\n1,2,0.5\n3,4,1.25\n', ['--hidden', '3'], 'squared-error', [2, 3, 1]],
    [
      'two classes on one output',
      'a,label\n1,no\n3,yes\n',
      ['--loss', 'sigmoid-cross-entropy'],
      'sigmoid-cross-entropy',
      [1, 16, 1],
    ],
    [
      'rows of zeros and a one',
      'a,label\n1,x\n3,y\n4,z\n',
      ['--loss', 'squared-error', '--one-hot'],
      'squared-error',
      [1, 16, 3],
    ],
    ['no hidden layer', 'a,label\n1,x\n3,y\n', ['--hidden', 'none'], 'softmax-cross-entropy', [1, 2]],
  ])('%s', (name, text, options, loss, widths) => {
    const { network } = json(csv(`${name}.csv`, text), '--steps', '2', ...options);
    expect(network).toMatchObject({ loss, widths });
  });

  it('is said', () => {
    const { err } = train('iris', '--steps', '1', '--no-report', '--standardize');
    expect(err).toMatch(/inferred: the targets are classes: the loss is softmax-cross-entropy\n/);
    expect(err).toMatch(/inferred: the inputs are standardized/);
  });
});

describe('the table', () => {
  it('has a line every n steps, with what was asked for', () => {
    const { out } = train(
      'moons',
      '--steps',
      '10',
      '--report',
      '4',
      '--measure',
      'bound,exact',
      '--no-report',
      '--optimizer',
      'sgd',
      '-q',
    );
    const [head, ...rows] = out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    expect(head).toEqual(['step', 'loss', 'accuracy', 'bound', 'exact', '2/η']);
    expect(rows.map(([step]) => step)).toEqual(['0', '4', '8', '10']);
    for (const [, , , , bound, exact, stability] of rows) {
      expect(Number(bound)).toBeGreaterThanOrEqual(Number(exact));
      expect(Number(stability)).toBe(20);
    }
  });

  it('is followed by the report, unless that is not wanted', () => {
    const options = ['xor', '--hidden', '3', '--steps', '5', '-q'];
    expect(train(...options).out).toMatch(
      /Sharpness: the ends of the Hessian spectrum[^]*xor \(bundled\)|xor \(bundled\)[^]*Sharpness/,
    );
    expect(train(...options, '--no-report').out).not.toContain('Sharpness');
  });
});

describe('what is written', () => {
  it('a script for PyTorch of the trained network', () => {
    const { code, err } = train('xor', '--hidden', '3', '--steps', '5', '--export-python', 'check.py');
    expect(code).toBe(0);
    expect(err).toContain('wrote check.py and check.npz; to check these numbers: python3 check.py\n');
    expect(readFileSync(path('check.py'), 'utf8')).toContain('nn.Linear(2, 3)');
    expect(existsSync(path('check.npz'))).toBe(true);
  });

  it.each([
    [
      ['-o', 'stopped.safetensors', '--save-state', 'stopped.json'],
      /interrupted: training, step \d+ of \d+; wrote stopped\.safetensors and stopped\.json as of step \d+\n$/,
    ],
    [[], /interrupted: [^;]+\n$/],
  ])('at Ctrl-C, the last state, where a file was asked for: %j', async (options, message) => {
    const args = ['train', 'moons', '--steps', '1000000', '--report', '200000', ...options];
    const child = spawn(process.execPath, [CLI, ...args], { cwd: path('') });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // The first line of the table: the steps have begun, and two ticks later there is a state.
      if (/^ +0 /m.test(text)) setTimeout(() => child.kill('SIGINT'), 3000);
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(130);
    expect(err).toMatch(message);
    if (options.length === 0) return;
    const step = Number(/as of step (\d+)/.exec(err)![1]);
    expect(step).toBeGreaterThan(0);
    const state = JSON.parse(readFileSync(path('stopped.json'), 'utf8')) as { step: number };
    expect(state.step).toBe(step);
    expect((await saved('stopped.safetensors')).layers).toHaveLength(2);
  });
});

describe('refused with 2 and one line', () => {
  it.each<[string[], RegExp]>([
    [[], /train: expected one argument, the data; got 0/],
    [['moons', 'iris'], /train: expected one argument, the data; got 2/],
    [['nowhere.csv'], /cannot read nowhere\.csv: there is no such file/],
    [['moons', '--hidden', '8,x'], /--hidden: expected an integer from 1 to 1000000; got 'x'/],
    [['moons', '--activation', 'relu'], /--activation: relu cannot be analysed: it has no second derivative/],
    [['moons', '--activation', 'tanhh'], /--activation: expected one of identity, tanh.*did you mean tanh/],
    [['moons', '--optimizer', 'lion'], /--optimizer: expected one of adam|sgd, adam, sam; got 'lion'/],
    [['moons', '--momentum', '0.9'], /--momentum: expected only with --optimizer sgd/],
    [
      ['moons', '--optimizer', 'sgd', '--momentum', '1'],
      /--momentum: expected a number from 0 to below 1; got '1'/,
    ],
    [['moons', '--rho', '1'], /--rho: expected only with --optimizer sam/],
    [['moons', '--regularizer', 'hsr'], /--regularizer: expected --strength with it; it is missing/],
    [['moons', '--strength', '1'], /--strength: expected only with --regularizer/],
    [['moons', '--schedule', 'cosine'], /--schedule: expected linear, linear:STEPS, or step:EVERY:FACTOR/],
    [['moons', '--schedule', 'step:10:2'], /--schedule: expected linear/],
    [['moons', '--measure', 'all'], /--measure: expected one of bound, certificate, exact; got 'all'/],
    [
      ['moons', '--output', 'model.pt'],
      /--output: expected a file that ends in \.json, \.safetensors, \.npz; got 'model\.pt'/,
    ],
    [
      ['moons', '--export-python', 'check'],
      /--export-python: expected a file name that ends in \.py; got 'check'/,
    ],
    [
      ['moons', '--no-report', '--export-python', 'check.py'],
      /expected --no-report, or --html and --export-python/,
    ],
    [['moons', '--layout', 'in-out'], /--layout: expected only with --from/],
    [
      ['moons', '--from', 'model.npz', '--hidden', '3'],
      /--hidden: expected only with a network that begins from nothing/,
    ],
    [['moons', '--resume', 'nowhere.json'], /cannot read nowhere\.json/],
    [['one.csv'], /one\.csv: expected at least two classes to tell apart; got one/],
    [['moons', '--resume', 'broken.json'], /broken\.json: /],
    [
      ['moons', '--resume', 'foreign.json'],
      /foreign\.json: state: expected the state of a network \(2-16-2.*\); got that of \(2-3-2/,
    ],
  ])('%j', (args, message) => {
    writeFileSync(path('one.csv'), 'a,label\n1,x\n2,x\n');
    writeFileSync(path('broken.json'), '{"version": 1');
    if (args.includes('foreign.json') || args.includes('--from')) {
      const files = ['--save-state', 'foreign.json', '-o', 'model.npz'];
      train('moons', '--hidden', '3', '--steps', '1', '--no-report', '-q', ...files);
    }
    const { code, err } = train(...args);
    expect(err).toMatch(/^hessbound: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('before a training', () => {
  interface Before {
    dryRun: boolean;
    parameters: number;
    seconds: { least: number; most: number };
    steps: { name: string; seconds: { least: number } }[];
  }
  const before = (...args: string[]): Before => json('iris', '--dry-run', ...args) as unknown as Before;
  const secondsOf = ({ steps }: Before, step: string): number =>
    steps.find(({ name }) => name === step)!.seconds.least;

  it('--dry-run says what it will take, and trains nothing', () => {
    const output = path('never.json');
    const { code, out } = train('iris', '--steps', '1000000000', '--dry-run', '-o', output);
    expect(code).toBe(0);
    expect(out).toMatch(/^iris \(bundled\)\n {2}parameters +131\n {2}samples +150\n/);
    expect(out).toMatch(/\n {4}training +about \d+ (min|h)\n {4}measuring +about/);
    expect(existsSync(output)).toBe(false);
    // A thousand times the steps take a thousand times as long, but for the speed of the machine, which is measured each time.
    const [few, many] = [before('--steps', '1000'), before('--steps', '1000000')];
    expect(many).toMatchObject({ dryRun: true, parameters: 131 });
    const ratio = secondsOf(many, 'training') / secondsOf(few, 'training');
    expect(ratio).toBeGreaterThan(100);
    expect(ratio).toBeLessThan(10_000);
    expect(few.steps.map(({ name }) => name)).toContain('moments');
    expect(before('--no-report', '--measure', 'none').steps.map(({ name }) => name)).toEqual(['training']);
  });

  it('is announced where it is long, and where memory does not suffice refused', async () => {
    const child = spawn(process.execPath, [CLI, 'train', 'iris', '--steps', '1000000000', '--no-report'], {
      cwd: path(''),
    });
    let err = '';
    await new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
        if (err.includes('131 parameters, 150 samples')) child.kill('SIGINT');
      });
      child.on('exit', () => resolve());
    });
    expect(err).toMatch(/\n131 parameters, 150 samples, .*: about \d+ MiB, about \d+ (min|h)/);
    const large = train('iris', '--hidden', '300,300', '--exact', '--steps', '1000000000');
    expect(large.code).toBe(2);
    expect(large.err).toMatch(/hessbound: .*(memory|parameters)/);
  });
});

it("activations go by any tool's name", () => {
  const numbers = (name: string): unknown =>
    json('xor', '--steps', '2', '--activation', name, '--no-report').training.history;
  expect(numbers('Tanh')).toEqual(numbers('tanh'));
  expect(numbers('logistic')).toEqual(numbers('sigmoid'));
  expect(numbers('sigmoid')).not.toEqual(numbers('tanh'));
});
