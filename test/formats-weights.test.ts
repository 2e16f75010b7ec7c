/**
 * Files by PyTorch, safetensors, Flax, NumPy and scikit-learn (fixtures/formats/make_weights.py) through the readers and the core, against
 * PyTorch's double autograd of the same weights.
 */
import { describe, expect, it } from 'vitest';
import { type NetworkHints } from '../src/formats/description.js';
import { checkLogits, FormatError, type NamedFile, readNetwork } from '../src/formats/index.js';
import { type LogitsOf } from '../src/formats/logits-check.js';
import { type Dataset, loadSync, type Matrix, matrix } from '../src/index.js';
import weights from './fixtures/formats/weights.json' with { type: 'json' };

interface Packed {
  name: string;
  base64: string;
}

interface Case {
  name: string;
  files: Packed[];
  hints: NetworkHints;
  inputs: number[][];
  targets: number[] | number[][];
  expected: { largest: number; trace: number; frobeniusNorm: number };
  logits?: number[][];
  probabilities?: boolean;
  /** What the result has to say of how weights were stored. */
  layout: string;
  classes?: string[];
}

const cases = weights.cases as unknown as Case[];
const hb = loadSync();
const logitsOf: LogitsOf = (network, inputs) => hb.logits(network, inputs);

/** The oracle's eigenvalues are good to some P ε ‖H‖, 1e-13 here; reading adds nothing, so 1e-9 is what was asked for and 1e-11 what is had. */
const TOLERANCE = 1e-11;

describe('weights of real tools', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    "%s: PyTorch's λ_max, trace and norm",
    async (_, one) => {
      const { network, inferred, classes } = await readNetwork(unpacked(one.files), one.hints);
      const data = dataOf(one, network.layers.at(-1)!.weights.rows);
      const { exact, moments } = hb.sharpness(network, data, { exact: true });
      const { largest, trace, frobeniusNorm } = one.expected;
      expect(Math.abs(exact!.largest - largest)).toBeLessThan(TOLERANCE * frobeniusNorm);
      expect(Math.abs(moments.trace - trace)).toBeLessThan(TOLERANCE * frobeniusNorm);
      expect(Math.abs(moments.frobeniusNorm - frobeniusNorm)).toBeLessThan(TOLERANCE * frobeniusNorm);
      expect(classes).toEqual(one.classes);
      expect(inferred.join('; ')).toContain(one.layout);
    },
  );
});

describe('logits of the originals', () => {
  const withLogits = cases.filter(({ logits }) => logits !== undefined);

  it.each(withLogits.map((one) => [one.name, one] as const))('%s agrees', async (_, one) => {
    const { network } = await readNetwork(unpacked(one.files), one.hints);
    const check = await checkLogits(network, samplesOf(one), logitsOf);
    expect(check.as).toBe(one.probabilities ? 'probabilities' : 'logits');
    expect(check.samples).toBe(one.inputs.length);
    // Single precision is off by more than double is, and by less than is allowed.
    expect(check.difference).toBeLessThanOrEqual(check.tolerance);
  });
});

describe('what cannot be analysed', () => {
  it.each(weights.refused.map((one) => [one.name, one] as const))(
    '%s is refused with its reason',
    async (_, one) => {
      const problem = await readNetwork(unpacked(one.files), one.hints as NetworkHints).catch(
        (error: unknown) => error,
      );
      expect(problem).toBeInstanceOf(FormatError);
      const { message, file } = problem as FormatError;
      expect(message).toMatch(new RegExp(`^[^\n]*${one.message}[^\n]*$`));
      expect(message.startsWith(`${one.files[0].name}: `)).toBe(true);
      expect(file).toBe(one.files[0].name);
    },
  );
});

function unpacked(files: readonly Packed[]): NamedFile[] {
  return files.map(({ name, base64 }) => ({
    name,
    bytes: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
  }));
}

function rows(values: readonly (readonly number[])[]): Matrix {
  return matrix(values.length, values[0].length, values.flat());
}

function dataOf({ inputs, targets }: Case, outputs: number): Dataset {
  const isRows = Array.isArray(targets[0]);
  expect(outputs).toBeGreaterThan(0);
  return { inputs: rows(inputs), targets: isRows ? rows(targets as number[][]) : (targets as number[]) };
}

function samplesOf({ inputs, logits }: Case): { inputs: Matrix; expected: Matrix } {
  return { inputs: rows(inputs), expected: rows(logits!) };
}
