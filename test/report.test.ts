import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createPool, loadSync, matrix, type Dataset, type Network } from '../src/index.js';
import { analysisToJson, analyze } from '../src/report/analysis.js';
import { drawIntervals } from '../src/report/intervals.js';
import { bytes, counted, duration, flops, integer, percent, significant, significantDown, significantUp } from '../src/report/numbers.js'; // prettier-ignore
import { drawSpectrum } from '../src/report/spectrum.js';
import { style, table, wrap } from '../src/report/style.js';
import { renderReport } from '../src/report/text.js';
import { initialize } from '../src/initialization.js';

const hb = loadSync();
const pool = await createPool({ workers: 2 });
afterAll(() => pool.close());
const plain = style(false);
const plainSpaces = (text: string): string => text.replaceAll('\u00a0', ' ');

const data: Dataset = {
  inputs: matrix(6, 2, [0, 1, 1, 0, 1, 1, -1, 0, 0, -1, 2, 1]),
  targets: [0, 1, 2, 0, 1, 2],
};
const network: Network = initialize({
  widths: [2, 4, 3],
  activation: 'tanh',
  loss: 'softmax-cross-entropy',
  seed: 3,
});
network.weightDecay = 0.01;

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1.000'],
    [-0.0012344, '-0.001234'],
    [0.00099996, '0.001000'],
    [0.00012345, '1.234e-4'],
    [123456, '123500'],
    [1234567, '1.235e6'],
    [9999.6, '10000'],
    [Infinity, 'Infinity'],
  ])('significant(%s) is %s', (x, text) => expect(significant(x)).toBe(text));

  it('rounds bounds outward and no further than it must', () => {
    expect([significantUp(1.2341), significantDown(1.2349)]).toEqual(['1.235', '1.234']);
    expect([significantUp(-1.2349), significantDown(-1.2341)]).toEqual(['-1.234', '-1.235']);
    expect([significantUp(9.9991), significantDown(1.5), significantUp(0)]).toEqual(['10.00', '1.500', '0']);
    // Nearest, and too far, is 1.0e15.
    expect([significantDown(9.95e14, 2), significantUp(-9.95e14, 2)]).toEqual(['9.9e14', '-9.9e14']);
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 2, max: 12 }),
        (x, digits) => {
          const up = Number(significantUp(x, digits));
          const down = Number(significantDown(x, digits));
          expect(up).toBeGreaterThanOrEqual(x);
          expect(down).toBeLessThanOrEqual(x);
          // Subnormal numbers have fewer digits than asked for.
          if (Math.abs(x) > 1e-290 && Math.abs(x) < 1e290) {
            expect(up - down).toBeLessThanOrEqual(Math.abs(x) * 10 ** (1 - digits) * (1 + 1e-9));
          }
        },
      ),
      { numRuns: 2000, seed: 9 },
    );
  });

  it('writes quantities', () => {
    const texts = [
      integer(1234567),
      counted(1, 'sample'),
      counted(2000, 'sample'),
      percent(0.9994),
      percent(1),
      percent(0.0001),
      percent(0.5),
      percent(0.5, 1),
      duration(0.0000123),
      duration(0.0123),
      duration(12.3),
      duration(300),
      flops(858_000),
      bytes(8 * 1203 * 1203),
    ].map(plainSpaces);
    expect(texts).toEqual([
      '1,234,567',
      '1 sample',
      '2,000 samples',
      '> 99.9 %',
      '100 %',
      '< 0.1 %',
      '50 %',
      '50.0 %',
      '12 µs',
      '12 ms',
      '12 s',
      '5 min',
      '858 kflop',
      '11 MiB',
    ]);
  });
});

