/**
 * The one matrix product of the library, C ← [C +] A Bᵀ, blocked for cache and registers as in Goto and van de Geijn
 * (ACM Trans. Math. Softw. 34 (2008) 12). A is m × k, B is n × k, C is m × n with row stride ldc; strides in doubles.
 *
 * Each entry is summed in one order whatever block it falls in: runs of DEPTH terms, first to last, and then the runs. So C
 * does not depend on how the work is tiled, and A Aᵀ is symmetric to the bit. |ĉ − c| ≤ γ_(DEPTH + k/DEPTH + 1) |a|·|b|.
 *
 * Measured on x64 (V8 of Node 20), where six instructions a cycle are the limit: 2 × 8 entries keep 8 sums and their operands
 * in 15 SIMD registers; 2 × 10, 3 × 6 and 5 × 4 spill and run at half the speed. Rows of A are spread first, each entry twice, so
 * that no instruction is spent on it inside (11 % on a Gram matrix of order 768). Steps of k are unrolled with a branch between them,
 * which keeps the compiler from moving the loads of one before the arithmetic of the last, where they would spill.
 */
import { packColumns, packRows, PANEL_STEP, panelOf } from './panels';
import { at, put, rowOf } from './rows';

/** Terms of one run: two panels of this depth, 24 kB, stay in the first-level cache. */
export const DEPTH: i32 = 192;
/** Rows of A at a time, which with their spread take 430 kB, and columns of C: both fit the second-level cache and little else. */
export const ROWS: i32 = 96;
const COLUMNS: i32 = 480;

/** So few columns do not repay the spreading of all rows of A: their own rows are spread instead. */
const NARROW: i32 = 24;

/** How an operand lies in memory: its k entries along rows, or across them (as the transpose of a k × m matrix). */
export const ALONG: bool = false;
export const ACROSS: bool = true;

// Packing buffers and the place for blocks that overhang C. The module's own: no call is reentered.
const packedA: usize = memory.data(96 * 192 * 8, 16);
const packedB: usize = memory.data(480 * 192 * 8, 16);
const spreadRows: usize = memory.data(96 * 192 * 16, 16);
const overhang: usize = memory.data(16 * 8, 16);

/** C ← A Bᵀ, added to C if accumulate. */
export function multiply(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  layoutA: bool,
  b: usize,
  ldb: i32,
  layoutB: bool,
  c: usize,
  ldc: i32,
  accumulate: bool,
): void {
  for (let j = 0; j < n; j += COLUMNS) {
    const columns = min(COLUMNS, n - j);
    for (let p = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p);
      pack(columns, depth, layoutB, b, ldb, j, p, packedB);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(ROWS, m - i);
        pack(rows, depth, layoutA, a, lda, i, p, packedA);
        multiplyRun(
          rows,
          columns,
          depth,
          packedA,
          depth,
          packedB,
          depth,
          rowOf(c, i, ldc) + ((<usize>j) << 3),
          ldc,
          accumulate || p > 0,
        );
      }
    }
  }
}

/** C = A Bᵀ for contiguous A m × k and B n × k. */
export function multiplyByRows(m: i32, n: i32, k: i32, a: usize, b: usize, c: usize): void {
  multiply(m, n, k, a, k, ALONG, b, k, ALONG, c, n, false);
}

/** C = Aᵀ B for contiguous A k × m and B k × n. */
export function multiplyByTransposed(m: i32, n: i32, k: i32, a: usize, b: usize, c: usize): void {
  multiply(m, n, k, a, m, ACROSS, b, n, ACROSS, c, n, false);
}

/** C ← A Bᵀ for operands in panels of length lengthA and lengthB ≥ k, of which k entries from a and b on are used. */
export function multiplyPanels(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lengthA: i32,
  b: usize,
  lengthB: i32,
  c: usize,
  ldc: i32,
  accumulate: bool,
): void {
  for (let p = 0; p < k; p += DEPTH) {
    const offset = <usize>p * PANEL_STEP;
    const depth = min(DEPTH, k - p);
    multiplyRun(m, n, depth, a + offset, lengthA, b + offset, lengthB, c, ldc, accumulate || p > 0);
  }
}

