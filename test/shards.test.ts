/** An analysis in parts: the same bits as one run, whatever the number of parts, and no part that does not belong. The oracle is the run without parts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../src/base64.js';
import { Digests } from '../src/digests.js';
import {
  createPool,
  type Dataset,
  initialize,
  loadSync,
  matrix,
  type Network,
  type Part,
  type Pool,
  type SharpnessOptions,
} from '../src/index.js';
import { randomMatrix, randomProblem, uniforms } from './reference/generate.js';

const hb = loadSync();
let pool: Pool;
beforeAll(async () => {
  pool = await createPool({ workers: 2 });
});
afterAll(() => pool.close());

interface Problem {
  network: Network;
  data: Dataset;
}

/** A tanh classifier whose moments come from pairs: more parameters than samples make worth while. */
function classifier(widths: number[], samples: number, size = 1, seed = 1): Problem {
  const K = widths.at(-1)!;
  return {
    network: initialize({ widths, activation: 'tanh', loss: 'softmax-cross-entropy', seed }),
    data: {
      inputs: randomMatrix(uniforms(seed), samples, widths[0], size),
      targets: Float64Array.from({ length: samples }, (_, i) => i % K),
    },
  };
}

/** Four tiles a side, of 64 samples or fewer: 10 tiles. */
const MANY_TILES = classifier([60, 8, 4, 3], 200);

type Asked = Pick<SharpnessOptions, 'bounds' | 'ingredients' | 'explain' | 'certified'>;

/** All parts, each by way of JSON. */
function partsOf({ network, data }: Problem, count: number, options: Asked = {}): Part[] {
  return Array.from({ length: count }, (_, i) => {
    const part = hb.shard(network, data, { ...options, index: i + 1, count });
    return JSON.parse(JSON.stringify(part)) as Part;
  });
}

/** With these parts, and what they did not cover. */
function merged(
  { network, data }: Problem,
  parts: Part[],
  options: SharpnessOptions = {},
): [result: unknown, uncovered: string[]] {
  const uncovered: string[] = [];
  const onUncovered = (sum: string): void => void uncovered.push(sum);
  return [hb.sharpness(network, data, { ...options, parts, onUncovered }), uncovered];
}

/** The part with another content and a digest that fits it. */
function forged(part: Part, change: Partial<Part>): Part {
  const { digest: _digest, name: _name, ...content } = { ...part, ...change };
  return { ...content, digest: new Digests().of(content) };
}

