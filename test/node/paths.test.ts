/** Files by their paths, which only Node has. */
import { describe, expect, it } from 'vitest';
import { FormatError, readDataset, readNetwork, readProblem } from '../../src/formats/index.js';
import { loadSync } from '../../src/index.js';
import weights from '../fixtures/formats/weights.json' with { type: 'json' };
import { EXAMPLES } from './command.js';

const CSV = `${EXAMPLES}iris.csv`;

describe('paths', () => {
  it('are read: the same network in two formats, to the bit', async () => {
    const hints = { loss: 'softmax-cross-entropy' } as const;
    const [torch, onnx] = await Promise.all(
      ['safetensors', 'onnx'].map((ending) => readNetwork(`${EXAMPLES}iris.${ending}`, hints)),
    );
    const numbers = ({ network }: typeof torch): number[] =>
      network.layers.flatMap(({ weights, bias }) => [...weights.data, ...Array.from(bias!)]);
    expect(numbers(onnx)).toEqual(numbers(torch));
    expect((await readDataset(CSV)).classes).toEqual(['setosa', 'versicolor', 'virginica']);
  });

  it('of the examples give what PyTorch finds', async () => {
    const { network, data } = await readProblem(`${EXAMPLES}iris.safetensors`, CSV);
    const { largest } = loadSync().sharpness(network, data, { exact: true }).exact!;
    const { expected } = weights.cases.find(({ name }) => name === 'iris.safetensors')!;
    expect(Math.abs(largest - expected.largest)).toBeLessThan(1e-9 * expected.frobeniusNorm);
  });

  it('that cannot be read are named', async () => {
    await expect(readNetwork('missing.onnx')).rejects.toThrow(/^missing\.onnx: it cannot be read \(ENOENT/);
    await expect(readNetwork(EXAMPLES)).rejects.toBeInstanceOf(FormatError);
  });
});