/** One run of at most DEPTH terms. */
function multiplyRun(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lengthA: i32,
  b: usize,
  lengthB: i32,
  c: usize,
  ldc: i32,
  accumulate: bool,
): void {
  const wide = n < NARROW ? 0 : n & ~7;
  for (let i = 0; i < m && wide > 0; i += ROWS) {
    const rows = min(ROWS, m - i);
    spread(rows, k, panelOf(a, i, lengthA), lengthA);
    multiplyStrips(0, rows, wide, k, b, lengthB, rowOf(c, i, ldc), ldc, accumulate);
  }
  if (wide == n) return;
  spread(n - wide, k, panelOf(b, wide, lengthB), lengthB);
  for (let i = 0; i < m; i += 8) {
    const corner = rowOf(c, i, ldc) + ((<usize>wide) << 3);
    narrowBlock(min(8, m - i), n - wide, k, panelOf(a, i, lengthA), corner, ldc, accumulate);
  }
}

/** The spread rows first … m − 1 against whole panels of b: n columns of C, whose row 0 is at c. */
export function multiplyStrips(
  first: i32,
  m: i32,
  n: i32,
  k: i32,
  b: usize,
  lengthB: i32,
  c: usize,
  ldc: i32,
  accumulate: bool,
): void {
  for (let j = 0; j < n; j += 8) {
    multiplyStrip(first, m, k, panelOf(b, j, lengthB), c + ((<usize>j) << 3), ldc, accumulate);
  }
}

function multiplyStrip(first: i32, m: i32, k: i32, b: usize, c: usize, ldc: i32, accumulate: bool): void {
  for (let i = first; i < m; i += 2) {
    const row = rowOf(c, i, ldc);
    if (i + 1 < m) {
      block2x8(k, spreadPair(i, k), b, row, (<usize>ldc) << 3, accumulate);
    } else {
      block2x8(k, spreadPair(i, k), b, overhang, 64, false);
      for (let j = 0; j < 8; j++) keep(row, j, at(overhang, j), accumulate);
    }
  }
}

/** Few columns, whose rows of B are spread: blocks of two columns by the eight rows of panel a. */
function narrowBlock(m: i32, n: i32, k: i32, a: usize, c: usize, ldc: i32, accumulate: bool): void {
  for (let j = 0; j < n; j += 2) {
    block2x8(k, spreadPair(j, k), a, overhang, 64, false);
    for (let i = 0; i < m; i++) {
      const row = rowOf(c, i, ldc);
      keep(row, j, at(overhang, i), accumulate);
      if (j + 1 < n) keep(row, j + 1, at(overhang, 8 + i), accumulate);
    }
  }
}

/** Writes k entries of m ≤ ROWS rows in panels two by two, each entry twice: x x y y for entry 0 of rows 0 and 1, and so on. */
export function spread(m: i32, k: i32, panels: usize, length: i32): void {
  for (let i = 0; i < m; i += 2) {
    spreadTwo(k, panelOf(panels, i & ~7, length) + ((<usize>(i & 7)) << 3), spreadPair(i, k));
  }
}

function spreadTwo(k: i32, x: usize, out: usize): void {
  const end = out + ((<usize>k) << 5);
  while (out < end) {
    v128.store(out, v128.load64_splat(x));
    v128.store(out, v128.load64_splat(x, 8), 16);
    x += PANEL_STEP;
    out += 32;
  }
}

/** Where rows i and i + 1 of spread() lie. */
function spreadPair(i: i32, k: i32): usize {
  return spreadRows + ((<usize>i * <usize>k) << 4);
}

function keep(c: usize, j: i32, x: f64, accumulate: bool): void {
  put(c, j, accumulate ? at(c, j) + x : x);
}

function pack(
  rows: i32,
  depth: i32,
  layout: bool,
  x: usize,
  stride: i32,
  first: i32,
  p: i32,
  panels: usize,
): void {
  if (layout == ALONG) packRows(rows, depth, rowOf(x, first, stride) + ((<usize>p) << 3), stride, panels);
  else packColumns(rows, depth, rowOf(x, p, stride) + ((<usize>first) << 3), stride, panels);
}