describe('parts of an analysis', () => {
  it.each([1, 2, 3, 7, 300])('%i of them give the bits of one run, in any order', (count) => {
    const parts = partsOf(MANY_TILES, count);
    const [result, uncovered] = merged(MANY_TILES, [...parts].reverse());
    expect(result).toEqual(hb.sharpness(MANY_TILES.network, MANY_TILES.data));
    expect(uncovered).toEqual([]);
    // Every task in one part: 10 tiles and one range of samples, and 10 tiles of cosines.
    const tasks = [0, 1].map((sum) => parts.flatMap(({ sums }) => sums[sum].results).length);
    expect(tasks).toEqual([11, 10]);
  });

  it('share the work evenly, by its weight', () => {
    // 20 tiles a side, in 110 strips of one or two: an equal share of 9 is 23 tiles or so, and none is off by more than a strip.
    const large = classifier([60, 12, 3], 1280);
    const parts = partsOf(large, 9);
    for (const { results } of parts.map(({ sums }) => sums[1])) {
      expect(results.length).toBeGreaterThanOrEqual(11);
      expect(results.length).toBeLessThanOrEqual(15);
    }
    expect(merged(large, parts)).toEqual([hb.sharpness(large.network, large.data), []]);
    // Rows of 7, 6, …, 1 tiles.
    const proofs = partsOf(MANY_TILES, 2, { certified: true, ingredients: false });
    expect(proofs.map(({ sums: [{ results }] }) => results.length)).toEqual([2, 5]);
  });

  it.each(Array.from({ length: 12 }, (_, i) => i + 1))('of random problem %i', (seed) => {
    const problem = randomProblem(seed, 9, 90);
    const options: Asked = { bounds: 'all', explain: seed % 3 === 0 };
    const parts = partsOf(problem, 3, options);
    expect(merged(problem, parts, options)[0]).toEqual(hb.sharpness(problem.network, problem.data, options));
  });

  it('hold all that sharpness begins with, whatever is asked of it', () => {
    const problem = { ...MANY_TILES, network: { ...MANY_TILES.network, weightDecay: 0.25 } };
    for (const options of [
      { ingredients: false },
      { bounds: ['gaussNewton'] },
      { bounds: 'all', explain: true },
      { certified: true },
      { certified: true, explain: true, bounds: 'all', ingredients: false },
    ] satisfies Asked[]) {
      const parts = partsOf(problem, 2, options);
      const [result] = merged(problem, parts, { ...options, tolerance: 1e-3 });
      expect(result).toEqual(hb.sharpness(problem.network, problem.data, { ...options, tolerance: 1e-3 }));
    }
    const kinds = (options: Asked): string[] => partsOf(problem, 1, options)[0].sums.map(({ kind }) => kind);
    expect(kinds({})).toEqual(['pairs', 'orthogonality']);
    expect(kinds({ certified: true, ingredients: false })).toEqual(['provenSquares']);
    expect(kinds({ explain: true })).toEqual(['pairs', 'pairs', 'pairs', 'orthogonality']);
  });

  it('may be merged with other options: what they do not hold is computed, and said', () => {
    const { network, data } = MANY_TILES;
    const parts = partsOf(MANY_TILES, 2, { ingredients: false });
    expect(merged(MANY_TILES, parts)).toEqual([hb.sharpness(network, data), ['orthogonality']]);
    const certified = { certified: true, ingredients: false };
    expect(merged(MANY_TILES, parts, certified)).toEqual([
      hb.sharpness(network, data, certified),
      ['provenSquares'],
    ]);
  });

  it('hold nothing of moments from the assembled Hessian', () => {
    const few = classifier([2, 1, 2], 300);
    expect(hb.sharpness(few.network, few.data).moments.method).toBe('hessian');
    const parts = partsOf(few, 2);
    expect(parts.map(({ sums }) => sums.map(({ kind }) => kind))).toEqual([
      ['orthogonality'],
      ['orthogonality'],
    ]);
    expect(merged(few, parts)).toEqual([hb.sharpness(few.network, few.data), []]);
    const none = partsOf(few, 2, { ingredients: false });
    expect(none.map(({ sums }) => sums)).toEqual([[], []]);
    expect(merged(few, none, { ingredients: false })[0]).toEqual(
      hb.sharpness(few.network, few.data, { ingredients: false }),
    );
  });

  it.each([1e70, 1e-70])(
    'that leave the range, of inputs near %d: the next scale is computed, and said',
    (s) => {
      // All curvature goes with inputs, targets and last weights squared: of some 1e-140, or up to 1e140 in the first layer.
      const next = uniforms(5);
      const network: Network = {
        layers: [
          { weights: randomMatrix(next, 9, 40, Math.min(1, 1 / s)), activation: 'tanh' },
          { weights: randomMatrix(next, 3, 9, Math.min(1, s)) },
        ],
        loss: 'squared-error',
      };
      const data = {
        inputs: randomMatrix(next, 70, 40, s),
        targets: randomMatrix(next, 70, 3, Math.min(1, s)),
      };
      const options = { ingredients: false };
      const [result, uncovered] = merged({ network, data }, partsOf({ network, data }, 3, options), options);
      expect(result).toEqual(hb.sharpness(network, data, options));
      expect(new Set(uncovered)).toEqual(new Set(['pairs']));
    },
  );

  it('do not know what the certificate will take: that is computed, and said', () => {
    const { network, data } = MANY_TILES;
    const [result, uncovered] = merged(MANY_TILES, partsOf(MANY_TILES, 2), { tolerance: 1e-6 });
    expect(result).toEqual(hb.sharpness(network, data, { tolerance: 1e-6 }));
    expect(uncovered).toEqual(['pairs']);
  });

  it('that cancel: the packed form is computed, and said', () => {
    // Softmax ignores a common offset of its weights; the factored form would square it.
    const cancelling = classifier([3, 40, 2], 40);
    const offset = uniforms(2);
    const common = Array.from({ length: 40 }, () => 1e6 * (2 * offset() - 1));
    const [, last] = cancelling.network.layers;
    last.weights = matrix(
      2,
      40,
      last.weights.data.map((w, at) => w + common[at % 40]),
    );
    const parts = partsOf(cancelling, 3);
    const [result, uncovered] = merged(cancelling, parts);
    expect(result).toEqual(hb.sharpness(cancelling.network, cancelling.data));
    expect(uncovered).toEqual(['pairs']);
  });

  it('stay small: long sums over samples are computed at the end', () => {
    const wide = classifier([20, 64, 64, 3], 100);
    const parts = partsOf(wide, 2);
    expect(JSON.stringify(parts).length).toBeLessThan(20_000);
    expect(merged(wide, parts)).toEqual([hb.sharpness(wide.network, wide.data), []]);
  });

  it('are the same from a pool, and serve it as well', async () => {
    const { network, data } = MANY_TILES;
    const reached: number[] = [];
    const onProgress = (fraction: number): void => void reached.push(fraction);
    for (const count of [3, 100]) {
      const parts = await Promise.all(
        Array.from({ length: count }, (_, i) =>
          pool.shard(network, data, { index: i + 1, count, onProgress }),
        ),
      );
      expect(parts).toEqual(partsOf(MANY_TILES, count));
      const options = { bounds: ['wolkowiczStyan', 'layerBlocks'], exact: true } satisfies SharpnessOptions;
      const uncovered: string[] = [];
      const onUncovered = (sum: string): void => void uncovered.push(sum);
      expect(await pool.sharpness(network, data, { ...options, parts, onUncovered, onProgress })).toEqual(
        hb.sharpness(network, data, options),
      );
      expect(uncovered).toEqual([]);
    }
    expect(reached.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    expect(reached).toContain(1);
  });

  it('are what the result comes from: a forged number shows in it, and nothing else', () => {
    const [first, ...others] = partsOf(MANY_TILES, 3);
    const [pairs, cosines] = first.sums;
    const sum = fromBase64(cosines.results[0], 3)!;
    sum[0] += 1;
    const results = [toBase64(sum), ...cosines.results.slice(1)];
    const [result] = merged(MANY_TILES, [
      forged(first, { sums: [pairs, { ...cosines, results }] }),
      ...others,
    ]);
    const own = hb.sharpness(MANY_TILES.network, MANY_TILES.data);
    const { kappa2 } = own.ingredients!.orthogonality;
    expect(result).toMatchObject({ upper: own.upper, moments: own.moments });
    const moved = (result as typeof own).ingredients!.orthogonality.kappa2;
    expect(Math.abs(moved - kappa2 - 1)).toBeLessThan(1e-12);
  });
});

describe('parts are refused', () => {
  const { network, data } = MANY_TILES;
  const parts = partsOf(MANY_TILES, 7);
  const [first, second, third] = parts;
  const withFirst = (part: unknown): unknown[] => [part, ...parts.slice(1)];
  const refusal = (given: unknown): string => {
    try {
      hb.sharpness(network, data, { parts: given as Part[] });
    } catch (error) {
      expect(error).toSatisfy((e) => e instanceof RangeError || e instanceof TypeError);
      return (error as Error).message;
    }
    return 'accepted';
  };

  it.each<[string, unknown, RegExp]>([
    ['one is missing', parts.filter(({ index }) => index !== 4), /^part 4 of 7 is missing$/],
    ['several are missing', [third], /^parts 1, 2, 4, 5, 6 and 7 of 7 are missing$/],
    [
      'very many are missing',
      [forged(first, { count: 10_000 })],
      /^parts 2, 3, .*, 9 and 9991 more of 10000 are/,
    ],
    [
      'one comes twice',
      [
        ...parts.map((part) => ({ ...part, name: `part-${part.index}.json` })),
        { ...third, name: 'copy.json' },
      ],
      /^part-3\.json and copy\.json are both part 3 of 7$/,
    ],
    ['none', [], /^options\.parts: expected a non-empty array of parts; got an array of length 0$/],
    ['no array', first, /^options\.parts: expected a non-empty array/],
    ['no part', withFirst(null), /^options\.parts\[0\]: expected an object; got null$/],
    ['something else', withFirst({ layers: [] }), /^options\.parts\[0\]: expected a part of an analysis/],
    ['a hole', [, ...parts.slice(1)], /^options\.parts\[0\]: expected an object; got undefined$/],
    [
      'of other numbers',
      withFirst(partsOf(MANY_TILES, 6)[0]),
      /is part 2 of 7, and options\.parts\[0\] part 1 of 6$/,
    ],
    ['of other sums', withFirst(partsOf(MANY_TILES, 7, { ingredients: false })[0]), /holds other sums than/],
    ['of another version', withFirst({ ...first, version: '9.9.9' }), /hessbound \d\S+; got "9\.9\.9"$/],
    ['cut short', withFirst({ ...first, sums: first.sums.slice(1) }), /^options\.parts\[0\]: damaged/],
    ['renumbered', withFirst({ ...second, index: 1 }), /^options\.parts\[0\]: damaged/],
    [
      'with a wrong index',
      withFirst({ ...first, index: 8 }),
      /^options\.parts\[0\]: index: expected an integer from 1 to 7/,
    ],
    [
      'with a wrong count',
      withFirst({ ...first, count: 1e9 }),
      /count: expected an integer from 1 to 10000; got 1000000000$/,
    ],
    [
      'without a digest',
      withFirst({ ...first, digest: undefined }),
      /digest: expected a SHA-256 in hexadecimal/,
    ],
    ['without sums', withFirst({ ...first, sums: {} }), /sums: expected an array; got an object/],
    [
      'with results that are no text',
      withFirst({ ...first, sums: [{ ...first.sums[0], results: [1, 2] }] }),
      /^options\.parts\[0\]: sums\[0\]\.results\[0\]: expected text; got 1$/,
    ],
  ])('%s', (_, given, message) => {
    expect(refusal(given)).toMatch(message);
  });

  it('of another network, data or weights, also among each other', () => {
    const others: Problem[] = [
      classifier([60, 8, 4, 3], 200, 1, 2),
      { ...MANY_TILES, network: { ...network, weightDecay: 1e-9 } },
      {
        ...MANY_TILES,
        data: { ...data, weights: Float64Array.from({ length: 200 }, (_, i) => 1 + (i % 2)) },
      },
    ];
    const reasons = others.map((problem) => refusal(partsOf(problem, 1)));
    expect(reasons).toEqual([
      'options.parts[0]: expected a part of this network; got one of another',
      'options.parts[0]: expected a part of this network; got one of another',
      'options.parts[0]: expected a part of this data; got one of another',
    ]);
    expect(refusal(withFirst(partsOf(others[2], 7)[0]))).toBe(
      'options.parts[1]: is a part of another data than options.parts[0]',
    );
  });

  it('that claim to be whole and are not: by the tasks of this problem', () => {
    const [pairs, cosines] = first.sums;
    const withPairs = (change: Partial<typeof pairs>): unknown[] =>
      withFirst(forged(first, { sums: [{ ...pairs, ...change }, cosines] }));
    expect(refusal(withPairs({ results: pairs.results.slice(1) }))).toMatch(
      /^options\.parts\[0\]: expected \d+ numbers of task 1 of pairs; got others$/,
    );
    expect(refusal(withPairs({ results: pairs.results.slice(0, -1) }))).toMatch(/numbers of task 2 of pairs/);
    expect(refusal(withPairs({ results: [...pairs.results, pairs.results[0]] }))).toBe(
      `options.parts[0]: expected ${pairs.results.length} tasks of pairs; got ${pairs.results.length + 1}`,
    );
    expect(refusal(withPairs({ results: pairs.results.map((text) => text.replace(/^./, '*')) }))).toMatch(
      /got others$/,
    );
    // All of them alike, so that they agree with each other.
    const plan = '0'.repeat(64);
    const cut = parts.map((part) => forged(part, { sums: [{ ...part.sums[0], plan }, part.sums[1]] }));
    expect(refusal(cut)).toBe('options.parts[0]: expected the tasks that pairs is cut into here; got others');
  });

  it('with any character of it changed', () => {
    const text = JSON.stringify(first);
    const next = uniforms(3);
    for (let i = 0; i < 300; i++) {
      const at = Math.floor(next() * text.length);
      const other = String.fromCharCode(32 + Math.floor(95 * next()));
      if (text[at] === other) continue;
      let part: unknown;
      try {
        part = JSON.parse(text.slice(0, at) + other + text.slice(at + 1));
      } catch {
        continue;
      }
      expect(refusal(withFirst(part))).toMatch(/^options\.parts\[\d\]: /);
    }
  });

  it('and wrong shares are not begun', async () => {
    const wrong = (options: object): string => {
      try {
        hb.shard(network, data, options as never);
      } catch (error) {
        return (error as Error).message;
      }
      return 'accepted';
    };
    expect(wrong({ index: 0, count: 3 })).toBe('options.index: expected an integer from 1 to 3; got 0');
    expect(wrong({ index: 4, count: 3 })).toBe('options.index: expected an integer from 1 to 3; got 4');
    expect(wrong({ index: 1, count: 10_001 })).toMatch(
      /^options\.count: expected an integer from 1 to 10000/,
    );
    expect(wrong({ count: 3 })).toMatch(/^options\.index: expected an integer; got undefined/);
    expect(wrong({ index: 1, count: 3, exact: true })).toMatch(/unknown option "exact"/);
    expect(() => hb.sharpness(network, data, { parts, onUncovered: 1 as never })).toThrow(
      /^options\.onUncovered: expected a function; got 1$/,
    );
    await expect(pool.sharpness(network, data, { parts: parts.slice(1) })).rejects.toThrow(
      /^part 1 of 7 is missing$/,
    );
    expect(hb.memory().used).toBe(0);
  });
});
