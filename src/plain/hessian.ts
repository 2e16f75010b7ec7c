/**
 * The Hessian, assembled: for every unit a of layer l, one product over the samples gives its block with all parameters of a
 * layer k ≥ l (the formula is in assembly/network/factors.ts).
 */
import { type Dataset, type Network } from '../network.js';
import { addProduct, rowMajor, transposed } from './gemm.js';
import { computeFactors, type Factors, runTape, type Tape, type PlainLayer } from './network.js';

export function hessian(network: Network, data: Dataset): Float64Array {
  const tape = runTape(network, data);
  const factors = computeFactors(tape);
  const h = new Float64Array(tape.parameters ** 2);
  tape.layers.forEach((layer, l) => {
    for (let k = l; k < tape.layers.length; k++) {
      for (let a = 0; a < layer.outputs; a++) addUnit(tape, factors, l, a, k, h);
    }
  });
  return h;
}

function addUnit(tape: Tape, factors: Factors, l: number, a: number, k: number, h: Float64Array): void {
  const { samples, layers } = tape;
  const low = layers[l];
  const high = layers[k];
  const first = k === l ? a : 0; // units before a are the mirror image of what is done
  const rows = (high.outputs - first) * high.width;
  const operand = operands(tape, factors, l, a, k, first, rows);
  const block = new Float64Array(rows * low.width);
  const left = transposed(rowMajor(operand, rows));
  addProduct(rows, low.width, samples, left, transposed(rowMajor(low.input, low.width)), block);
  for (let c = first, at = 0; c < high.outputs; c++) {
    for (let d = 0; d < high.width; d++) {
      const p = parameterIndex(high, c, d);
      for (let b = 0; b < low.width; b++, at++) {
        const q = parameterIndex(low, a, b);
        h[p * tape.parameters + q] = block[at];
        h[q * tape.parameters + p] = block[at];
      }
    }
  }
}

/** M_ac ã_d + δ_c T_ad of every sample: N × (units · width). */
function operands(
  { samples, layers }: Tape,
  { mixed, transfer }: Factors,
  l: number,
  a: number,
  k: number,
  first: number,
  size: number,
): Float64Array {
  const { outputs: n } = layers[l];
  const { outputs: m, inputs, width, input, delta } = layers[k];
  const out = new Float64Array(samples * size);
  for (let i = 0, at = 0; i < samples; i++) {
    for (let c = first; c < m; c++, at += width) {
      const factor = mixed[l][k][(i * n + a) * m + c];
      for (let d = 0; d < width; d++) out[at + d] = factor * input[i * width + d];
      if (k === l) continue;
      const error = delta[i * m + c];
      if (k === l + 1) {
        out[at + a] += error * transfer[l][k][i * n + a];
      } else {
        for (let d = 0; d < inputs; d++) out[at + d] += error * transfer[l][k][(i * n + a) * inputs + d];
      }
    }
  }
  return out;
}

/** Public index of the weight of input b of unit a, or of its bias. */
function parameterIndex({ offset, inputs, outputs }: PlainLayer, a: number, b: number): number {
  return offset + (b < inputs ? a * inputs + b : outputs * inputs + a);
}