/** The micro-kernel: two spread rows at a against the eight of panel b; c has row step stepC in bytes. k ≥ 1. */
function block2x8(k: i32, a: usize, b: usize, c: usize, stepC: usize, accumulate: bool): void {
  let s0 = f64x2.splat(0.0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let t0 = s0;
  let t1 = s0;
  let t2 = s0;
  let t3 = s0;
  const end = b + <usize>k * PANEL_STEP;
  while (b < end) {
    let x = v128.load(a);
    let y = v128.load(a, 16);
    let v = v128.load(b);
    s0 = f64x2.add(s0, f64x2.mul(x, v));
    t0 = f64x2.add(t0, f64x2.mul(y, v));
    v = v128.load(b, 16);
    s1 = f64x2.add(s1, f64x2.mul(x, v));
    t1 = f64x2.add(t1, f64x2.mul(y, v));
    v = v128.load(b, 32);
    s2 = f64x2.add(s2, f64x2.mul(x, v));
    t2 = f64x2.add(t2, f64x2.mul(y, v));
    v = v128.load(b, 48);
    s3 = f64x2.add(s3, f64x2.mul(x, v));
    t3 = f64x2.add(t3, f64x2.mul(y, v));
    if (b == end - 1 * PANEL_STEP) break;
    x = v128.load(a, 32);
    y = v128.load(a, 48);
    v = v128.load(b, 64);
    s0 = f64x2.add(s0, f64x2.mul(x, v));
    t0 = f64x2.add(t0, f64x2.mul(y, v));
    v = v128.load(b, 80);
    s1 = f64x2.add(s1, f64x2.mul(x, v));
    t1 = f64x2.add(t1, f64x2.mul(y, v));
    v = v128.load(b, 96);
    s2 = f64x2.add(s2, f64x2.mul(x, v));
    t2 = f64x2.add(t2, f64x2.mul(y, v));
    v = v128.load(b, 112);
    s3 = f64x2.add(s3, f64x2.mul(x, v));
    t3 = f64x2.add(t3, f64x2.mul(y, v));
    if (b == end - 2 * PANEL_STEP) break;
    x = v128.load(a, 64);
    y = v128.load(a, 80);
    v = v128.load(b, 128);
    s0 = f64x2.add(s0, f64x2.mul(x, v));
    t0 = f64x2.add(t0, f64x2.mul(y, v));
    v = v128.load(b, 144);
    s1 = f64x2.add(s1, f64x2.mul(x, v));
    t1 = f64x2.add(t1, f64x2.mul(y, v));
    v = v128.load(b, 160);
    s2 = f64x2.add(s2, f64x2.mul(x, v));
    t2 = f64x2.add(t2, f64x2.mul(y, v));
    v = v128.load(b, 176);
    s3 = f64x2.add(s3, f64x2.mul(x, v));
    t3 = f64x2.add(t3, f64x2.mul(y, v));
    if (b == end - 3 * PANEL_STEP) break;
    x = v128.load(a, 96);
    y = v128.load(a, 112);
    v = v128.load(b, 192);
    s0 = f64x2.add(s0, f64x2.mul(x, v));
    t0 = f64x2.add(t0, f64x2.mul(y, v));
    v = v128.load(b, 208);
    s1 = f64x2.add(s1, f64x2.mul(x, v));
    t1 = f64x2.add(t1, f64x2.mul(y, v));
    v = v128.load(b, 224);
    s2 = f64x2.add(s2, f64x2.mul(x, v));
    t2 = f64x2.add(t2, f64x2.mul(y, v));
    v = v128.load(b, 240);
    s3 = f64x2.add(s3, f64x2.mul(x, v));
    t3 = f64x2.add(t3, f64x2.mul(y, v));
    a += 128;
    b += 4 * PANEL_STEP;
  }
  if (accumulate) {
    s0 = f64x2.add(v128.load(c), s0);
    s1 = f64x2.add(v128.load(c, 16), s1);
    s2 = f64x2.add(v128.load(c, 32), s2);
    s3 = f64x2.add(v128.load(c, 48), s3);
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  c += stepC;
  if (accumulate) {
    t0 = f64x2.add(v128.load(c), t0);
    t1 = f64x2.add(v128.load(c, 16), t1);
    t2 = f64x2.add(v128.load(c, 32), t2);
    t3 = f64x2.add(v128.load(c, 48), t3);
  }
  v128.store(c, t0);
  v128.store(c, t1, 16);
  v128.store(c, t2, 32);
  v128.store(c, t3, 48);
}
