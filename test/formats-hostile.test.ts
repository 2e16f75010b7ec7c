/** Truncated, contradictory and hostile files, each made by hand after its format's definition: one line that says what is wrong. */
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FormatError, readNetwork } from '../src/formats/index.js';
import { readNpy } from '../src/formats/npy.js';
import { readZip } from '../src/formats/zip.js';
import { rawSafetensors, safetensorsOf } from './reference/safetensors.js';

const HINTS = { activation: 'tanh', loss: 'squared-error' } as const;
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const doubles = (...numbers: number[]): Uint8Array => new Uint8Array(Float64Array.from(numbers).buffer);

async function refusal(bytes: Uint8Array, name = 'file'): Promise<string> {
  const problem: unknown = await readNetwork({ name, bytes }, HINTS).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(FormatError);
  return (problem as FormatError).message;
}

describe('files of no known format', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /^file: expected a model; the file is empty$/],
    ['text', utf8('1,2,3\n'), /^file: expected a model: safetensors, NumPy .* or JSON; got a text$/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8), /got a gzip file; unpack it$/],
    ['Git LFS', utf8('version https://git-lfs.github.com/spec/v1\n'), /git lfs pull/],
    ['bytes', Uint8Array.of(1, 2, 3), /got one that begins 01 02 03$/],
    [
      'a zip of something else',
      zipSync({ 'a.txt': utf8('a') }),
      /expected a zip archive of .* got one of a\.txt$/,
    ],
  ])('%s', async (_, bytes, message) => {
    expect(await refusal(bytes)).toMatch(message);
  });

  it('are taken by their names where no content tells', async () => {
    expect(await refusal(Uint8Array.of(1), 'm.safetensors')).toMatch(
      /expected eight bytes with the length of the header; got 1$/,
    );
    expect(await refusal(utf8('hello'), 'm.npz')).toMatch(/end record is missing/);
    expect(await refusal(utf8('hello'), 'm.npy')).toMatch(/expected a NumPy array/);
    expect(await refusal(utf8('hello'), 'm.pt')).toMatch(/pickle/);
    expect(await refusal(utf8('hello'), 'm.JSON')).toMatch(/not valid JSON/);
  });

  it('that cannot be read say so, as a folder dropped on a page', async () => {
    const folder = {
      name: 'models',
      arrayBuffer: () => Promise.reject(new Error('A requested file could not be found')),
    };
    await expect(readNetwork(folder)).rejects.toThrow(
      /^models: it cannot be read \(A requested .*is it a directory\?$/,
    );
    await expect(readNetwork([])).rejects.toThrow(TypeError);
    await expect(readNetwork(7 as never)).rejects.toThrow(/files\[0\]: expected \{ name, bytes/);
    await expect(readNetwork('no/such/model.json')).rejects.toThrow(
      /files\[0\]: .* for which only Node has files$|^no\/such\/model\.json: it cannot be read \(ENOENT/,
    );
  });

  it('show names as they are, without what terminals obey', async () => {
    expect(await refusal(utf8('x'), 'a\u001b[2J\nb')).toMatch(/^a\\u001b\[2J\\u000ab: /);
  });
});

describe('safetensors', () => {
  const tensor = (fields: object): string =>
    JSON.stringify({ '0.weight': { dtype: 'F64', shape: [1, 2], data_offsets: [0, 16], ...fields } });
  const two = (a: number[], b: number[], more = ''): string =>
    `{"0.weight":{"dtype":"F64","shape":[1,2],"data_offsets":[${a.join(',')}]},"2.weight":{"dtype":"F64","shape":[1,1],"data_offsets":[${b.join(',')}]}${more}}`;
  const data = doubles(1, 2, 3);

  it('is no pickle, whatever the length of its header', async () => {
    const header = (size: number): string =>
      '{"weight":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}'.padEnd(size);
    for (const size of [0x280, 0x380, 0x480, 0x580]) {
      const bytes = rawSafetensors(header(size), doubles(7));
      expect(bytes[0]).toBe(0x80);
      const { network } = await readNetwork({ name: 'x', bytes }, HINTS);
      expect(network.layers[0].weights.data).toEqual(Float64Array.of(7));
    }
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'header of 2^63',
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123),
      /header: expected a length of at most 1 bytes, which are left in the file; got 9223372036854775808/,
    ],
    ['header not JSON', rawSafetensors('{"a"', data), /header: not valid JSON/],
    [
      'header not UTF-8',
      Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 123, 255, 125),
      /header: expected JSON in UTF-8/,
    ],
    [
      'key twice',
      rawSafetensors(
        two([0, 16], [16, 24], ',"0.weight":{"dtype":"F64","shape":[1,1],"data_offsets":[16,24]}'),
        data,
      ),
      /header: expected the key "0\.weight" once/,
    ],
    [
      'hole',
      rawSafetensors(two([0, 16], [16, 24]), doubles(1, 2, 3, 4)),
      /bytes 24 to 32 of the data belong to no tensor/,
    ],
    [
      'hole between',
      rawSafetensors(two([0, 16], [24, 32]), doubles(1, 2, 3, 4)),
      /bytes 16 to 24 of the data belong to no tensor/,
    ],
    [
      'overlap',
      rawSafetensors(two([0, 16], [8, 16]), doubles(1, 2)),
      /tensor 2\.weight: it overlaps with another from byte 8/,
    ],
    [
      'out of range',
      rawSafetensors(tensor({ data_offsets: [0, 32] }), data),
      /tensor 0\.weight: expected data_offsets within the 24 bytes of data; got \[0, 32\]/,
    ],
    ['backwards', rawSafetensors(tensor({ data_offsets: [16, 0] }), data), /data_offsets within/],
    ['negative', rawSafetensors(tensor({ data_offsets: [-8, 8] }), data), /data_offsets within/],
    [
      'fraction',
      rawSafetensors(tensor({ data_offsets: [0, 16.5] }), data),
      /data_offsets to be two integers/,
    ],
    [
      'shape not the size',
      rawSafetensors(tensor({ shape: [1, 3] }), doubles(1, 2)),
      /tensor 0\.weight: expected 24 bytes, for \[1, 3\] of F64; got 16/,
    ],
    [
      'shape of 2^62',
      rawSafetensors(tensor({ shape: [2 ** 31, 2 ** 31] }), data),
      /shape of at most 64 integers from 0 to 268435456; got \[2147483648, 2147483648\]/,
    ],
    [
      'product of 2^56',
      rawSafetensors(tensor({ shape: [2 ** 28, 2 ** 28] }), data),
      /at most 268435456 numbers/,
    ],
    [
      'dtype',
      rawSafetensors(tensor({ dtype: 'F8_E4M3' }), data),
      /tensor 0\.weight: expected a dtype out of F64, .*; got "F8_E4M3"/,
    ],
    ['dtype of Object', rawSafetensors(tensor({ dtype: 'constructor' }), data), /expected a dtype/],
    [
      'field',
      rawSafetensors(tensor({ strides: [] }), doubles(1, 2)),
      /tensor 0\.weight: expected dtype, shape and data_offsets; got "strides"/,
    ],
    ['null', rawSafetensors('{"a":null}', data), /tensor a: expected an object; got null/],
    [
      'metadata',
      rawSafetensors('{"__metadata__":{"a":1}}', data),
      /__metadata__: expected strings; got 1 for a/,
    ],
    [
      'NaN',
      safetensorsOf({ '0.weight': [1, 2] }, (_, k) => (k === 1 ? NaN : 1)),
      /layer 0: expected finite weights; got NaN at entry 1/,
    ],
    [
      'loss',
      safetensorsOf({ '0.weight': [1, 1] }, undefined, { loss: 'hinge' }),
      /loss: expected one of .*; got "hinge"/,
    ],
    [
      'weight_decay',
      safetensorsOf({ '0.weight': [1, 1] }, undefined, { weight_decay: '-1' }),
      /weight_decay: expected a number ≥ 0; got "-1"/,
    ],
    [
      'classes',
      safetensorsOf({ '0.weight': [3, 1] }, undefined, { classes: '["a", "b"]' }),
      /classes: expected 3 names, as many as there are outputs; got 2/,
    ],
    [
      'activations',
      safetensorsOf({ '0.weight': [1, 1] }, undefined, { activations: 'tanh,tanh' }),
      /activations: expected 1 names, .*; got 2/,
    ],
  ])('%s', async (_, bytes, message) => {
    expect(await refusal(bytes, 'm.safetensors')).toMatch(message);
  });
});

