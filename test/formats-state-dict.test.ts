/**
 * Which layers tensors make: layout and order, told by names, by shapes, by hints, or refused. Expected are the numbers as they were put in, in
 * files that the test writes byte by byte, after the formats' definitions.
 */
import { describe, expect, it } from 'vitest';
import { type NetworkHints } from '../src/formats/description.js';
import { FormatError, readNetwork } from '../src/formats/index.js';
import { type Network } from '../src/index.js';
import { safetensorsOf } from './reference/safetensors.js';

const HINTS: NetworkHints = { activation: 'tanh', loss: 'squared-error' };

/** name: shape; the entries of the i-th tensor are 100 i, 100 i + 1, … */
type Shapes = Record<string, number[]>;

async function read(
  shapes: Shapes,
  hints: NetworkHints = {},
): Promise<{ layers: string[]; inferred: string[] }> {
  const file = { name: 'x.safetensors', bytes: safetensorsOf(shapes) };
  const { network, inferred } = await readNetwork(file, { ...HINTS, ...hints });
  return { layers: network.layers.map(shown), inferred };
}

/** '2×3: 0 1 2 3 4 5 + 100 101' */
function shown({ weights: { rows, cols, data }, bias }: Network['layers'][number]): string {
  return `${rows}×${cols}: ${data.join(' ')}${bias ? ` + ${Array.from(bias).join(' ')}` : ''}`;
}

async function refusal(shapes: Shapes, hints: NetworkHints = {}): Promise<string> {
  const problem: unknown = await read(shapes, hints).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(FormatError);
  return (problem as FormatError).message;
}

describe('layout', () => {
  it('.weight is outputs × inputs, also where a square could be either', async () => {
    expect((await read({ '0.weight': [2, 2], '0.bias': [2] })).layers).toEqual(['2×2: 0 1 2 3 + 100 101']);
    expect((await read({ weight: [1, 2] })).layers).toEqual(['1×2: 0 1']);
  });

  it('kernel and coefs are inputs × outputs', async () => {
    expect((await read({ 'dense/kernel:0': [2, 3], 'dense/bias:0': [3] })).layers).toEqual([
      '3×2: 0 3 1 4 2 5 + 100 101 102',
    ]);
    expect((await read({ 'params.Dense_0.kernel': [2, 2] })).layers).toEqual(['2×2: 0 2 1 3']);
    expect((await read({ coefs_0: [2, 1], intercepts_0: [1] })).layers).toEqual(['1×2: 0 1 + 100']);
  });

  it('of other names is told by biases', async () => {
    expect((await read({ W1: [2, 3], b1: [3] })).layers).toEqual(['3×2: 0 3 1 4 2 5 + 100 101 102']);
    expect((await read({ W1: [2, 3], b1: [2] })).layers).toEqual(['2×3: 0 1 2 3 4 5 + 100 101']);
  });

  it('of other names is told by the neighbours', async () => {
    expect((await read({ W1: [2, 3], W2: [3, 1] })).layers).toEqual(['3×2: 0 3 1 4 2 5', '1×3: 100 101 102']);
    expect((await read({ W1: [3, 2], W2: [1, 3] })).layers).toEqual(['3×2: 0 1 2 3 4 5', '1×3: 100 101 102']);
    const { inferred } = await read({ W1: [3, 2], W2: [1, 3] });
    expect(inferred[0]).toBe(
      'weights are outputs × inputs, as PyTorch stores them: otherwise shapes would not fit',
    );
  });

  it('that nothing tells is asked for, and a hint is taken', async () => {
    const shapes = { W1: [2, 2], W2: [2, 2], b1: [2] };
    expect(await refusal(shapes)).toMatch(
      /^x\.safetensors: W1: neither names nor shapes tell .* --layout in-out$/,
    );
    expect((await read(shapes, { layout: 'in-out' })).layers).toEqual([
      '2×2: 0 2 1 3 + 200 201',
      '2×2: 100 102 101 103',
    ]);
    expect((await read(shapes, { layout: 'out-in' })).layers).toEqual([
      '2×2: 0 1 2 3 + 200 201',
      '2×2: 100 101 102 103',
    ]);
    // One layer without a bias could be read both ways, whatever its shape.
    expect(await refusal({ w: [2, 3] })).toMatch(/give the layout/);
  });

  it('that a hint contradicts, or that names say wrong, is refused with what would fit', async () => {
    expect(await refusal({ '0.weight': [2, 3], '0.bias': [3] })).toMatch(
      /tensor 0\.bias: expected a number for each output of weights 2 × 3; got 3; read as inputs × outputs.*--layout in-out/,
    );
    expect((await read({ '0.weight': [2, 3], '0.bias': [3] }, { layout: 'in-out' })).layers).toEqual([
      '3×2: 0 3 1 4 2 5 + 100 101 102',
    ]);
    expect(await refusal({ kernel: [2, 3], bias: [2] })).toMatch(/--layout out-in/);
  });
});

