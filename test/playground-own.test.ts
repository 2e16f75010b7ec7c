/** The visitor's own data, as the page's Worker reads them, and the choices that data bring with them. */
import { describe, expect, it } from 'vitest';
import { dataset } from '../src/datasets/index.js';
import { loadSync } from '../src/index.js';
import { MOST_INPUTS, MOST_SAMPLES, readOwn } from '../web/engine/own-data.js';
import { Session } from '../web/engine/session.js';
import { DEFAULTS, fitting, fromHash, lossesOf, type State } from '../web/state.js';

const hb = loadSync();

function csv(text: string, name = 'mine.csv'): { name: string; bytes: Uint8Array } {
  return { name, bytes: new TextEncoder().encode(text) };
}

async function irisText(): Promise<string> {
  const { data, features, classes } = await dataset('iris');
  const { rows, cols, data: x } = data.inputs;
  const lines = Array.from({ length: rows }, (_, i) =>
    [...x.subarray(i * cols, (i + 1) * cols), classes[data.targets[i]]].join(','),
  );
  return [[...features, 'species'].join(','), ...lines].join('\n');
}

/** A table of one input and the targets. */
const table = (targets: readonly (string | number)[]): string =>
  ['x,label', ...targets.map((y, i) => `${(i * 7) % 5},${y}`)].join('\n');

describe('own data', () => {
  it('train as the bundled ones that they are a copy of, to the bit', async () => {
    const { source, about } = await readOwn(csv(await irisText()), 0);
    expect(about).toMatchObject({
      file: 'mine.csv',
      samples: 150,
      inputs: 4,
      classes: ['setosa', 'versicolor', 'virginica'],
      columns: { target: 5 },
    });
    expect(about.columns!.names.at(-1)).toBe('species');
    expect(about.inferred.join()).toMatch(/column 5 \(species\).*standardized/);
    const state: State = { ...DEFAULTS, data: 'iris', loss: 'softmax-cross-entropy', hidden: [4] };
    const bundled = await Session.begin(hb, state);
    const own = await Session.begin(hb, { ...state, data: 'own', file: 'mine.csv', classes: 3 }, source);
    bundled.advance(5);
    own.advance(5);
    expect(own.frame()).toEqual(bundled.frame());
    expect(own.regions(4)).toEqual(bundled.regions(4));
  });

  it('learn another column if asked: values, scaled and told in their units', async () => {
    const text = [
      'a,b,c',
      ...Array.from({ length: 40 }, (_, i) => `${i % 7},${100 + 0.5 * i},${i % 3}`),
    ].join('\n');
    const { source, about } = await readOwn(csv(text), 2);
    expect(about).toMatchObject({ classes: [], inputs: 2, columns: { names: ['a', 'b', 'c'], target: 2 } });
    expect(source.features).toEqual(['a', 'c']);
    // 100, 100.5, …: mean 100 + 0.5 · 39/2; the variance of 0 … n − 1 is (n² − 1)/12.
    expect(source.units.mean).toBeCloseTo(100 + 0.5 * 19.5, 12);
    expect(source.units.scale).toBeCloseTo(0.5 * Math.sqrt(1599 / 12), 12);
    source.labels.forEach((y, i) =>
      expect(source.units.mean + source.units.scale * y).toBeCloseTo(100 + 0.5 * i, 11),
    );
    const session = await Session.begin(
      hb,
      { ...DEFAULTS, data: 'own', loss: 'squared-error', classes: 0 },
      source,
    );
    session.advance(3);
    expect(session.frame().accuracy).toBeUndefined();
    expect(session.plane()).toMatchObject({ kind: 'inputs', classes: [], units: source.units });
  });

  it('of one class, of too many, or of one kind of value are refused', async () => {
    const twentyOne = Array.from({ length: 63 }, (_, i) => `class ${i % 21}`);
    await expect(readOwn(csv(table(twentyOne)), 0)).rejects.toThrow(
      /mine.csv: expected at most 20 classes; got 21/,
    );
    await expect(readOwn(csv(table(['a', 'a', 'a', 'a', 'a'])), 0)).rejects.toThrow(
      /targets that differ; all are a/,
    );
    await expect(readOwn(csv(table(['a', 'b', 'a'])), 0)).rejects.toThrow(/at least 4 samples; got 3/);
  });

  it('too large to watch are refused, with the limit', async () => {
    const rows = (n: number, d: number): string =>
      Array.from({ length: n }, (_, i) => `${'1.5,'.repeat(d)}${i % 2 ? 'a' : 'b'}`).join('\n');
    await expect(readOwn(csv(rows(MOST_SAMPLES + 1, 1)), 0)).rejects.toThrow(
      /at most 5000 samples.*got 5001/,
    );
    await expect(readOwn(csv(rows(10, MOST_INPUTS + 1)), 0)).rejects.toThrow(/at most 200 inputs.*got 201/);
    await expect(readOwn(csv(rows(600, 190)), 0)).rejects.toThrow(
      /at most 100000 numbers.*600 samples of 190/,
    );
  });

  it('that are broken, or no data, are refused with the place', async () => {
    await expect(readOwn(csv('a,b,label\n1,2,x\n3,oops,y\n'), 0)).rejects.toThrow(
      /mine.csv: line 3, column 2 \(b\)/,
    );
    await expect(readOwn(csv('', 'net.safetensors'), 0)).rejects.toThrow(/net.safetensors: this is a model/);
    await expect(readOwn(csv('PAR1…'), 0)).rejects.toThrow(/Parquet/);
  });

  it('asked for before they are read are asked for by name', async () => {
    await expect(Session.begin(hb, { ...DEFAULTS, data: 'own', file: 'x.csv' })).rejects.toThrow(
      /the file x.csv/,
    );
  });

  it('cannot become too many by copies or similarity', async () => {
    const state = { ...DEFAULTS, samples: 1000, copies: 50, similarity: -1 };
    await expect(Session.begin(hb, state)).rejects.toThrow(/at most 4 million numbers.*50000 samples/);
  });
});