describe('drawing', () => {
  it('puts every eigenvalue on its side of 0 and on the axis', () => {
    const values = Float64Array.of(-0.5, -1e-12, 0, 0, 3e-9, 0.01, 0.01, 1);
    const marks = [{ label: 'here', value: 1 }];
    expect(drawSpectrum(values, marks, 0.02, { width: 46, height: 2, paint: plain })).toEqual([
      '                       4',
      '                      ██            ██',
      '██                    ██            ██      ██',
      '────┴───────┴─────┴───┴───┴─────────┴───┴───┴─',
      '  -0.1   -0.001 -1e-4 0 1e-4      0.01 0.1  1',
      '                                       here ▲',
    ]);
    expect(drawSpectrum(Float64Array.of(0, 0), [], 0, { width: 46, height: 2, paint: plain })).toEqual([]);
  });

  it('draws values that stand for several eigenvalues, or for less than half of one', () => {
    const values = Float64Array.of(-0.5, 0, 0.01, 1);
    const drawn = (list: Float64Array, counts?: Float64Array): string[] =>
      drawSpectrum(list, [], 0.02, { width: 46, height: 2, paint: plain }, counts);
    const repeated = Float64Array.of(-0.5, 0, 0, 0, 0.01, 0.01, 1);
    expect(drawn(values, Float64Array.of(1.2, 3.4, 2, 0.6))[0]).toBe(drawn(repeated)[0]);
    expect(drawn(values, Float64Array.of(1, 3, 2, 1))).toEqual(drawn(repeated));
    expect(drawn(values, Float64Array.of(0.49, 3, 2, 0.5))[2]).toMatch(/^ +██ +██ +▄▄$/);
  });

  it('shows one eigenvalue among thousands', () => {
    const values = new Float64Array(5000).fill(0.001);
    values[4999] = 1;
    const lines = drawSpectrum(values, [], 0.02, { width: 46, height: 3, paint: plain });
    expect(lines[2]).toMatch(/██ +▁▁$/);
  });

  it('draws intervals to scale, with 0 and the ends', () => {
    const bars = [
      { name: 'a', interval: { lower: 0.5, upper: 2 }, exact: 1 },
      { name: 'b', interval: { lower: -2, upper: -1 } },
    ];
    expect(drawIntervals(bars, 44, plain)).toEqual([
      'a                      │    ┣━━━━◆━━━━━━━━━┫',
      'b  ┣━━━━━━━━━┫         │',
      '   -2.00               0                2.00',
    ]);
    expect(drawIntervals([{ name: 'a', interval: { lower: 0, upper: 0 } }], 40, plain)).toEqual([]);
  });

  it('lays out text', () => {
    expect(wrap('aa bb\u00a0cc dd', 5)).toEqual(['aa', 'bb\u00a0cc', 'dd']);
    const columns = [
      { head: 'x', align: 'left' as const, cells: ['a', 'bbb'] },
      { head: 'yy', align: 'right' as const, cells: ['1', '22'], optional: true },
      { head: 'z', align: 'right' as const, cells: ['3', '4'] },
    ];
    expect(table(columns, 20)).toEqual(['x    yy  z', 'a     1  3', 'bbb  22  4']);
    expect(table(columns, 8)).toEqual(['x    z', 'a    3', 'bbb  4']);
  });
});