describe('npy', () => {
  const npy = (header: string, content: Uint8Array = doubles(1, 2), version = 1): Uint8Array => {
    const text = utf8(header);
    const size =
      version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
    return Uint8Array.of(0x93, ...utf8('NUMPY'), version, 0, ...size, ...text, ...content);
  };
  const dict = (descr: string, order: string, shape: string): string =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const of = (shape: string, content: Uint8Array, descr = "'<f8'", order = 'False'): Uint8Array =>
    npy(dict(descr, order, shape), content);

  it('of every version and order', () => {
    for (const version of [1, 2, 3]) {
      const file = { name: 'x', bytes: npy(dict("'<f8'", 'False', '(1, 2)'), doubles(1, 2), version) };
      expect(readNpy(file)).toEqual({ shape: [1, 2], type: 'f64', numbers: Float64Array.of(1, 2) });
    }
    const cube = Array.from({ length: 24 }, (_, i) => i);
    // Entry (i, j, k) of 2 × 3 × 4 in Fortran order is at i + 2 j + 6 k.
    const expected = cube.map((n) => Math.floor(n / 12) + 2 * (Math.floor(n / 4) % 3) + 6 * (n % 4));
    expect(readNpy({ name: 'x', bytes: of('(2, 3, 4)', doubles(...cube), "'<f8'", 'True') })).toMatchObject({
      numbers: Float64Array.from(expected),
    });
    expect(
      readNpy({ name: 'x', bytes: of('(2, 3)', doubles(0, 3, 1, 4, 2, 5), "'<f8'", 'True') }),
    ).toMatchObject({ numbers: Float64Array.of(0, 1, 2, 3, 4, 5) });
    expect(readNpy({ name: 'x', bytes: of('()', doubles(7)) })).toMatchObject({
      shape: [],
      numbers: Float64Array.of(7),
    });
    expect(readNpy({ name: 'x', bytes: of('(2L,)', doubles(7, 8)) })).toMatchObject({ shape: [2] });
    const texts = { bytes: of('(2,)', Uint8Array.of(...utf8('aé'), ...utf8('b'), 0, 0), "'|S3'"), name: 'x' };
    expect(readNpy(texts)).toEqual({ shape: [2], strings: ['aé', 'b'] });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['truncated', Uint8Array.of(0x93, ...utf8('NUMPY')), /truncated before the header/],
    [
      'version',
      npy(dict("'<f8'", 'False', '(2,)'), doubles(1, 2), 4),
      /expected version 1, 2 or 3 of the \.npy format; got 4/,
    ],
    [
      'short header',
      npy(dict("'<f8'", 'False', '(2,)')).subarray(0, 40),
      /header: expected \d+ bytes; the file ends after 30/,
    ],
    [
      'long header',
      Uint8Array.of(0x93, ...utf8('NUMPY'), 2, 0, 255, 255, 255, 127),
      /header: expected at most 10000 bytes; got 2147483647/,
    ],
    ['no dict', npy('[1]'), /header: expected a Python dict/],
    [
      'code',
      npy("{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,)}"),
      /header: expected a Python dict/,
    ],
    [
      'key twice',
      npy("{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"),
      /header: expected descr once/,
    ],
    [
      'key missing',
      npy("{'descr': '<f8', 'shape': (2,)}"),
      /header: expected fortran_order to be True or False; got none/,
    ],
    [
      'key too many',
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': True}"),
      /expected descr, fortran_order and shape; got/,
    ],
    ['too short', of('(3,)', doubles(1, 2)), /expected 24 bytes of data, for 3 entries of '<f8'; got 16/],
    ['too long', of('(1,)', doubles(1, 2)), /expected 8 bytes of data/],
    ['dimension of 10^18', of('(1000000000000000000,)', doubles(1)), /a dimension of 1000000000000000000/],
    [
      '2^56 entries',
      of('(268435456, 268435456)', doubles(1)),
      /expected at most 268435456 entries; got 268435456 × 268435456/,
    ],
    ['negative', of('(-1,)', doubles(1)), /header: expected/],
    ['65 dimensions', of(`(${'1, '.repeat(65)})`, doubles(1)), /at most 64 dimensions; got 65/],
    ['dates', of('(1,)', doubles(1), "'<M8[s]'"), /descr: expected numbers/],
    ['bfloat16', of('(4,)', doubles(1), "'<V2'"), /save it as float32/],
    ['empty strings', of('(100000000,)', new Uint8Array(), "'<U0'"), /strings of at least one character/],
    [
      'no Unicode',
      of('(1,)', Uint8Array.of(0, 0, 0x11, 0), "'<U1'"),
      /expected Unicode; got the code point 1114112 in string 0/,
    ],
    ['no UTF-8', of('(1,)', Uint8Array.of(255), "'|S1'"), /expected UTF-8; string 0 is not/],
  ])('%s', (_, bytes, message) => {
    expect(() => readNpy({ name: 'x.npy', bytes })).toThrow(message);
    expect(() => readNpy({ name: 'x.npy', bytes })).toThrow(FormatError);
  });
});

