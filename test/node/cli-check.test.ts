/** check, convert, --dry-run, and files of other formats. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  datasetFromJson,
  networkFromJson,
  networkToJson,
  writeNetwork,
  writeNpy,
} from '../../src/formats/index.js';
import { loadSync, matrix } from '../../src/index.js';
import { checkMemory } from '../../src/cli/preview.js';
import { preview } from '../../src/report/preview.js';
import { DATA, hessbound, NETWORK, scratch } from './command.js';

const { path, file } = scratch();
const hb = loadSync();
const network = networkFromJson(JSON.parse(readFileSync(NETWORK, 'utf8')));
const data = datasetFromJson(JSON.parse(readFileSync(DATA, 'utf8')));
const { largest } = hb.sharpness(network, data, { exact: true }).exact!;
const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('check', () => {
  const check = (...options: string[]): ReturnType<typeof hessbound> =>
    hessbound(['check', NETWORK, DATA, '-q', ...options]);
  const loose = ['--max-products', '1'];

  it('says nothing but 0 where the bound is at most what is allowed, when quiet, and one line otherwise', () => {
    expect(check('--max-sharpness', String(1.001 * largest))).toEqual({ code: 0, out: '', err: '' });
    const loud = hessbound(['check', NETWORK, DATA, '--max-sharpness', '2.5']);
    expect(loud).toMatchObject({ code: 0, err: 'inferred: the labels are 0 and 1\n' });
    expect(loud.out).toMatch(/^λ_max ≤ \S+, at most 2\.5 \(guaranteed\)\n$/);
    expect(Number(/≤ (\S+),/.exec(loud.out)![1])).toBeGreaterThanOrEqual(largest);
  });

  it('fails where λ_max is proven to be above', () => {
    const { code, out, err } = check('--max-sharpness', String(0.999 * largest));
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^hessbound: check failed: λ_max ≥ \S+, above \S+ \(guaranteed\)\n$/);
    expect(Number(/≥ (\S+),/.exec(err)![1])).toBeLessThanOrEqual(largest);
  });

  it('fails where nothing is proven, and says so', () => {
    const { code, out, err } = check('--max-sharpness', String(1.001 * largest), ...loose);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^hessbound: check failed: not proven either way: [^\n]*--max-products[^\n]*\n$/);
    const [, lower, upper] = /: (\S+) ≤ λ_max ≤ (\S+) /.exec(err)!;
    expect(Number(lower)).toBeLessThanOrEqual(largest);
    expect(Number(upper)).toBeGreaterThan(1.001 * largest);
  });

  it('compares the exact value when told, and then no bound', () => {
    // The bound from the moments alone would be above.
    expect(check('--exact', '--max-sharpness', String(1.0001 * largest)).code).toBe(0);
    const { code, err } = check('--exact', '--max-sharpness', String(0.9999 * largest));
    expect(code).toBe(1);
    expect(err).toMatch(/check failed: λ_max = \S+, above \S+ \(exact\)\n$/);
  });

  it('stops as soon as it is decided', () => {
    const products = (limit: string): unknown =>
      parsed(check('--json', '--max-sharpness', limit, '--tolerance', '1e-12').out)['products'];
    expect(products('1000')).toBe(4);
    expect(products(String(1.9999999 * largest))).toBe(4);
    expect(products(String((1 + 1e-8) * largest))).toBeGreaterThan(4);
  });

  it('tells machines the same', () => {
    const ok = check('--json', '--max-sharpness', '5');
    expect([ok.code, ok.err]).toEqual([0, '']);
    expect(parsed(ok.out)).toMatchObject({ maxSharpness: 5, outcome: 'within', parameters: 13, samples: 8 });
    const failed = check('--json', '--max-sharpness', '1');
    expect(failed.code).toBe(1);
    expect(parsed(failed.out)).toMatchObject({ maxSharpness: 1, outcome: 'above' });
    expect(failed.err).toMatch(/^hessbound: check failed: [^\n]+\n$/);
    expect(parsed(check('--json', '--max-sharpness', String(1.001 * largest), ...loose).out)).toMatchObject({
      outcome: 'open',
    });
  });

  it('expects a number', () => {
    expect(check()).toMatchObject({ code: 2 });
    expect(check('--max-sharpness', 'flat').err).toBe(
      "hessbound: --max-sharpness: expected a number, such as 2.5; got 'flat'\n",
    );
  });
});

describe('convert', () => {
  const written = (name: string): unknown => JSON.parse(readFileSync(name, 'utf8'));

  it.each(['safetensors', 'npz', 'json'])('to %s and back is the same to the bit', (format) => {
    const there = path(`there.${format}`);
    const back = path(`back-from-${format}.json`);
    const { code, out } = hessbound(['convert', NETWORK, '-o', there]);
    expect([code, out]).toEqual([
      0,
      `wrote ${there}: 2-3-1, 13 parameters, sigmoid-cross-entropy, from JSON\n`,
    ]);
    expect(hessbound(['convert', there, '-o', back]).code).toBe(0);
    expect(written(back)).toEqual(networkToJson(network));
  });

  it('replaces no file unless told, and leaves nothing behind', () => {
    const there = file('taken.json', 'mine');
    const refused = hessbound(['convert', NETWORK, '-o', there]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/taken\.json: a file of that name exists \(--force replaces it\)\n$/);
    expect(readFileSync(there, 'utf8')).toBe('mine');
    expect(hessbound(['convert', NETWORK, '-o', there, '--force', '-q']).code).toBe(0);
    expect(written(there)).toEqual(networkToJson(network));
    expect(hessbound(['convert', DATA, '-o', path('never.json')]).code).toBe(2);
    expect(existsSync(path('never.json'))).toBe(false);
  });
});

describe('files of other tools', () => {
  const csv = `a,b,label\n${Array.from(data.targets as number[], (y, i) => `${data.inputs.data[2 * i]},${data.inputs.data[2 * i + 1]},${y ? 'yes' : 'no'}\n`).join('')}`;
  const bounds = (out: string): unknown => {
    const { lower, upper } = parsed(out);
    return [lower, upper];
  };

  it('give what the project’s own give, say what was inferred, and map the classes', async () => {
    const model = file('model.safetensors', await writeNetwork(network, 'safetensors'));
    const expected = bounds(hessbound(['analyze', NETWORK, DATA, '--json', '-q']).out);
    const { code, out, err } = hessbound(['analyze', model, file('data.csv', csv), '--json']);
    expect(code).toBe(0);
    expect(bounds(out)).toEqual(expected);
    expect(err).toContain('inferred: weights are outputs × inputs, as PyTorch stores them\n');
    const { origin } = parsed(out) as { origin: { inferred: string[]; classes: string[] } };
    expect(origin.classes).toEqual(['no', 'yes']);
    expect(err).toBe(origin.inferred.map((sentence) => `inferred: ${sentence}\n`).join(''));
    expect(hessbound(['analyze', model, path('data.csv')]).out).toMatch(/classes +0 no, 1 yes/);
  });

  it('are checked against the logits of the original, which find an activation that is not said', () => {
    const { layers } = network;
    const bare = {
      '0.weight': layers[0].weights,
      '0.bias': matrix(1, 3, layers[0].bias),
      '1.weight': layers[1].weights,
      '1.bias': matrix(1, 1, layers[1].bias),
    };
    const model = file('weights.safetensors', safetensors(bare));
    const samples = file('samples.csv', csv);
    const logits = hb.logits(network, data.inputs);
    const right = file('logits.npy', writeNpy(logits));
    const args = ['analyze', model, samples, '--weight-decay', '0.001', '--json'];
    expect(hessbound(args)).toMatchObject({ code: 2 });
    const { code, out, err } = hessbound([...args, '--check', right]);
    expect(err).toMatch(/tanh/);
    expect(code).toBe(0);
    expect(bounds(out)).toEqual(bounds(hessbound(['analyze', NETWORK, DATA, '--json', '-q']).out));
    const wrong = file('wrong.npy', writeNpy({ ...logits, data: logits.data.map((z) => z + 0.1) }));
    const refused = hessbound([...args, '--activation', 'tanh', '--check', wrong]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/^hessbound: [^\n]*wrong\.npy: [^\n]+\n$/);
  });
});

describe('--dry-run', () => {
  it('says what it would take, and takes nothing', () => {
    const { code, out } = hessbound(['analyze', NETWORK, DATA, '--dry-run', '-q']);
    expect(code).toBe(0);
    for (const label of ['parameters', 'samples', 'route', 'memory', 'time', 'moments', 'certificate'])
      expect(out).toMatch(new RegExp(`^ +${label} +\\S`, 'm'));
    expect(out).not.toContain('λ_max');
    const json = parsed(hessbound(['analyze', NETWORK, DATA, '--dry-run', '-q', '--json']).out);
    expect(json).toMatchObject({ dryRun: true, parameters: 13, samples: 8, route: 'gram', products: 13 });
    expect(json).not.toHaveProperty('upper');
  });

  it('refuses what cannot fit, in one line', () => {
    const before = preview(network, data, {}, { workers: 1 });
    expect(() => checkMemory(before, 2 ** 40)).not.toThrow();
    expect(() => checkMemory(before, 2 ** 20)).toThrow(
      /^expected a problem that fits into memory, 1 MiB here; [^\n]+$/,
    );
    const large = { ...before, workerMemory: { least: 2 ** 33, most: 2 ** 33 } };
    expect(() => checkMemory(large, 2 ** 40)).toThrow(/fits into the 4 GiB of a worker; [^\n]+ about 8 GiB/);
  });
});

/** Written by the format's definition, apart from the writer under test: names and shapes, and nothing of activations. */
function safetensors(
  tensors: Record<string, { rows: number; cols: number; data: Float64Array }>,
): Uint8Array {
  let end = 0;
  const header = Object.entries(tensors).map(([name, { rows, cols, data }]) => {
    const shape = name.endsWith('bias') ? [cols] : [rows, cols];
    const entry = { dtype: 'F64', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
    return [name, entry];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = Object.values(tensors).map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  return Buffer.concat([length, text, ...numbers]);
}