describe('analyze', () => {
  it('agrees to the bit with the library', async () => {
    const analysis = await analyze(pool, network, data, { bounds: 'all' });
    const sharpness = hb.sharpness(network, data, { exact: true, bounds: 'all' });
    expect(analysis).toMatchObject(sharpness);
    expect(analysis.exact).toEqual(sharpness.exact);
    expect(analysis.loss).toBe(hb.loss(network, data));
    expect(analysis.steps.map(({ name }) => name)).toEqual([
      'loss',
      'moments',
      'Gauss-Newton split',
      'four moments',
      'certificate',
      'ingredients',
      'exact spectrum',
    ]);
  });

  it('tells which step is under way and how far, each to its end, and the time of each', async () => {
    const told: [string, number][] = [];
    const { steps } = await analyze(pool, network, data, {
      density: true,
      onProgress: (step, fraction) => void told.push([step, fraction]),
    });
    const names = ['loss', 'moments', 'certificate', 'ingredients', 'exact spectrum', 'spectral density'];
    expect(steps.map(({ name }) => name)).toEqual(names);
    expect([...new Set(told.map(([step]) => step))]).toEqual(names);
    told.forEach(([step, fraction], i) => {
      expect(fraction).toBeGreaterThan(0);
      expect(fraction).toBeLessThanOrEqual(1);
      if (i > 0 && told[i - 1][0] === step && step !== 'loss')
        expect(fraction).toBeGreaterThan(told[i - 1][1]);
    });
    for (const { seconds } of steps) expect(seconds).toBeGreaterThan(0);
  });

  it('ends with the reason of an abort, before it begins and on the way', async () => {
    const reason = new Error('enough');
    await expect(analyze(pool, network, data, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (step: string): void => (step === 'moments' ? controller.abort(reason) : undefined);
    await expect(analyze(pool, network, data, { signal, onProgress })).rejects.toBe(reason);
  });

  it('passes the seed to what is seeded', async () => {
    const own = await analyze(pool, network, data, { seed: 7, density: true });
    expect(own.density).toEqual(hb.spectralDensity(network, data, { seed: 7 }));
    const bounds = ['wolkowiczStyan', 'deflated'] as const;
    expect(own.certificate).toEqual(
      hb.sharpness(network, data, { seed: 7, bounds: [...bounds] }).certificate,
    );
    expect(own.certificate).not.toEqual(analysis.certificate);
  });

  it('counts the spectrum', async () => {
    // Squared error of a linear model: H is the mean of x xᵀ, here diag(4, 1/4, 0), shifted by the weight decay.
    const linear: Network = { layers: [{ weights: matrix(1, 3) }], loss: 'squared-error' };
    const axes = { inputs: matrix(2, 3, [Math.sqrt(8), 0, 0, 0, Math.SQRT1_2, 0]), targets: [0, 0] };
    expect((await analyze(pool, linear, axes)).spectrum).toMatchObject({
      negative: 0,
      zero: 1,
      positive: 2,
      outliers: 2,
    });
    const rough = { ...axes, inputs: matrix(2, 3, [100, 0, 0, 0, 1, 0]) };
    expect((await analyze(pool, linear, rough)).spectrum).toMatchObject({
      zero: 1,
      positive: 2,
      outliers: 1,
    });
  });

  it('computes the exact spectrum of small networks only, unless told', async () => {
    const wide = initialize({
      widths: [2, 100, 3],
      activation: 'tanh',
      loss: 'softmax-cross-entropy',
      seed: 1,
    });
    expect(await analyze(pool, wide, data)).not.toHaveProperty('exact');
    expect((await analyze(pool, wide, data, { exact: true })).exact!.values).toHaveLength(603);
    expect(await analyze(pool, network, data, { exact: false })).not.toHaveProperty('spectrum');
  });

  it('becomes JSON of plain arrays', async () => {
    const json = analysisToJson(await analyze(pool, network, data)) as { exact: { values: unknown } };
    expect(json.exact.values).toEqual(Array.from(hb.sharpness(network, data, { exact: true }).exact!.values));
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(analysisToJson({ x: NaN, y: Infinity })).toEqual({ x: null, y: null });
  });
});

const analysis = await analyze(pool, network, data);

describe('renderReport', () => {
  it.each([60, 80, 100])('fits into %i columns', (width) => {
    const text = renderReport(analysis, {
      width,
      subject: 'a subject long enough to be broken in two '.repeat(3),
    });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('prints the bound rounded up, the exact value, and their ratio', async () => {
    const text = renderReport(analysis);
    const printed = Number(/≤ λ_max ≤ (\S+) +guaranteed/.exec(text)![1]);
    expect(printed).toBeGreaterThanOrEqual(analysis.upper);
    expect(printed).toBeLessThan(analysis.upper * 1.001);
    const exact = Number(/λ_max = (\S+) +exact/.exec(text)![1]);
    expect(Math.abs(exact / analysis.exact!.largest - 1)).toBeLessThan(1e-6);
    expect(text).toContain(`1 + ${significant(analysis.upper / analysis.exact!.largest - 1, 2)} `);
    const loose = renderReport(await analyze(pool, network, data, { bounds: ['wolkowiczStyan'] }));
    const ratio = hb.sharpness(network, data).upper / analysis.exact!.largest;
    expect(loose).toContain(`${significant(ratio)} `);
    expect(loose).not.toContain('How the bracket closes');
  });

  it('shows how the bracket closes, product by product', () => {
    const lines = renderReport(analysis).split('\n');
    const first = lines.findIndex((line) => line.includes('How the bracket closes')) + 2;
    const rows = lines.slice(first).map((line) => line.trim().split(/ {2,}/));
    const { history } = analysis.certificate!;
    expect(rows[0][0]).toBe('0');
    expect(Number(rows[1][1])).toBeLessThanOrEqual(history[1].lower);
    expect(Number(rows[1][2])).toBeGreaterThanOrEqual(history[1].upper);
    const end = rows.findIndex(([head]) => head === 'exact');
    expect(rows[end - 1][0]).toBe(String(analysis.certificate!.products));
  });

  it('says which step sizes are stable on the quadratic model, rounded to the safe side', async () => {
    // Without a hidden layer the loss is convex, and weight decay makes every curvature positive.
    const convex: Network = { ...network, layers: [{ weights: matrix(3, 2, [1, 0, -1, 2, 0.5, 0]) }] };
    const analysis = await analyze(pool, convex, data);
    const text = renderReport(analysis);
    const wide = { ...analysis, lower: 2 / 3.125, upper: 2 };
    const [below, above] = renderReport(wide)
      .split('\n')
      .filter((line) => line.includes(' η '));
    expect(below.indexOf('stable')).toBe(above.indexOf('oscillates'));
    const stable = Number(/η < (\S+) +stable/.exec(text)![1]);
    const unstable = Number(/η > (\S+) +oscillates/.exec(text)![1]);
    expect(stable).toBeLessThanOrEqual(2 / analysis.upper);
    expect(stable).toBeGreaterThan((2 / analysis.upper) * 0.999);
    expect(unstable).toBeGreaterThanOrEqual(2 / analysis.lower);
    expect(unstable).toBeLessThan((2 / analysis.lower) * 1.001);

    // The oracle is descent itself on ½ xᵀ H x: where |1 − η λ| ≤ 1 no step lengthens x; at 1.01 · 2 / λ the growth is 1.02 a step.
    const { rows: P, data: H } = hb.hessian(convex, data);
    const lengthAfter = (steps: number, rate: number): number => {
      let x = Float64Array.from({ length: P }, (_, i) => 1 + i * i);
      for (let step = 0; step < steps; step++)
        x = x.map((xi, i) => xi - rate * x.reduce((sum, xj, j) => sum + H[i * P + j] * xj, 0));
      return Math.sqrt(x.reduce((sum, xi) => sum + xi * xi, 0));
    };
    expect(lengthAfter(1000, stable)).toBeLessThan(lengthAfter(0, 0));
    expect(lengthAfter(1000, 1.01 * unstable)).toBeGreaterThan(1e3 * lengthAfter(0, 0));
  });

  it('says nothing of step sizes where no curvature is positive, and no upper limit where none is proven', () => {
    expect(renderReport({ ...analysis, lower: -2, upper: 0 })).not.toContain('η');
    const open = renderReport({ ...analysis, lower: -2, upper: 4 });
    expect(open).toMatch(/η < 0\.5000 +stable/);
    expect(open).not.toContain('η >');
  });

  it('says how to get an exact value that is missing', async () => {
    expect(renderReport(await analyze(pool, network, data, { exact: false }))).toMatch(
      /Not computed\. --exact asks for/,
    );
  });

  it('shows an estimated spectrum as what it is, where there is no exact one', async () => {
    const estimated = await analyze(pool, network, data, { exact: false, density: true });
    expect(estimated.density).toEqual(hb.spectralDensity(network, data));
    expect(renderReport(estimated)).toMatch(
      /█[^]*An estimate, nothing guaranteed: 10 random probes and \d+ products/,
    );
    expect(renderReport(await analyze(pool, network, data, { exact: true, density: true }))).not.toContain(
      'estimate',
    );
    expect(analysis).not.toHaveProperty('density');
  });

  it('says why the bound from the moments is what it is, when asked', async () => {
    const explained = await analyze(pool, network, data, { explain: true });
    const { parts, samples, sensitivities, orthogonal } = explained.explanation!;
    const text = plainSpaces(renderReport(explained).replaceAll(/\s+/g, ' '));
    const contains = (part: string): void => expect(text).toContain(plainSpaces(part));
    contains(`Gauss–Newton part ${percent(parts.gaussNewton.share, 1)} of ‖H‖_F²`);
    contains(`each with itself ${percent(samples.own, 1)}; were their inputs orthogonal`);
    contains(`would be ${significantUp(orthogonal.upper, 4)} instead of`);
    const [i, j] = samples.pairs[0].samples;
    contains(`samples ${i} and ${j} ${percent(samples.pairs[0].share, 1)} (cosine`);
    const { weights } = sensitivities[1];
    contains(`layer 2 ${weights < 0 ? '−' : '+'}${significant(Math.abs(weights), 2)} %`);
    expect(renderReport(analysis)).not.toContain('Why the bound');
  });

  it('lists every bound by itself, when more than two are asked for', async () => {
    const all = await analyze(pool, network, data, { bounds: 'all', exact: true });
    const lines = plainSpaces(renderReport(all)).split('\n');
    const first = lines.findIndex((line) => line.includes('Each bound by itself')) + 1;
    Object.values(all.bounds).forEach(({ largest }, i) => {
      const ratio = significant(largest.upper / all.exact!.largest);
      expect(lines[first + i]).toMatch(
        new RegExp(`λ_max ≤ ${significantUp(largest.upper).replace('.', '\\.')}, ${ratio} × the exact value`),
      );
    });
    expect(renderReport(analysis)).not.toContain('Each bound by itself');
  });

  it('calls proven what is proven', async () => {
    const proven = renderReport(await analyze(pool, network, data, { certified: true }));
    expect(proven).toMatch(/≤ λ_max ≤ \S+ +proven \(/);
    expect(proven).toMatch(/≤ λ_min ≤ \S+ +proven/);
    expect(renderReport(analysis)).not.toContain('proven');
  });

  it('uses colour only when asked, and then changes nothing else', () => {
    const escapes = /\u001b\[\d+m/g;
    const colored = renderReport(analysis, { color: true });
    expect(renderReport(analysis)).not.toMatch(escapes);
    expect(colored).toMatch(escapes);
    const trimmed = colored.replace(escapes, '').split('\n').map((line) => line.trimEnd()); // prettier-ignore
    expect(trimmed).toEqual(renderReport(analysis).split('\n'));
  });

  it('copes with a Hessian of zero, one parameter, and one sample', async () => {
    const one: Network = { layers: [{ weights: matrix(1, 1, [2]) }], loss: 'squared-error' };
    const zero = renderReport(await analyze(pool, one, { inputs: matrix(1, 1, [0]), targets: [1] }));
    expect(zero).toMatch(/0 ≤ λ_max ≤ 0/);
    const single = renderReport(await analyze(pool, one, { inputs: matrix(1, 1, [3]), targets: [1] }));
    expect(single).toContain('N = 1 sample · P = 1 parameter ·');
    expect(single).toContain('λ_max = 9.000');
    expect(single).not.toMatch(/NaN|undefined/);
  });
});
