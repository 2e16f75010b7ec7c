/**
 * ONNX files by the tools themselves and by hand (test/fixtures/formats/make_onnx.py). The oracle is PyTorch's double-precision autograd on the
 * weights that the tool held, for the curvature, and onnxruntime for what a file computes: neither reads files as we do.
 */
import { afterAll, describe, expect, it } from 'vitest';
import fixtures from './fixtures/formats/onnx.json' with { type: 'json' };
import { describeNetwork, FormatError, type NamedFile, readNetwork } from '../src/formats/index.js';
import { loadSync, type Loss, matrix, type Matrix } from '../src/index.js';
import { uniform } from '../src/random.js';

interface Case {
  name: string;
  file: string;
  beside?: Record<string, string>;
  activations: string[];
  loss: Loss;
  /** Whether the loss has to be said, because the file does not. */
  hint: boolean;
  /** What the file's outputs are of the logits. */
  end: 'logits' | 'values' | 'softmax' | 'log-softmax' | 'sigmoid' | 'pair';
  notes: string[];
  classes?: string[];
  inputs: number[][];
  targets: number[] | number[][];
  outputs: number[][];
  /** Of those outputs: a few roundings in the file's type, or what the tool promises. */
  precision: number;
  expected: { parameters: number; trace: number; frobeniusNorm: number; largest: number };
}

const CASES = fixtures.cases as unknown as Case[];
const hb = loadSync();
afterAll(() => hb.dispose());

describe.each(CASES)('$name', (given) => {
  const { activations, loss, hint, notes, classes, expected } = given;
  const read = readNetwork(filesOf(given), hint ? { loss } : {});
  const inputs = rows(given.inputs);

  it('has its layers, its loss, and says what was inferred', async () => {
    const { network, format, inferred, classes: found } = await read;
    expect(format).toBe('ONNX');
    expect(network.layers.map(({ activation }) => activation)).toEqual(activations);
    expect(network.loss).toBe(loss);
    for (const note of notes) expect(inferred.join('\n')).toContain(note);
    expect(found).toEqual(classes);
  });

  it('computes what the file does', async () => {
    const { network } = await read;
    const outputs = ended(hb.logits(network, inputs), given.end);
    expect(outputs).toHaveLength(given.outputs.length);
    const size = Math.max(1, ...given.outputs.flat().map(Math.abs));
    outputs.forEach((row, i) => {
      row.forEach((y, k) => expect(Math.abs(y - given.outputs[i][k])).toBeLessThan(given.precision * size));
    });
  });

  it("has PyTorch's trace, Frobenius norm and largest eigenvalue", async () => {
    const { network } = await read;
    const data = {
      inputs,
      targets: Array.isArray(given.targets[0])
        ? rows(given.targets as number[][])
        : (given.targets as number[]),
    };
    const { exact, moments } = hb.sharpness(network, data, { exact: true });
    const { parameters, trace, frobeniusNorm, largest } = expected;
    expect(moments.parameters).toBe(parameters);
    const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-9 * frobeniusNorm);
    close(moments.trace, trace);
    close(moments.frobeniusNorm, frobeniusNorm);
    close(exact!.largest, largest);
  });
});

describe('what cannot be read', () => {
  it.each(fixtures.refused)('$name', async ({ file, message }) => {
    const error = await failure({ name: 'm.onnx', bytes: decoded(file) });
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^m\.onnx: [^\n]{1,600}$/);
  });

  it('names the file and asks for the loss where the file does not tell it', async () => {
    const given = CASES.find(({ hint }) => hint)!;
    expect((await failure(...filesOf(given))).message).toMatch(/^m\.onnx: expected the loss to be given/);
  });

  it('asks for the file with the weights, and takes it only whole', async () => {
    const [model, beside] = filesOf(CASES.find((given) => given.beside)!);
    expect((await failure(model)).message).toContain('its numbers are in another file, model.onnx.data');
    const cut = { name: beside.name, bytes: beside.bytes.subarray(0, 100) };
    expect((await failure(model, cut)).message).toMatch(
      /initializer 0\.weight: expected 1920 bytes of model\.onnx\.data/,
    );
  });

  it('names that are hostile stay on one line', async () => {
    const { file } = CASES.find(({ name }) => name.startsWith('by hand: two layers'))!;
    const bytes = decoded(file);
    const at = findBytes(bytes, 'Sigmoid_p');
    bytes.set(new TextEncoder().encode('\n\u001b[2J'), at);
    bytes.set(new TextEncoder().encode('Relu\0\0\0'), findBytes(bytes, 'Sigmoid', at + 9));
    expect((await failure({ name: 'm.onnx', bytes })).message).toMatch(/^m\.onnx: node \\u000a\\u001b\[2J/);
  });
});

