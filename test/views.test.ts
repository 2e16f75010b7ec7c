/**
 * Figures as text. Oracles: the browser's own XML parser and image decoder (a plain reader of tags in Node), counts and places worked out from
 * the data, DecompressionStream for what fflate compresses, and WCAG 2.2's formula of contrast.
 */
import { describe, expect, it } from 'vitest';
import { linearAxis, logAxis, power, symlogAxis } from '../src/views/axes.js';
import { bars, blocks, closing, course, type CoursePoint, DARK, density, escape, hessianPicture, histogram, intervals, LIGHT, pictureOf, race, scree, steps, superscript } from '../src/views/index.js'; // prettier-ignore
import { LEVELS, pngOfLevels } from '../src/views/png.js';
import { element } from '../src/views/svg.js';
import { uniform } from '../src/random.js';
import { type Markup, readMarkup } from './reference/markup.js';

const words = { title: 'a title', description: 'what it shows' };
const HOSTILE = [
  '"><script>alert(1)</script>',
  "' onload='alert(1)",
  '</text><image href="x" onerror="alert(1)"/>',
  '&lt;b&gt; &amp; ]]> <!-- <![CDATA[',
  'null\u0000bell\u0007half\ud800turned\u202etxt\u2066end\uffff',
  '\u03bb_max and \u03bb_min are names, too',
];

/** Values that figures have to stand: every sign, no spread, every magnitude. */
const VALUES: Record<string, number[]> = {
  one: [3],
  zeros: [0, 0, 0],
  'negative only': [-5, -2, -1e-9],
  huge: [-1e150, 1, 1e150],
  largest: [-Number.MAX_VALUE, Number.MAX_VALUE],
  tiny: [-1e-150, 0, 3e-150],
  subnormal: [Number.MIN_VALUE, 1e-320],
  'equal to the last bit but one': [1, 1 + Number.EPSILON],
  'both ends of the doubles': [1e-300, 1e300],
};

/** All text of a figure that is drawn from such values. */
function figuresOf(values: readonly number[], width: number, name = 'name'): string[] {
  const [low, high] = [values[0], values.at(-1)!];
  const marks = [
    { value: high, label: name, kind: 'bound' as const },
    { value: low, label: name, kind: 'exact' as const },
    { value: high, label: name, kind: 'threshold' as const },
  ];
  const history = values.map((value, products) => ({ products, lower: Math.min(low, value), upper: high }));
  const rows = [
    { name, lower: low, upper: high, exact: low, label: name },
    { name, upper: high, label: name, aside: true },
  ];
  const sizes = values.map(Math.abs);
  const most = Math.max(...sizes);
  const picture = pictureOf({ rows: 2, data: Float64Array.of(low, high, high, low) });
  const points = values.map((value, step) => ({ step, lower: low, upper: high, exact: value, bound: most, stability: value })); // prettier-ignore
  const kept = [{ name, points: points.map(({ exact, ...point }) => ({ ...point, upper: exact })) }];
  const shares = sizes.map((size) => (most === 0 ? 0 : size / most));
  const times = sizes.map((size) => ({ name, times: [size || 1, most || 1] as const, label: name }));
  return [
    intervals({ ...words, rows }, width),
    intervals({ ...words, rows, axis: 'linear' }, width),
    closing({ ...words, history, exact: high }, width),
    closing({ ...words, history: history.slice(0, 1) }, width),
    histogram({ ...words, values, marks, scale: 'log' }, width),
    histogram({ ...words, values, counts: sizes.map(() => 0.7), marks, scale: 'linear' }, width),
    scree({ ...words, values, marks, scale: 'log' }, width),
    scree({ ...words, values, marks, scale: 'linear' }, width),
    course({ ...words, points, kept }, width),
    course({ ...words, points: points.slice(0, 1), kept, scale: 'linear' }, width),
    course({ ...words, points: [], kept }, width),
    bars({ ...words, rows: values.map((value) => ({ group: name, name, value, label: name })) }, width),
    steps({ ...words, stable: { value: most, label: name }, growing: { value: most, label: name } }, width),
    steps({ ...words, stable: { value: most, label: name } }, width),
    density({ ...words, grid: [low, high], density: [most, 0], standardError: [NaN, 0], marks }, width),
    hessianPicture({ ...words, picture, layers: [1, 1], largest: name }, width),
    race({ ...words, contenders: [name, name], rows: times, unit: name }, width),
    blocks({ ...words, shares: [shares[0]], labels: [[name, name]], names: [name] }, width),
  ].filter((svg) => svg !== '');
}

