/**
 * The script for PyTorch: its text, and the arrays beside it read back by what is written here of NumPy's format. That it agrees with
 * PyTorch is for npm run check-python, which runs it.
 */
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { pythonScript } from '../src/formats/index.js';
import { ACTIVATIONS, matrix, type Dataset, type Network } from '../src/index.js';
import { randomProblem } from './reference/generate.js';

const network: Network = {
  layers: [
    {
      weights: matrix(3, 2, [1.5, -0, 5e-324, 0.1, -1 / 3, 2 ** 70]),
      bias: [1e-300, 2, 3],
      activation: 'tanh',
    },
    { weights: matrix(3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), activation: 'erf' },
    { weights: matrix(2, 3, [1, 2, 3, 4, 5, 6]), bias: [0, 1] },
  ],
  loss: 'softmax-cross-entropy',
  weightDecay: 0.25,
};
const data: Dataset = { inputs: matrix(2, 2, [0.1, 0.2, 0.3, 0.4]), targets: [1, 0], weights: [1, 3] };

interface Array64 {
  shape: number[];
  data: Float64Array;
}

/** NEP 1: magic, version, length of the header, a Python dict, and little-endian doubles. */
function readArrays(archive: Uint8Array): Record<string, Array64> {
  return Object.fromEntries(
    Object.entries(unzipSync(archive)).map(([name, bytes]) => {
      expect(Array.from(bytes.subarray(0, 8))).toEqual([
        0x93,
        ...Array.from('NUMPY', (c) => c.charCodeAt(0)),
        1,
        0,
      ]);
      const start = 10 + bytes[8] + 256 * bytes[9];
      expect(start % 64).toBe(0);
      const header = String.fromCharCode(...bytes.subarray(10, start));
      const shape = /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]+)\), \} *\n$/.exec(
        header,
      )![1];
      return [
        name,
        {
          shape: shape
            .split(',')
            .filter((n) => n.trim() !== '')
            .map(Number),
          data: new Float64Array(bytes.slice(start).buffer),
        },
      ];
    }),
  );
}

describe('arrays', () => {
  it('hold every double to the bit, weights under the names of nn.Sequential', async () => {
    const arrays = readArrays((await pythonScript(network, data)).arrays);
    const [first, second, third] = network.layers;
    const expected: Record<string, Array64> = {
      'inputs.npy': { shape: [2, 2], data: data.inputs.data },
      'targets.npy': { shape: [2, 2], data: Float64Array.of(0, 1, 1, 0) },
      'sample_weights.npy': { shape: [2], data: Float64Array.of(1, 3) },
      '0.weight.npy': { shape: [3, 2], data: first.weights.data },
      '0.bias.npy': { shape: [3], data: Float64Array.from(first.bias!) },
      '2.weight.npy': { shape: [3, 3], data: second.weights.data },
      '4.weight.npy': { shape: [2, 3], data: third.weights.data },
      '4.bias.npy': { shape: [2], data: Float64Array.from(third.bias!) },
    };
    expect(Object.keys(arrays).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { shape, data }] of Object.entries(expected)) {
      expect(arrays[name].shape).toEqual(shape);
      // −0 too.
      expect(Array.from(arrays[name].data, (x, i) => Object.is(x, data[i]))).not.toContain(false);
    }
  });

  it('weigh all samples alike where the data do', async () => {
    const { weights: _, ...plain } = data;
    expect(readArrays((await pythonScript(network, plain)).arrays)['sample_weights.npy'].data).toEqual(
      Float64Array.of(1, 1),
    );
  });

  it('are the same bytes each time', async () => {
    expect((await pythonScript(network, data)).arrays).toEqual((await pythonScript(network, data)).arrays);
  });
});

describe('script', () => {
  it('rebuilds the network', async () => {
    const { script } = await pythonScript(network, data);
    expect(script).toContain(`model = nn.Sequential(
    nn.Linear(2, 3),
    nn.Tanh(),
    nn.Linear(3, 3, bias=False),
    Pointwise(torch.erf),
    nn.Linear(3, 2),
    nn.Identity(),
)`);
    expect(script).toContain('WEIGHT_DECAY = 0.25');
    expect(script).toContain('log_softmax');
    expect(script).toContain('class Pointwise');
  });

  it.each(ACTIVATIONS)('%s has a module', async (activation) => {
    const weights = matrix(1, 1, [1]);
    const { script } = await pythonScript(
      { layers: [{ weights, activation }], loss: 'squared-error' },
      { inputs: weights, targets: [1] },
    );
    const [, module] = /nn\.Linear\(1, 1, bias=False\),\n {4}(.+),\n\)/.exec(script)!;
    const names = { 'gelu-tanh': "nn.GELU(approximate='tanh')", arctan: 'Pointwise(torch.atan)' };
    const plain = new RegExp(`^(nn\\.${activation}\\(|Pointwise\\(torch\\.${activation}\\)$)`, 'i');
    expect(module).toMatch(activation in names ? names[activation as keyof typeof names] : plain);
    expect(script.includes('class Pointwise')).toBe(module.startsWith('Pointwise'));
  });

  it('holds the results to the bit', async () => {
    const results = {
      loss: 0.1 + 0.2,
      moments: { trace: -1e-300, frobeniusNorm: 1e21 / 3 },
      lower: -0.1,
      upper: Infinity,
      exact: { largest: 123456789.12345678 },
    };
    const { script } = await pythonScript(network, data, results);
    const [, ours] = /OURS = (\{[^}]*\})/.exec(script)!;
    expect(JSON.parse(ours)).toEqual({
      loss: results.loss,
      lambda_max: results.exact.largest,
      trace: results.moments.trace,
      'Frobenius norm': results.moments.frobeniusNorm,
    });
    expect(script).toContain('BRACKET = (-0.1, float("Infinity"))');
    expect((await pythonScript(network, data)).script).toMatch(/OURS = \{\}[^]*BRACKET = None/);
  });

  it('is short, ASCII, and reads what is beside it', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const problem = randomProblem(seed);
      const { script } = await pythonScript(problem.network, problem.data);
      expect(script.split('\n').length).toBeLessThan(160);
      expect(script).toMatch(/^[\x00-\x7f]*$/);
      for (const line of script.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
      expect(script).toContain('Path(__file__).with_suffix(".npz")');
    }
  });

  it('takes fewer rows at a time where samples and units are many', async () => {
    const rows = async (samples: number): Promise<number> => {
      const inputs = matrix(samples, 1000);
      const wide: Network = { layers: [{ weights: matrix(1, 1000) }], loss: 'squared-error' };
      const { script } = await pythonScript(wide, { inputs, targets: new Float64Array(samples) });
      return Number(/ROWS = (\d+)/.exec(script)![1]);
    };
    expect([await rows(10), await rows(1000)]).toEqual([256, 9]);
  });

  it('is not made of what the library refuses', async () => {
    await expect(pythonScript({ ...network, layers: [] }, data)).rejects.toThrow(RangeError);
    await expect(pythonScript(network, { ...data, targets: [1] })).rejects.toThrow(RangeError);
  });
});