describe('hostile files', () => {
  it('of a million nodes are refused at once', async () => {
    // field 1 of the graph, an empty node, 2²⁰ times; field 7 of the model, the graph
    const graph = new Uint8Array(2 ** 21).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    const bytes = Uint8Array.of(0x42, 2, 0x10, 17, 0x3a, 0x80, 0x80, 0x80, 0x01, ...graph.subarray(0, 0));
    const file = new Uint8Array(bytes.length + graph.length);
    file.set(bytes);
    file.set(graph, bytes.length);
    expect((await failure({ name: 'm.onnx', bytes: file })).message).toBe(
      'm.onnx: graph: expected at most 20000 nodes; got more',
    );
  });

  it('of nested groups are refused', async () => {
    const bytes = new Uint8Array(100_000).fill(0x0b);
    expect((await failure({ name: 'm.onnx', bytes })).message).toContain('groups are not used');
  });

  it('truncated anywhere give an error or the whole network', async () => {
    const bytes = decoded(CASES.find(({ name }) => name.includes('TorchScript, operators 17, gelu'))!.file);
    const whole = await readNetwork({ name: 'm.onnx', bytes });
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await outcomeOf(bytes.subarray(0, length));
      if (!(outcome instanceof FormatError)) expect(outcome).toEqual(whole);
    }
  });

  it('changed at random give an error of one line or a network', async () => {
    const seeds = CASES.filter(({ name }) => /gelu|view|skl2onnx|by hand/.test(name)).map(({ file }) =>
      decoded(file),
    );
    const next = uniform(2026);
    for (let trial = 0; trial < 4000; trial++) {
      const bytes = seeds[trial % seeds.length].slice();
      for (let k = 0; k <= trial % 3; k++)
        bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      const outcome = await outcomeOf(bytes);
      if (outcome instanceof FormatError) expect(outcome.message).toMatch(/^m\.onnx: [^\n]+$/);
      else expect(outcome.network.layers.length).toBeGreaterThan(0);
    }
  });
});

function filesOf({ file, beside = {} }: Case): NamedFile[] {
  return [
    { name: 'm.onnx', bytes: decoded(file) },
    ...Object.entries(beside).map(([name, text]) => ({ name, bytes: decoded(text) })),
  ];
}

function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function rows(values: number[][]): Matrix {
  return matrix(values.length, values[0].length, values.flat());
}

/** Softmax and the rest, written out plainly. */
function ended({ rows: n, cols, data }: Matrix, end: Case['end']): number[][] {
  return Array.from({ length: n }, (_, i) => {
    const z = Array.from(data.subarray(i * cols, (i + 1) * cols));
    const sum = z.reduce((total, x) => total + Math.exp(x), 0);
    const sigmoid = z.map((x) => 1 / (1 + Math.exp(-x)));
    switch (end) {
      case 'logits':
      case 'values':
        return z;
      case 'softmax':
        return z.map((x) => Math.exp(x) / sum);
      case 'log-softmax':
        return z.map((x) => x - Math.log(sum));
      case 'sigmoid':
        return sigmoid;
      case 'pair':
        return [1 - sigmoid[0], sigmoid[0]];
    }
  });
}

async function failure(...files: NamedFile[]): Promise<FormatError> {
  const error: unknown = await readNetwork(files).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FormatError);
  return error as FormatError;
}

/** The loss is said, so that nothing else is missing. Errors of other kinds are let through. */
async function outcomeOf(bytes: Uint8Array): Promise<FormatError | Awaited<ReturnType<typeof readNetwork>>> {
  const files = [{ name: 'm.onnx', bytes }];
  try {
    const { layers } = await describeNetwork(files, {});
    const end = layers.at(-1)!.activation;
    return await readNetwork(files, end === 'softmax' || end === 'sigmoid' ? {} : { loss: 'squared-error' });
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

function findBytes(bytes: Uint8Array, text: string, from = 0): number {
  const wanted = new TextEncoder().encode(text);
  for (let at = from; at < bytes.length; at++) if (wanted.every((b, i) => bytes[at + i] === b)) return at;
  throw new Error(`no ${text}`);
}
