/** Writing and reading back, to the bit; and logits that tell what files do not. Oracles: the network that was written, and its own logits. */
import { describe, expect, it } from 'vitest';
import {
  checkLogits,
  FormatError,
  networkFromJson,
  readCheckedNetwork,
  readNetwork,
  writeNetwork,
  writeNpy,
  type WrittenFormat,
} from '../src/formats/index.js';
import { readNpy } from '../src/formats/npy.js';
import { type LogitsOf } from '../src/formats/logits-check.js';
import {
  type Activation,
  ACTIVATIONS,
  initialize,
  loadSync,
  type Matrix,
  matrix,
  type Network,
} from '../src/index.js';
import { normal, uniform } from '../src/random.js';
import { safetensorsOf } from './reference/safetensors.js';

const hb = loadSync();
const logitsOf: LogitsOf = (network, inputs) => hb.logits(network, inputs);

const shape = { widths: [3, 4, 4, 2], loss: 'softmax-cross-entropy', seed: 5 } as const;
const full: Network = { ...initialize({ ...shape, activation: 'gelu' }), weightDecay: 0.1 + 0.2 };
full.layers[0].weights.data.set([-0, 5e-324, Number.MAX_VALUE, 1 / 3]);
const [first, , last] = full.layers;
const bare: Network = {
  layers: [
    { weights: first.weights, activation: 'sin' },
    { weights: full.layers[1].weights, bias: [1, 2, 3, 4] },
    { weights: last.weights, activation: 'sigmoid' },
  ],
  loss: 'sigmoid-cross-entropy',
  weightDecay: 0,
};
const linear: Network = {
  layers: [{ weights: matrix(1, 2, [1, 2]), activation: 'identity' }],
  loss: 'squared-error',
  weightDecay: 0,
};

describe('writeNetwork', () => {
  const networks = { full, bare, linear };
  it.each(
    (['json', 'safetensors', 'npz'] as const).flatMap((format) =>
      (['full', 'bare', 'linear'] as const).map((name): [WrittenFormat, keyof typeof networks] => [
        format,
        name,
      ]),
    ),
  )('%s: %s comes back to the bit', async (format, name) => {
    const network = networks[name];
    const bytes = await writeNetwork(network, format);
    const read = (await readNetwork({ name: `model.${format}`, bytes })).network;
    // toEqual tells −0 from 0; absent means identity.
    expect(read).toEqual({
      ...network,
      layers: network.layers.map(({ weights, bias, activation }) => ({
        weights,
        ...(bias && { bias: Float64Array.from(bias) }),
        activation: activation ?? 'identity',
      })),
    });
    expect(await writeNetwork(read, format)).toEqual(bytes);
  });

  it('keeps the names of classes, of any alphabet', async () => {
    for (const format of ['safetensors', 'npz'] as const) {
      const classes = ['ja, "oui"', '🌷 да'];
      const bytes = await writeNetwork(full, format, { classes });
      expect((await readNetwork({ name: 'x', bytes })).classes).toEqual(classes);
    }
  });

  it('refuses what is no network, and other formats', async () => {
    await expect(writeNetwork({ ...full, loss: 'hinge' as 'squared-error' }, 'json')).rejects.toThrow(
      /network\.loss/,
    );
    await expect(writeNetwork(full, 'onnx' as 'json')).rejects.toThrow(/format: expected one of/);
  });

  it('writes matrices that readNpy reads', () => {
    const x = matrix(2, 3, [1, -0, 1e-320, Math.PI, 4, 5]);
    expect(readNpy({ name: 'x', bytes: writeNpy(x) })).toEqual({
      shape: [2, 3],
      type: 'f64',
      numbers: x.data,
    });
  });
});

const inputs = randomMatrix(20, 4, 1);

