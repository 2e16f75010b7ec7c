/** hessbound datasets, and bundled data sets in place of files, as a user runs them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataset, DATASET_NAMES, DATASETS } from '../../src/datasets/index.js';
import { networkToJson, readDataset } from '../../src/formats/index.js';
import { initialize } from '../../src/index.js';

const BIN = resolve(import.meta.dirname, '../../bin/hessbound.js');

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hessbound-datasets-'));
  const network = initialize({
    widths: [4, 2, 3],
    activation: 'tanh',
    loss: 'softmax-cross-entropy',
    seed: 1,
  });
  writeFileSync(join(directory, 'model.json'), JSON.stringify(networkToJson(network)));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync('node', [BIN, ...args], { cwd: directory, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('hessbound datasets', () => {
  it('lists every data set with its shape, source and licence, in 80 columns', () => {
    const { code, out, err } = run('datasets');
    expect([code, err]).toEqual([0, '']);
    const text = out.replace(/\s+/g, ' ');
    for (const name of DATASET_NAMES) {
      const { samples, inputs, source } = DATASETS[name];
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
      expect(text).toContain(`${samples} samples of ${inputs} inputs`);
      expect(text).toContain(source);
    }
    expect(text).toContain('CC BY 4.0');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const { datasets } = JSON.parse(run('datasets', '--json').out) as { datasets: object };
    expect(datasets).toEqual(DATASETS);
  });

  it.each(['csv', 'npz', 'json'])('writes .%s, which reads back the same to the bit', async (ending) => {
    const file = `moons.${ending}`;
    const options = ['--samples', '50', '--noise', '0.2', '--seed', '7'];
    const { code, err } = run('datasets', 'moons', ...options, '-o', file);
    expect([code, err]).toEqual([0, `wrote ${file}: 50 samples of 2 inputs, 2 classes\n`]);
    const expected = await dataset('moons', { samples: 50, noise: 0.2, seed: 7 });
    const bytes = readFileSync(join(directory, file));
    const read = await readDataset({ name: file, bytes }, { classes: expected.classes });
    expect(read.data.inputs).toEqual(expected.data.inputs);
    expect(Array.from(read.data.targets as Float64Array)).toEqual(expected.data.targets);
    expect(read.features).toEqual(expected.features);
    expect(read.classes).toEqual(expected.classes);
    expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('writes CSV with names to standard output', () => {
    const { code, out, err } = run('datasets', 'xor', '--samples', '4', '--noise', '0');
    expect([code, err, out]).toEqual([0, '', 'x1,x2,label\n0,0,false\n0,1,true\n1,0,true\n1,1,false\n']);
    expect(run('datasets', 'iris').out.split('\n')[51]).toBe('7,3.2,4.7,1.4,versicolor');
  });

  it.each<[string[], string]>([
    [
      ['moon'],
      "datasets: expected one of iris, breast-cancer, digits, moons, circles, spirals, xor; got 'moon'; did you mean moons?",
    ],
    [['iris', 'xor'], 'datasets: expected one data set; got 2 (see hessbound datasets --help)'],
    [['iris', '--noise', '1'], '--noise: expected none for iris, which is not generated'],
    [['moons', '--turns', '1'], '--turns: expected none for moons, which has no such option'],
    [['--samples', '3'], 'datasets: expected the name of a data set for --samples; got none'],
    [['moons', '--samples', '1e3'], "--samples: expected an integer from 1 to 16777216; got '1e3'"],
    [['moons', '-o', 'a.txt'], "--output: expected a file that ends in .csv, .npz, .json; got 'a.txt'"],
    [['moons', '-o', 'none/a.csv'], 'cannot write none/a.csv: '],
  ])('refuses %j', (args, message) => {
    const { code, out, err } = run('datasets', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(`hessbound: ${message}`), err).toBe(true);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('a bundled data set in place of a file', () => {
  it('is taken where there is no such file, and said', async () => {
    const args = ['analyze', 'model.json', 'iris', '--json', '--no-exact'];
    const bundled = run(...args);
    expect(bundled.code, bundled.err).toBe(0);
    expect(bundled.err).toContain('iris is the bundled data set: there is no file of that name');
    expect(run('datasets', 'iris', '-o', 'flowers.csv').code).toBe(0);
    const written = run('analyze', 'model.json', 'flowers.csv', '--json', '--no-exact');
    const upper = ({ out }: { out: string }): unknown => /"upper": [\d.e-]+/.exec(out)?.[0];
    expect(upper(bundled)).toBeDefined();
    expect(upper(bundled)).toBe(upper(written));
    // The file of that name comes first: another data set, which the network does not take.
    const { data } = await dataset('xor', { samples: 4 });
    writeFileSync(join(directory, 'iris'), `${[...data.inputs.data].join(',')},a\n`);
    const own = run(...args);
    expect(own.code).toBe(2);
    expect(own.err).toContain('iris: expected 4 inputs, as model.json takes; got 8 columns');
    rmSync(join(directory, 'iris'));
  });
});