/** A figure's parts, checked: named for those who do not see it, every coordinate finite and on the figure. */
function readFigure(svg: string): Markup {
  const root = readMarkup(svg);
  expect(root.name).toBe('svg');
  expect(root.attributes['role']).toBe('img');
  expect(root.children.slice(0, 2).map(({ name }) => name)).toEqual(['title', 'desc']);
  const [, , width, height] = root.attributes['viewBox'].split(' ').map(Number);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  for (const part of root.all()) {
    for (const [name, value] of Object.entries(part.attributes)) {
      expect(name).not.toMatch(/^on/i);
      if (!/^(x|y|x1|x2|y1|y2|width|height)$/.test(name)) continue;
      expect(value).toMatch(/^-?\d+(\.\d+)?$/);
      const along = /x|width/.test(name) ? width : height;
      expect(Number(value), `${name} of ${part.name}`).toBeGreaterThanOrEqual(-2);
      expect(Number(value), `${name} of ${part.name}`).toBeLessThanOrEqual(along + 2);
    }
  }
  return root;
}

describe.each([720, 320])('figures %i pixels wide', (width) => {
  it.each(Object.entries(VALUES))('are well formed, named and finite: %s', (_, values) => {
    for (const svg of figuresOf(values, width)) readFigure(svg);
  });

  it.each(HOSTILE)('write a name as nothing but a name: %s', (name) => {
    const shown = name
      .replace(/[\u0000\u0007\ud800\u202e\u2066\uffff]/g, '\ufffd')
      .replace(/\u03bb_(max|min)/, '\u03bb$1');
    const figures = figuresOf([1, 2], width, name).map((svg) => readFigure(svg).all());
    const drawn = figures.filter((parts) =>
      parts.some((part) => part.name === 'text' && part.text.includes(shown)),
    );
    // All but the two of how a bracket closes, where nothing has a name.
    expect(drawn).toHaveLength(figures.length - 2);
    for (const part of figures.flat()) expect(['script', 'foreignObject']).not.toContain(part.name);
  });
});