describe('zip', () => {
  const big = new Uint8Array(1_000_000);
  const archive = zipSync({ 'a.npy': big, 'b.npy': Uint8Array.of(1, 2, 3) }, { level: 9 });
  /** Where the list begins, from the end record. */
  const list = new DataView(archive.buffer).getUint32(archive.length - 6, true);
  const changed = (change: (view: DataView) => void): (() => unknown) => {
    const bytes = archive.slice();
    change(new DataView(bytes.buffer));
    return () => readZip({ name: 'z', bytes }).map((entry) => entry.read());
  };

  it('gives what was put in', () => {
    expect(
      readZip({ name: 'z', bytes: archive }).map(({ name, size, read }) => [name, size, read().length]),
    ).toEqual([
      ['a.npy', 1_000_000, 1_000_000],
      ['b.npy', 3, 3],
    ]);
  });

  it.each<[string, (view: DataView) => void, RegExp]>([
    [
      'says less than it unpacks to',
      (view) => view.setUint32(list + 24, 1000, true),
      /zip entry a\.npy: expected 1000 bytes unpacked, as it says; got more/,
    ],
    [
      'says more',
      (view) => view.setUint32(list + 24, 1_000_001, true),
      /expected 1000001 bytes unpacked, as it says; got 1000000/,
    ],
    [
      'says 2 GB',
      (view) => view.setUint32(list + 24, 2_000_000_000, true),
      /2000000000 bytes cannot come of \d+ compressed ones/,
    ],
    [
      'checksum',
      (view) => view.setUint32(list + 16, 0, true),
      /zip entry a\.npy: its checksum does not match/,
    ],
    ['encrypted', (view) => view.setUint16(list + 8, 1, true), /zip entry a\.npy: it is encrypted/],
    ['method', (view) => view.setUint16(list + 10, 12, true), /got compression method 12/],
    [
      'offset',
      (view) => view.setUint32(list + 42, 7, true),
      /zip entry a\.npy: expected it at byte 7; it is not there/,
    ],
    [
      'count',
      (view) => view.setUint16(view.byteLength - 12, 3, true),
      /expected an entry of the zip archive's list/,
    ],
    ['overlap', (view) => view.setUint32(list + 46 + 5 + 42, 0, true), /overlaps/],
    ['deflate', (view) => view.setUint8(30 + 5, 255), /its compressed bytes are damaged/],
  ])('%s', (_, change, message) => {
    expect(changed(change)).toThrow(message);
  });

  it('names twice', () => {
    const twins = zipSync({ 'a.npy': Uint8Array.of(1), 'b.npy': Uint8Array.of(2) }, { level: 0 });
    expect(() => readZip({ name: 'z', bytes: twins.map((byte) => (byte === 98 ? 97 : byte)) })).toThrow(
      /zip entry a\.npy: expected each name once/,
    );
  });

  it('bombs end at the first piece too many', () => {
    const bomb = zipSync({ 'a.npy': new Uint8Array(30_000_000) }, { level: 9 });
    const view = new DataView(bomb.buffer);
    view.setUint32(view.getUint32(bomb.length - 6, true) + 24, 10, true);
    const [entry] = readZip({ name: 'z', bytes: bomb });
    expect(() => entry.read()).toThrow(/got more/);
  });
});
