/**
 * The exports of the WebAssembly core as TypeScript sees them; assembly/index.ts is the original. Pointers are byte
 * addresses (unsigned), scratch sizes count doubles, and sizes named bytes count bytes.
 */
export type Pointer = number;

export interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly TILE: { readonly value: number };
  heapBase(): Pointer;

  gramScratch(n: number, k: number): number;
  gram(n: number, k: number, x: Pointer, g: Pointer, scratch: Pointer): void;
  frobeniusNorm(n: number, x: Pointer): number;
  sumOfSquares(n: number, x: Pointer): number;
  maxAbs(n: number, x: Pointer): number;

  activate(kind: number, n: number, z: Pointer, value: Pointer, slope: Pointer, bend: Pointer): void;
  networkBytes(depth: number): number;
  tapeBytes(net: Pointer, samples: number): number;
  setNetwork(net: Pointer, depth: number, loss: number): void;
  setLayer(
    net: Pointer,
    index: number,
    inputs: number,
    outputs: number,
    bias: number,
    activation: number,
    weights: Pointer,
  ): void;
  setData(
    net: Pointer,
    samples: number,
    inputs: Pointer,
    targets: Pointer,
    coefficients: Pointer,
    tape: Pointer,
  ): void;
  setForms(net: Pointer, l: number, factored: number, linear: number): void;
  forward(net: Pointer): void;
  evaluateLoss(net: Pointer, scale: number): number;
  backward(net: Pointer): void;
  gradient(net: Pointer, out: Pointer): void;

  normalize(net: Pointer): void;
  factorsBytes(net: Pointer): number;
  factorsPerSample(net: Pointer): number;
  factorsScratch(net: Pointer): number;
  computeFactors(
    net: Pointer,
    factors: Pointer,
    start: number,
    count: number,
    data: Pointer,
    scratch: Pointer,
  ): void;
  absorbScales(net: Pointer, factors: Pointer): void;
  pairRowsBytes(net: Pointer): number;
  pairRowsPerSample(net: Pointer): number;
  pairRowsScratch(net: Pointer): number;
  fillPairRows(
    net: Pointer,
    block: Pointer,
    start: number,
    count: number,
    data: Pointer,
    factors: Pointer,
    scratch: Pointer,
  ): void;
  sampleSumsLength(net: Pointer): number;
  sampleSumsScratch(net: Pointer): number;
  sampleSums(
    net: Pointer,
    start: number,
    count: number,
    factors: Pointer,
    scratch: Pointer,
    out: Pointer,
  ): void;
  momentsScratch(net: Pointer): number;
  momentsTile(
    net: Pointer,
    rows: Pointer,
    columns: Pointer,
    i: number,
    ni: number,
    j: number,
    nj: number,
    scratch: Pointer,
    sums: Pointer,
  ): void;
  hessianScratch(net: Pointer, count: number): number;
  addToHessian(net: Pointer, factors: Pointer, scratch: Pointer, h: Pointer): void;
  complete(net: Pointer, h: Pointer): void;
  blockSquares(net: Pointer, h: Pointer, squares: Pointer): void;
  hvpScratch(net: Pointer): number;
  hessianVectorProduct(net: Pointer, v: Pointer, scratch: Pointer, out: Pointer): void;

  normalizeRows(n: number, d: number, x: Pointer, norms: Pointer): void;
  orthogonalityScratch(): number;
  orthogonalityTile(
    d: number,
    bias: number,
    x: Pointer,
    norms: Pointer,
    p: Pointer,
    i: number,
    ni: number,
    j: number,
    nj: number,
    scratch: Pointer,
    sums: Pointer,
  ): void;

  prepare(n: number, a: Pointer): number;
  tridiagonalize(
    n: number,
    a: Pointer,
    first: number,
    last: number,
    d: Pointer,
    e: Pointer,
    tau: Pointer,
    w: Pointer,
  ): void;
  formTransposedQ(n: number, a: Pointer, first: number, last: number, tau: Pointer, q: Pointer): void;
  qlNegligible(n: number, d: Pointer, e: Pointer): number;
  qlEigenvalue(
    n: number,
    l: number,
    d: Pointer,
    e: Pointer,
    z: Pointer,
    negligible: number,
    sweeps: number,
  ): number;
  finish(
    n: number,
    e: number,
    values: Pointer,
    z: Pointer,
    vectors: Pointer,
    order: Pointer,
    spare: Pointer,
  ): void;
}