describe('figures', () => {
  it('refuse to write a coordinate that is none', () => {
    for (const bad of [NaN, Infinity, -Infinity])
      expect(() => element('rect', { x: bad })).toThrow(/^x: expected a finite number; got /);
  });

  it('draw a bar as high as there are eigenvalues, of either sign on its side of 0, and around 0 in the middle', () => {
    const next = uniform(5);
    const values = Float64Array.from({ length: 400 }, () => (next() - 0.3) ** 3).sort();
    const root = readFigure(histogram({ ...words, values, marks: [], scale: 'log' }, 720));
    const rects = root.all().filter((part) => part.name === 'rect');
    const height = (part: Markup): number => Number(part.attributes['height']);
    const most = Math.max(...rects.filter((part) => part.attributes['class'] !== 'faint').map(height));
    // Heights are proportional to counts, so the number of all eigenvalues tells what one is high.
    const total = rects.reduce((sum, part) => sum + height(part), 0);
    const one = total / values.length;
    for (const part of rects) expect(height(part) / one).toBeCloseTo(Math.round(height(part) / one), 1);
    expect(most / one).toBeGreaterThan(3);
    const at = (part: Markup): number => Number(part.attributes['x']);
    const zero = rects.find((part) => part.attributes['class'] === 'faint')!;
    for (const part of rects)
      if (part !== zero) expect(part.attributes['class']).toBe(at(part) < at(zero) ? 'negative' : 'positive');
    const negative = rects.filter((part) => part.attributes['class'] === 'negative');
    const certain = values.filter((value) => value < -1e-4).length;
    expect(negative.reduce((sum, part) => sum + height(part), 0) / one).toBeGreaterThan(certain - 0.5);
  });

  it('cut a crowd around 0 and print its number', () => {
    const values = [...new Array<number>(500).fill(0), 0.1, 1];
    const root = readFigure(histogram({ ...words, values, marks: [], scale: 'log' }, 720));
    expect(root.all().map((part) => part.text)).toContain('500');
  });

  it('draw a dot for each eigenvalue, grey where rounding leaves no sign', () => {
    const values = [-2, -1e-17, 0, 1e-17, 1, 3];
    const root = readFigure(scree({ ...words, values, marks: [], scale: 'linear', rounding: 1e-16 }, 720));
    const count = (kind: string): number | undefined =>
      root
        .all()
        .find((part) => part.attributes['class'] === `dots ${kind}`)
        ?.attributes['d'].match(/M/g)?.length;
    expect([count('negative'), count('faint'), count('positive')]).toEqual([1, 3, 2]);
  });

  it('draw both times of a task where they are, and the way between them', () => {
    const rows = [
      { name: 'one', times: [1, 10] as const, label: '10×' },
      { name: 'other', times: [10, 100] as const, label: '10×' },
      { name: 'slower', times: [100, 1] as const, label: '0.01×' },
    ];
    const root = readFigure(race({ ...words, contenders: ['dot', 'ring'], rows, unit: 'ms' }, 700));
    const at = (kind: string): number[] =>
      root
        .all()
        .filter(({ attributes }) => attributes['class'] === kind && 'cy' in attributes)
        .slice(1)
        .map(({ attributes }) => Number(attributes['cx']));
    const [dots, rings] = [at('ink'), at('ring')];
    const decade = rings[0] - dots[0];
    expect(decade).toBeGreaterThan(100);
    expect(dots[1]).toBeCloseTo(rings[0], 1);
    expect(rings[1] - dots[1]).toBeCloseTo(decade, 1);
    expect(rings[2]).toBeCloseTo(dots[0], 1);
    expect(dots[2]).toBeCloseTo(rings[1], 1);
  });

  it('draw a run over its steps: gaps where a logarithmic axis has no place, a bracket open below, what covers a pixel kept', () => {
    const points: CoursePoint[] = Array.from({ length: 5000 }, (_, step) => ({
      step,
      lower: step < 2500 ? -1 : 1,
      upper: 10,
      exact: step === 4000 ? 0 : step === 1234 ? 5 : 2,
      bound: 100,
      stability: 4,
    }));
    const root = readFigure(course({ ...words, points }, 720));
    const all = root.all();
    const places = (kind: string): [number, number][] => {
      // The legend's samples come first.
      const part = all.filter(({ attributes }) => attributes['class'] === kind).at(-1)!;
      return [...part.attributes['d'].matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [
        Number(x),
        Number(y),
      ]);
    };
    const heights = (kind: string): number[] =>
      [...new Set(places(kind).map(([, y]) => y))].sort((a, b) => b - a);
    const label = (words: string): number =>
      Number(all.find(({ name, text }) => name === 'text' && text === words)!.attributes['y']) - 4;
    // Of a logarithmic axis each power of ten is as high as the other.
    const [one, decade] = [label('1'), label('1') - label('10')];
    const at = (value: number): number => one - decade * Math.log10(value);
    expect(label('100')).toBeCloseTo(at(100), 1);
    const close = (found: number[], expected: number[]): void => {
      expect(found).toHaveLength(expected.length);
      found.forEach((y, i) => expect(y).toBeCloseTo(expected[i], 1));
    };
    close(heights('curve exact'), [at(2), at(5)]);
    close(heights('curve threshold dashed'), [at(4)]);
    close(heights('curve bound dashed'), [at(100)]);
    // The lower edge begins where it is positive; the wash below it is open down to the axis.
    const axis = Number(all.find(({ attributes }) => attributes['class'] === 'axis')!.attributes['y1']);
    close(heights('curve bound thin'), [at(1)]);
    expect(Math.min(...places('curve bound thin').map(([x]) => x))).toBeGreaterThan(380);
    close(heights('bound wash'), [...new Set([axis, at(1), at(10)])]);
    // One piece, a gap at step 4000, another.
    const exact = all.filter(({ attributes }) => attributes['class'] === 'curve exact').at(-1)!;
    expect(exact.attributes['d'].match(/M/g)).toHaveLength(2);
    expect(exact.attributes['d'].match(/[ML]/g)!.length).toBeLessThan(2 * 720);
    expect(course({ ...words, points: points.map((point) => ({ ...point, upper: -1, bound: -1, exact: -2, stability: -1 })) }, 720)).toContain('−1'); // prettier-ignore
  });

  it('leave out numbers for which there is no room, and many layers become a picture', () => {
    const depth = 300;
    const shares = new Float64Array(depth * depth).fill(1 / depth / depth);
    const names = Array.from({ length: depth }, (_, l) => String(l + 1));
    const labels = Array.from(shares, (): [string, string] => ['a', 'b']);
    const svg = blocks({ ...words, shares, labels, names }, 340);
    readFigure(svg);
    expect(svg.length).toBeLessThan(20_000);
  });
});