describe('a choice of data', () => {
  it('brings a loss that fits, and what suits it unless the visitor chose', () => {
    expect(fitting(DEFAULTS, { data: 'digits' })).toMatchObject({
      hidden: [16],
      every: 5,
      loss: 'softmax-cross-entropy',
    });
    expect(fitting({ ...DEFAULTS, hidden: [8] }, { data: 'digits' }).hidden).toBeUndefined();
    const digits = { ...DEFAULTS, ...fitting(DEFAULTS, { data: 'digits' }) };
    expect({ ...digits, ...fitting(digits, { data: 'moons' }) }).toEqual(DEFAULTS);
    const own = { ...DEFAULTS, ...fitting(DEFAULTS, { data: 'own', file: 'f.csv', classes: 0 }) };
    expect(own).toMatchObject({ file: 'f.csv', classes: 0, loss: 'squared-error' });
    expect({ ...own, ...fitting(own, { data: 'xor' }) }).toEqual({
      ...DEFAULTS,
      data: 'xor',
      loss: 'sigmoid-cross-entropy',
    });
  });

  it('of the visitor decides the losses, in the URL too', () => {
    expect(lossesOf('own', 0)).toEqual(['squared-error']);
    expect(lossesOf('own', 5)).toEqual(lossesOf('iris'));
    expect(lossesOf('own', 2)).toEqual(lossesOf('moons'));
    expect(fromHash('#data=own&file=f.csv&classes=0').state.loss).toBe('squared-error');
    expect(fromHash('#data=own&file=f.csv&classes=7').state.loss).toBe('softmax-cross-entropy');
    expect(fromHash('#data=own&classes=99').refused).toEqual(['classes']);
  });
});