describe('order', () => {
  it('is that of the numbers, as people count', async () => {
    const shapes = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${11 - i}.weight`, [1, 1]]));
    const { layers, inferred } = await read(shapes);
    expect(layers).toEqual(Array.from({ length: 12 }, (_, i) => `1×1: ${100 * (11 - i)}`));
    expect(inferred[1]).toMatch(/in the order of their names: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11$/);
  });

  it('is that of the shapes where names have none', async () => {
    const { layers, inferred } = await read({
      'head.weight': [1, 3],
      'body.weight': [3, 2],
      'stem.weight': [2, 4],
    });
    expect(layers.map((layer) => layer.slice(0, 3))).toEqual(['2×4', '3×2', '1×3']);
    expect(inferred[1]).toMatch(/only order that their numbers and shapes allow: stem, body, head$/);
  });

  it('is that of the shapes where numbers say otherwise', async () => {
    const { layers, inferred } = await read({ 'Dense_0.kernel': [7, 3], 'Dense_1.kernel': [4, 7] });
    expect(layers.map((layer) => layer.slice(0, 3))).toEqual(['7×4', '3×7']);
    expect(inferred[1]).toMatch(/not that of their numbers: Dense_1, Dense_0$/);
  });

  it('that several fit is asked for, and a hint is taken', async () => {
    const shapes = { 'a.weight': [2, 2], 'b.weight': [2, 2] };
    expect(await refusal(shapes)).toMatch(/several orders, such as a,b and b,a; .* --layers a,b\)$/);
    expect((await read(shapes, { layers: ['b', 'a'] })).layers).toEqual([
      '2×2: 100 101 102 103',
      '2×2: 0 1 2 3',
    ]);
    expect(await refusal(shapes, { layers: ['b'] })).toMatch(/order of all its layers, a, b; got b$/);
    expect(await refusal(shapes, { layers: ['b', 'b'] })).toMatch(/got b, b$/);
    expect(await refusal({ 'a.weight': [2, 3], 'b.weight': [3, 2] }, { layers: ['a', 'x'] })).toMatch(
      /got a, x$/,
    );
    // Numbers hold within each name: encoder and decoder alone can change places.
    expect(
      await refusal({
        'enc.0.weight': [2, 4],
        'enc.1.weight': [1, 2],
        'dec.0.weight': [2, 1],
        'dec.1.weight': [4, 2],
      }),
    ).toMatch(/such as dec\.0,dec\.1,enc\.0,enc\.1 and enc\.0,enc\.1,dec\.0,dec\.1;/);
  });

  it('that none fits is refused with the shapes', async () => {
    expect(await refusal({ '0.weight': [3, 2], '2.weight': [1, 4] })).toMatch(
      /in some order; got weights of 0 3 × 2, 2 1 × 4$/,
    );
    expect(await refusal({ 'a.weight': [3, 2], 'b.weight': [1, 3] }, { layers: ['b', 'a'] })).toMatch(
      /in the order given;/,
    );
  });

  it('does not search for ever', async () => {
    // 40 squares between two ends that cannot meet: 40! orders.
    const shapes = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `${String.fromCharCode(97 + (i % 26)).repeat(1 + i / 26)}.weight`,
        [2, 2],
      ]),
    );
    const start = performance.now();
    expect(await refusal({ ...shapes, 'end.weight': [5, 4] })).toMatch(/too many ways to try/);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('hints', () => {
  it.each<[object, RegExp]>([
    [{ layout: 'row-major' }, /hints\.layout: expected one of 'out-in', 'in-out'; got "row-major"/],
    [{ loss: 'mse' }, /hints\.loss: expected one of/],
    [{ weightDecay: -1 }, /hints\.weightDecay: expected a finite number ≥ 0; got -1/],
    [{ layers: 'a,b' }, /hints\.layers: expected an array of names; got "a,b"/],
    [{ activation: 3 }, /hints\.activation: expected a name; got 3/],
    [{ activations: ['tanh'] }, /expected activation or activations; got both/],
    [{ activations: [1], activation: undefined }, /hints\.activations: expected an array of names/],
    [{ phi: 'tanh' }, /hints: unknown option "phi"/],
    [{ activation: 'relu' }, /x\.safetensors: layer 0: relu cannot be analysed: it has no second derivative/],
    [{ activation: undefined }, /x\.safetensors: expected the activation of the hidden layers to be given/],
    [{ loss: undefined }, /x\.safetensors: expected the loss to be given/],
  ])('%j is refused', async (hints, message) => {
    await expect(read({ '0.weight': [2, 2], '1.weight': [2, 2] }, hints as NetworkHints)).rejects.toThrow(
      message,
    );
  });

  it('of every layer', async () => {
    const bytes = safetensorsOf({ '0.weight': [2, 2], '1.weight': [2, 2] });
    const hints = { activations: ['tanh', 'sin'], loss: 'squared-error', weightDecay: 0.5 } as const;
    const { network } = await readNetwork({ name: 'x', bytes }, hints);
    expect(network).toMatchObject({
      layers: [{ activation: 'tanh' }, { activation: 'sin' }],
      weightDecay: 0.5,
    });
  });
});

describe('a sigmoid at the end', () => {
  const bytes = safetensorsOf({ '0.weight': [2, 2], '1.weight': [1, 2] });
  const loss = 'sigmoid-cross-entropy';

  it('that the file states is a layer, and that is said', async () => {
    const stated = safetensorsOf({ '0.weight': [2, 2], '1.weight': [1, 2] }, undefined, {
      activations: 'tanh,sigmoid',
      loss,
    });
    const { network, inferred } = await readNetwork({ name: 'x', bytes: stated });
    expect(network.layers[1].activation).toBe('sigmoid');
    expect(inferred.join('\n')).toContain(
      'the sigmoid at the end is a layer of the network, and the loss applies another',
    );
  });

  it('that hints say is part of the loss', async () => {
    const { network, inferred } = await readNetwork(
      { name: 'x', bytes },
      { activations: ['tanh', 'sigmoid'], loss },
    );
    expect(network.layers[1].activation).toBe('identity');
    expect(inferred.join('\n')).toContain('the sigmoid at the end is part of the loss');
  });
});

describe('tensors', () => {
  it('come with prefixes, in any words', async () => {
    const expected = ['3×2: 0 1 2 3 4 5 + 200 201 202', '1×3: 100 101 102'];
    const shapes = [[3, 2], [1, 3], [3]]; // prettier-ignore
    const named = (...names: string[]): Shapes =>
      Object.fromEntries(names.map((name, i) => [name, shapes[i]]));
    expect((await read(named('module.fc1.weight', 'module.fc2.weight', 'module.fc1.bias'))).layers).toEqual(
      expected,
    );
    expect(
      (await read(named('net.0.linear.weight', 'net.1.linear.weight', 'net.0.linear.bias'))).layers,
    ).toEqual(expected);
    expect((await read(named('weights_0', 'weights_1', 'biases_0'))).layers).toEqual(expected);
    expect((await read(named('fc1_w', 'fc2_w', 'fc1_b'))).layers).toEqual(expected);
    expect((await read(named('mlp/linear_0/w', 'mlp/linear_1/w', 'mlp/linear_0/b'))).layers).toEqual(
      expected,
    );
  });

  it.each<[Shapes, RegExp]>([
    [{ '0.weight': [2, 2], log_std: [2] }, /tensor log_std: it is neither weights nor bias/],
    [{ '0.weight': [2, 2], '1.bias': [2] }, /tensor 1\.bias: expected the weights/],
    [
      { '0.weight': [2, 2], 'module.0.weight': [2, 2] },
      /tensor module\.0\.weight: expected one for each layer/,
    ],
    [{ '0.weight': [2, 2], '0.bias': [2, 2] }, /tensor 0\.bias: expected a bias.* got 2 × 2/],
    [{ '0.weight': [2, 2, 3, 3] }, /tensor 0\.weight: weights of 2 × 2 × 3 × 3 belong to a convolution/],
    [{ '0.weight': [2] }, /tensor 0\.weight: weights in one dimension \(2\)/],
    [{ '0.weight': [] }, /tensor 0\.weight: .*single number/],
    [{ '0.bias': [2] }, /expected the weights/],
    [{}, /expected the weights of a fully connected layer; got none/],
    [{ '0.weight': [0, 2] }, /layer 0: expected weights; got 0 × 2/],
    [{ 'layer.q_proj.weight': [2, 2] }, /attention/],
    [{ '0.weight': [2, 2], '1.running_mean': [2] }, /normalization/],
    [{ '0.weight': [2, 2], 'lora_A.weight': [2, 2] }, /adapter/],
    [{ '0.weight': [2, 2], '0.weight_scale': [2] }, /quantized/],
  ])('that make no fully connected network are refused: %j', async (shapes, message) => {
    expect(await refusal(shapes)).toMatch(message);
  });

  it('that are counters are left out, and the result says so', async () => {
    const { inferred } = await read({ '0.weight': [2, 2], num_batches_tracked: [] });
    expect(inferred).toContain('num_batches_tracked is left out: it is a counter');
  });

  it('that are the same numbers twice are pointed out', async () => {
    const same = safetensorsOf({ '0.weight': [2, 2], '1.weight': [2, 2] }, (_, entry) => 1 + entry);
    const { inferred } = await readNetwork({ name: 'x', bytes: same }, HINTS);
    expect(inferred).toContain('layers 0 and 1 hold the same numbers: each counts as parameters of its own');
  });
});
