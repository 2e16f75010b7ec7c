/**
 * Panels: the layout in which the micro-kernel reads its operands. Eight rows stand side by side, so that their entries k are
 * contiguous: entry k of row r lies at ((r >> 3) · length + k) · 8 + (r & 7). Rows of zeros fill the last panel up.
 *
 * Both operands of a product use the same layout, so rows that meet each other in a Gram matrix are packed once.
 */
import { at, put } from './rows';

/** Bytes between entries k and k + 1 of a panel. */
export const PANEL_STEP: usize = 64;

/** Doubles that the panels of so many rows take. */
export function panelDoubles(rows: i32, length: i32): f64 {
  return <f64>((rows + 7) & ~7) * <f64>length;
}

/** Address of the panel that begins with row r, a multiple of 8. */
export function panelOf(panels: usize, r: i32, length: i32): usize {
  return panels + ((<usize>r * <usize>length) << 3);
}

/** Packs rows that lie along memory: entry k of row r at x + r · stride + k. */
export function packRows(rows: i32, length: i32, x: usize, stride: i32, panels: usize): void {
  const step = (<usize>stride) << 3;
  let r = 0;
  for (; r + 8 <= rows; r += 8) {
    for (let pair = 0; pair < 8; pair += 2) {
      interleave(length, x, x + step, panels + ((<usize>pair) << 3));
      x += 2 * step;
    }
    panels += ((<usize>length) << 3) * 8;
  }
  if (r == rows) return;
  clear(length, panels);
  for (; r < rows; r++) {
    for (let k = 0; k < length; k++) put(panels, k * 8, at(x, k));
    x += step;
    panels += 8;
  }
}

/** Packs row r alone. Rows are to come in order: the first of a panel clears it. */
export function packRow(r: i32, length: i32, x: usize, panels: usize): void {
  const panel = panelOf(panels, r & ~7, length);
  if ((r & 7) == 0) clear(length, panel);
  for (let k = 0; k < length; k++) put(panel, k * 8 + (r & 7), at(x, k));
}

/** Packs rows that lie across memory: entry k of row r at x + k · stride + r. */
export function packColumns(rows: i32, length: i32, x: usize, stride: i32, panels: usize): void {
  const step = (<usize>stride) << 3;
  for (let r = 0; r < rows; r += 8) {
    if (rows - r < 8) clear(length, panels);
    copyColumns(min(8, rows - r), length, x, step, panels);
    x += 64;
    panels += ((<usize>length) << 3) * 8;
  }
}

/** Packs rows across memory, entry k of every row multiplied by weights[k · weightStride]. */
export function packWeightedColumns(
  rows: i32,
  length: i32,
  x: usize,
  stride: i32,
  weights: usize,
  weightStride: i32,
  panels: usize,
): void {
  const step = (<usize>stride) << 3;
  const weightStep = (<usize>weightStride) << 3;
  for (let r = 0; r < rows; r += 8) {
    if (rows - r < 8) clear(length, panels);
    copyWeightedColumns(min(8, rows - r), length, x, step, weights, weightStep, panels);
    x += 64;
    panels += ((<usize>length) << 3) * 8;
  }
}

/** Two rows into neighbouring columns of a panel. */
function interleave(length: i32, x: usize, y: usize, panel: usize): void {
  const end = x + (((<usize>length) & ~1) << 3);
  while (x < end) {
    const u = v128.load(x);
    const v = v128.load(y);
    v128.store(panel, v128.shuffle<f64>(u, v, 0, 2));
    v128.store(panel, v128.shuffle<f64>(u, v, 1, 3), 64);
    x += 16;
    y += 16;
    panel += 128;
  }
  if (length & 1) {
    store<f64>(panel, load<f64>(x));
    store<f64>(panel, load<f64>(y), 8);
  }
}

function copyColumns(rows: i32, length: i32, x: usize, step: usize, panel: usize): void {
  for (let k = 0; k < length; k++) {
    if (rows == 8) {
      v128.store(panel, v128.load(x));
      v128.store(panel, v128.load(x, 16), 16);
      v128.store(panel, v128.load(x, 32), 32);
      v128.store(panel, v128.load(x, 48), 48);
    } else {
      for (let r = 0; r < rows; r++) put(panel, r, at(x, r));
    }
    x += step;
    panel += PANEL_STEP;
  }
}

function copyWeightedColumns(
  rows: i32,
  length: i32,
  x: usize,
  step: usize,
  weights: usize,
  weightStep: usize,
  panel: usize,
): void {
  for (let k = 0; k < length; k++) {
    const weight = v128.load64_splat(weights);
    if (rows == 8) {
      v128.store(panel, f64x2.mul(weight, v128.load(x)));
      v128.store(panel, f64x2.mul(weight, v128.load(x, 16)), 16);
      v128.store(panel, f64x2.mul(weight, v128.load(x, 32)), 32);
      v128.store(panel, f64x2.mul(weight, v128.load(x, 48)), 48);
    } else {
      for (let r = 0; r < rows; r++) put(panel, r, load<f64>(weights) * at(x, r));
    }
    x += step;
    weights += weightStep;
    panel += PANEL_STEP;
  }
}

function clear(length: i32, panel: usize): void {
  memory.fill(panel, 0, <usize>length * PANEL_STEP);
}