describe('checkLogits', () => {
  const network = initialize({
    widths: [4, 6, 3],
    activation: 'tanh',
    loss: 'softmax-cross-entropy',
    seed: 2,
  });
  const single = {
    ...network,
    layers: network.layers.map((layer) => ({ ...layer, weights: rounded(layer.weights) })),
  };
  const logits = hb.logits(network, inputs);

  it('allows what rounding to single precision does to weights and logits, for the first samples too', async () => {
    const check = await checkLogits(single, { inputs, expected: rounded(logits) }, logitsOf);
    expect(check).toMatchObject({ as: 'logits', samples: 20 });
    expect(check.difference).toBeGreaterThan(0);
    const five = { rows: 5, cols: 3, data: logits.data.slice(0, 15) };
    expect(await checkLogits(network, { inputs, expected: five }, logitsOf)).toMatchObject({
      samples: 5,
      difference: 0,
    });
  });

  it('refuses another activation, one weight off by a thousandth, and samples in another order', async () => {
    const other = {
      ...network,
      layers: network.layers.map((layer, l) => (l === 0 ? { ...layer, activation: 'erf' as const } : layer)),
    };
    await expect(checkLogits(other, { inputs, expected: logits, file: 'z.npy' }, logitsOf)).rejects.toThrow(
      /^z\.npy: expected the network's logits within \S+, as rounding explains; they differ by \S+ at sample \d+, output \d:/,
    );
    const off = structuredClone(network);
    off.layers[1].weights.data[0] *= 1.001;
    await expect(checkLogits(off, { inputs, expected: logits }, logitsOf)).rejects.toThrow(FormatError);
    const turned = {
      ...logits,
      data: Float64Array.from([...logits.data.slice(3), ...logits.data.slice(0, 3)]),
    };
    await expect(checkLogits(network, { inputs, expected: turned }, logitsOf)).rejects.toThrow(FormatError);
    await expect(checkLogits(network, { inputs, expected: matrix(20, 2) }, logitsOf)).rejects.toThrow(
      /for 3 outputs; got 20 × 2/,
    );
    await expect(checkLogits(network, { inputs, expected: matrix(21, 3) }, logitsOf)).rejects.toThrow(
      /at most 20 samples/,
    );
  });

  it('takes probabilities for what they are: of a softmax, a sigmoid, and both columns of two classes', async () => {
    const softmax = mapRows(logits, (row) => {
      const sum = row.reduce((total, z) => total + Math.exp(z), 0);
      return row.map((z) => Math.exp(z) / sum);
    });
    expect((await checkLogits(network, { inputs, expected: softmax }, logitsOf)).as).toBe('probabilities');
    const sigmoid = mapRows(logits, (row) => row.map((z) => 1 / (1 + Math.exp(-z))));
    const many: Network = { ...network, loss: 'sigmoid-cross-entropy' };
    expect((await checkLogits(many, { inputs, expected: sigmoid }, logitsOf)).as).toBe('probabilities');
    const one: Network = {
      ...initialize({ widths: [4, 3, 1], activation: 'tanh', loss: 'sigmoid-cross-entropy', seed: 4 }),
    };
    const pairs = mapRows(hb.logits(one, inputs), ([z]) => [1 / (1 + Math.exp(z)), 1 / (1 + Math.exp(-z))]);
    expect((await checkLogits(one, { inputs, expected: pairs }, logitsOf)).as).toBe('probabilities');
    const swapped = mapRows(pairs, ([a, b]) => [b, a]);
    await expect(checkLogits(one, { inputs, expected: swapped }, logitsOf)).rejects.toThrow(
      /the network's probabilities/,
    );
    // Of squared error there are none.
    await expect(
      checkLogits({ ...network, loss: 'squared-error' }, { inputs, expected: softmax }, logitsOf),
    ).rejects.toThrow(/the network's logits/);
  });
});

describe('readCheckedNetwork', () => {
  // Squares, whose layout nothing but the logits tells; and weights large enough for activations to differ.
  const entry = (tensor: number, k: number): number => ((tensor * 7 + k * 5) % 11) / 5 - 1;
  const squares = { W1: [4, 4], W2: [4, 4] };
  const bytes = safetensorsOf(squares, entry);
  const original = (activation: Activation, layout: 'out-in' | 'in-out'): Promise<{ network: Network }> =>
    readNetwork({ name: 'w', bytes }, { activation, layout, loss: 'squared-error' });

  it.each(ACTIVATIONS.filter((name) => name !== 'identity'))(
    'finds %s and the layout',
    async (activation) => {
      for (const layout of ['out-in', 'in-out'] as const) {
        const { network } = await original(activation, layout);
        const samples = { inputs, expected: hb.logits(network, inputs), file: 'z.npy' };
        const found = await readCheckedNetwork(
          { name: 'w', bytes },
          { loss: 'squared-error' },
          samples,
          logitsOf,
        );
        expect(found.network).toEqual(network);
        expect(found.inferred).toContain(
          `layout ${layout}, activation ${activation}: of 20 choices the only one that gives the logits of z.npy`,
        );
      }
    },
  );

  it('does not replace what is stated, and does not choose where several or none fit', async () => {
    const { network } = await original('tanh', 'out-in');
    const expected = hb.logits(network, inputs);
    const read = (hints: object, z: Matrix): Promise<unknown> =>
      readCheckedNetwork(
        { name: 'w', bytes },
        { loss: 'squared-error', ...hints },
        { inputs, expected: z, file: 'z.npy' },
        logitsOf,
      );
    await expect(read({ activation: 'sin', layout: 'out-in' }, expected)).rejects.toThrow(
      /^z\.npy: expected the network's logits/,
    );
    await expect(read({ activation: 'sin' }, expected)).rejects.toThrow(
      /none of 2 choices .* the closest \(layout/,
    );
    const zero = { ...matrix(1, 4), data: new Float64Array(4) };
    await expect(
      readCheckedNetwork(
        { name: 'w', bytes },
        { loss: 'squared-error' },
        { inputs: matrix(1, 4), expected: zero, file: 'z.npy' },
        logitsOf,
      ),
    ).rejects.toThrow(
      /do not tell between layout out-in, activation identity and layout out-in, activation tanh and/,
    );
  });
});

describe('JSON', () => {
  it.each<[string, RegExp]>([
    [
      '{"layers": [], "loss": "a", "layers": []}',
      /the key "layers" once in its object; got it again at line 1, column 29$/,
    ],
    [
      '{"layers": [{"weights": [[1]], "we\\u0069ghts": [[2]]}], "loss": "squared-error"}',
      /the key "we\\u0069ghts" once/,
    ],
    ['{"layers": [1,]}', /not valid JSON: Unexpected token .* at line 1, column 15$/],
    ['{"layers": NaN}', /column 12 \(JSON has no NaN or Infinity\)$/],
    [
      '{"layers": [{"weights": [[1]]}], "loss": "squared-error", "weightDecay": -1}',
      /network\.weightDecay: expected a finite number ≥ 0; got -1$/,
    ],
    [
      '{"layers": [{"weights": [[1]], "activation": "relu"}], "loss": "squared-error"}',
      /layer layers\[0\]: relu cannot be analysed/,
    ],
    [`{"layers": ${'['.repeat(100_000)}`, /not valid JSON/],
  ])('%.60s is refused', async (text, message) => {
    await expect(readNetwork({ name: 'n.json', bytes: new TextEncoder().encode(text) })).rejects.toThrow(
      message,
    );
  });

  it('lets keys be again what values were, and in other objects', () => {
    expect(
      networkFromJson({ layers: [{ weights: [[1]] }, { weights: [[1]] }], loss: 'squared-error' }).layers,
    ).toHaveLength(2);
  });

  it('may have a byte order mark', async () => {
    const text = `\ufeff${new TextDecoder().decode(await writeNetwork(linear, 'json'))}`;
    expect((await readNetwork({ name: 'n', bytes: new TextEncoder().encode(text) })).network).toEqual(linear);
  });
});

function randomMatrix(rows: number, cols: number, seed: number): Matrix {
  const next = normal(uniform(seed));
  return matrix(rows, cols, Float64Array.from({ length: rows * cols }, next));
}

function rounded({ rows, cols, data }: Matrix): Matrix {
  return { rows, cols, data: data.map(Math.fround) };
}

function mapRows({ rows, cols, data }: Matrix, change: (row: number[]) => number[]): Matrix {
  const changed = Array.from({ length: rows }, (_, i) =>
    change(Array.from(data.subarray(i * cols, (i + 1) * cols))),
  );
  return matrix(rows, changed[0].length, changed.flat());
}