describe('axes', () => {
  it('put equal steps at equal distances: differences, and ratios', () => {
    const linear = linearAxis([-3e200, 5e200], [0, 800]);
    expect(linear.at(0)).toBeCloseTo(300, 9);
    expect(linear.at(1e200)).toBeCloseTo(400, 9);
    const log = logAxis([1e-3, 1e3], [0, 600]);
    for (let k = -3; k <= 3; k++) expect(log.at(10 ** k)).toBeCloseTo(100 * (k + 3), 9);
    expect(log.ticks.map(({ label }) => label)).toEqual(['0.001', '0.01', '0.1', '1', '10', '100', '1000']);
  });

  it.each(Object.entries(VALUES))('keep order, sign and range around 0: %s', (_, values) => {
    const all = [...values, 0].sort((a, b) => a - b);
    const { at, ticks } = symlogAxis(all, [10, 500]);
    const places = all.map(at);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const place of places) {
      expect(place).toBeGreaterThanOrEqual(10 - 1e-9);
      expect(place).toBeLessThanOrEqual(500 + 1e-9);
    }
    expect(ticks.length).toBeGreaterThan(0);
    for (const tick of ticks) {
      if (tick.label === '0') expect(tick.at).toBe(at(0));
      else if (tick.label.startsWith('−')) expect(tick.at).toBeLessThan(at(0));
      else expect(tick.at).toBeGreaterThan(at(0));
    }
  });

  it('write powers of ten', () => {
    expect([power(-3), power(4), power(-4), power(150)]).toEqual(['0.001', '10000', '10⁻⁴', '10¹⁵⁰']);
    expect(superscript(-1234567890)).toBe('⁻¹²³⁴⁵⁶⁷⁸⁹⁰');
  });
});

