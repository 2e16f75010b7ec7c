/** Models that tools wrote, with what they compute and what PyTorch says of them (test/fixtures/formats), and the checks that all of them take. */
import { expect } from 'vitest';
import { type NetworkHints, type ReadNetwork } from '../../src/formats/index.js';
import { type Hessbound, type Loss, matrix, type Matrix } from '../../src/index.js';

export interface KeptModel {
  name: string;
  hints: NetworkHints;
  activations: string[];
  loss: Loss;
  /** What the tool's outputs are of the logits; 'none' where the file says too little to tell. */
  end: 'logits' | 'softmax' | 'sigmoid' | 'none';
  /** Parts of what is to be said. */
  notes: string[];
  inputs: number[][];
  targets: number[] | number[][];
  outputs: number[][];
  expected: { parameters: number; trace: number; frobeniusNorm: number; largest: number };
}

export function rows(list: number[][]): Matrix {
  return matrix(list.length, list[0].length, list.flat());
}

export function expectDescribed(
  { activations, loss, notes }: KeptModel,
  { network, inferred }: ReadNetwork,
): void {
  expect(network.layers.map(({ activation }) => activation)).toEqual(activations);
  expect(network.loss).toBe(loss);
  for (const note of notes) expect(inferred.join('\n')).toContain(note);
  for (const note of inferred) expect(note).toMatch(/^[^\n]*[^.\n]$/);
}

/** `precision` is that of the tool's arithmetic: some roundings of float32 unless it says otherwise. */
export function expectOutputs(
  hb: Hessbound,
  { inputs, outputs, end }: KeptModel,
  { network }: ReadNetwork,
  precision: number,
): void {
  const logits = hb.logits(network, rows(inputs));
  const size = Math.max(1, ...outputs.flat().map(Math.abs));
  outputs.forEach((row, i) => {
    const z = Array.from(logits.data.subarray(i * logits.cols, (i + 1) * logits.cols));
    const sum = z.reduce((total, x) => total + Math.exp(x), 0);
    const ours = { logits: z, none: row, softmax: z.map((x) => Math.exp(x) / sum), sigmoid: z.map((x) => 1 / (1 + Math.exp(-x))) }; // prettier-ignore
    expect(row).toHaveLength(z.length);
    row.forEach((y, k) => expect(Math.abs(y - ours[end][k])).toBeLessThan(precision * size));
  });
}

/** To 1e-9 of the norm: both are some hundred roundings of double precision away from the truth. */
export function expectCurvature(
  hb: Hessbound,
  { inputs, targets, expected }: KeptModel,
  { network }: ReadNetwork,
): void {
  const isMatrix = Array.isArray(targets[0]);
  const data = {
    inputs: rows(inputs),
    targets: isMatrix ? rows(targets as number[][]) : (targets as number[]),
  };
  const { exact, moments } = hb.sharpness(network, data, { exact: true });
  const { parameters, trace, frobeniusNorm, largest } = expected;
  expect(moments.parameters).toBe(parameters);
  for (const [ours, theirs] of [
    [moments.trace, trace],
    [moments.frobeniusNorm, frobeniusNorm],
    [exact!.largest, largest],
  ]) {
    expect(Math.abs(ours - theirs)).toBeLessThan(1e-9 * frobeniusNorm);
  }
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