describe('pictures', () => {
  it('keep the largest entry of what falls on a point', () => {
    const order = 700;
    const next = uniform(3);
    const data = Float64Array.from({ length: order * order }, () => next() - 0.5);
    const { size, entries } = pictureOf({ rows: order, data });
    expect(size).toBe(256);
    for (const [row, column] of [
      [0, 0],
      [17, 200],
      [255, 255],
      [128, 3],
    ] as const) {
      // prettier-ignore
      // Every entry whose place in the picture is this point.
      const inside = (i: number, at: number): boolean => Math.floor((i * size) / order) === at;
      let largest = 0;
      for (let i = 0; i < order; i++)
        for (let j = 0; j < order; j++)
          if (inside(i, row) && inside(j, column) && Math.abs(data[i * order + j]) > Math.abs(largest))
            largest = data[i * order + j];
      expect(entries[row * size + column]).toBe(largest);
    }
    const small = Float64Array.of(1, -2, -2, 3);
    expect(pictureOf({ rows: 2, data: small })).toEqual({ order: 2, size: 2, entries: small });
  });

  it('are PNG files of their levels', async () => {
    const levels = Int8Array.of(-LEVELS, 0, LEVELS, 1, -1, 24);
    const url = pngOfLevels(levels, 3, { negative: [255, 0, 0], positive: [0, 0, 255] });
    const bytes = Uint8Array.from(atob(url.slice('data:image/png;base64,'.length)), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([3, 2]);
    // The checksum of IEND is the same in every PNG file.
    expect([...bytes.subarray(-4)]).toEqual([0xae, 0x42, 0x60, 0x82]);
    let at = 8;
    const chunks: Record<string, Uint8Array<ArrayBuffer>> = {};
    while (at < bytes.length) {
      const length = view.getUint32(at);
      chunks[String.fromCharCode(...bytes.subarray(at + 4, at + 8))] = bytes.slice(at + 8, at + 8 + length);
      at += length + 12;
    }
    const stream = new Blob([chunks['IDAT']]).stream().pipeThrough(new DecompressionStream('deflate'));
    const rows = new Uint8Array(await new Response(stream).arrayBuffer());
    expect([...rows].map((value) => value - LEVELS)).toEqual([
      -LEVELS,
      -LEVELS,
      0,
      LEVELS,
      -LEVELS,
      1,
      -1,
      24,
    ]);
    const level = (k: number): number[] => [...chunks['PLTE'].subarray(3 * (k + LEVELS), 3 * (k + LEVELS) + 3), chunks['tRNS'][k + LEVELS]]; // prettier-ignore
    expect([level(-LEVELS), level(0)[3], level(LEVELS)]).toEqual([[255, 0, 0, 255], 0, [0, 0, 255, 255]]);
    if (typeof Image === 'undefined') return;
    // The browser checks every checksum.
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(3, 2).getContext('2d')!;
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, 3, 2);
    expect([...data.subarray(0, 4)]).toEqual([255, 0, 0, 255]);
    expect(data[7]).toBe(0);
    expect([...data.subarray(8, 12)]).toEqual([0, 0, 255, 255]);
  });
});

describe('the palette', () => {
  /** WCAG 2.2, relative luminance and contrast ratio. */
  const luminance = (color: number[]): number => {
    const [red, green, blue] = color.map((byte) => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const rgb = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const contrast = (a: number[], b: number[]): number => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each([
    ['light', LIGHT],
    ['dark', DARK],
  ])('can be read: 4.5 : 1 on page and card, %s', (_, theme) => {
    const { ink, faint, bound, exact, threshold, negative, positive } = theme;
    for (const color of [ink, faint, bound, exact, threshold, negative, positive])
      for (const ground of [theme.page, theme.card])
        expect(contrast(rgb(color), rgb(ground)), `${color} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    // Numbers on the strongest block of a heat map, half of it the colour of positive values.
    const half = rgb(positive).map((byte, i) => (byte + rgb(theme.card)[i]) / 2);
    expect(contrast(rgb(ink), half)).toBeGreaterThanOrEqual(4.5);
  });

  it('escapes what markup is made of', () => {
    expect(escape(`<a href='x' b="y">&</a>`)).toBe(
      '&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;&lt;/a&gt;',
    );
  });
});
