/**
 * The exports of the WebAssembly core as TypeScript sees them; assembly/index.ts is the original. Pointers are byte
 * addresses (unsigned), scratch sizes count doubles, and sizes named bytes count bytes.
 */
export type Pointer = number;

export interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly TILE: { readonly value: number };
  heapBase(): Pointer;

  addScaled(n: number, alpha: number, x: Pointer, y: Pointer): void;
  scale(n: number, alpha: number, x: Pointer, y: Pointer): void;
  multiplyByRows(m: number, n: number, k: number, a: Pointer, b: Pointer, c: Pointer): void;
  multiplyByTransposed(m: number, n: number, k: number, a: Pointer, b: Pointer, c: Pointer): void;
  gramScratch(n: number, k: number): number;
  gram(n: number, k: number, x: Pointer, g: Pointer, scratch: Pointer): void;
  multiplyVector(m: number, n: number, a: Pointer, lda: number, x: Pointer, y: Pointer): void;
  frobeniusNorm(n: number, x: Pointer): number;
  sumOfSquares(n: number, x: Pointer): number;
  maxAbs(n: number, x: Pointer): number;
  squareRows(n: number, first: number, rows: number, a: Pointer, c: Pointer, sums: Pointer): void;

  activate(kind: number, n: number, z: Pointer, value: Pointer, slope: Pointer, bend: Pointer): void;
  thirdDerivative(kind: number, n: number, z: Pointer, jerk: Pointer): void;
  networkBytes(depth: number): number;
  tapeBytes(net: Pointer, samples: number): number;
  setNetwork(net: Pointer, depth: number, loss: number, part: number): void;
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
  setPacked(net: Pointer): void;
  jetBytes(net: Pointer, samples: number): number;
  setJets(net: Pointer, jets: Pointer): void;
  forward(net: Pointer): void;
  forwardAgain(net: Pointer): void;
  evaluateLoss(net: Pointer, scale: number): number;
  backward(net: Pointer): void;
  gradient(net: Pointer, out: Pointer): void;

  normalize(net: Pointer): void;
  factorsBytes(net: Pointer): number;
  batchSize(net: Pointer): number;
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
  releaseScales(net: Pointer, factors: Pointer): void;
  adjointsBytes(net: Pointer): number;
  adjointsPerSample(net: Pointer): number;
  clearAdjoints(
    net: Pointer,
    adjoints: Pointer,
    factors: Pointer,
    start: number,
    count: number,
    data: Pointer,
  ): void;
  unscale(net: Pointer, adjoints: Pointer): void;
  pullBackScratch(net: Pointer, count: number): number;
  pullBack(net: Pointer, factors: Pointer, adjoints: Pointer, scratch: Pointer, out: Pointer): void;
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
    pairs: Pointer,
  ): void;
  hessianScratch(net: Pointer, count: number): number;
  addToHessian(net: Pointer, factors: Pointer, scratch: Pointer, h: Pointer): void;
  complete(net: Pointer, h: Pointer): void;
  blockSquares(net: Pointer, h: Pointer, squares: Pointer): void;
  rowAdjointsPerSample(net: Pointer): number;
  clearRowAdjoints(net: Pointer, sums: Pointer, count: number, data: Pointer): void;
  columnsDoubles(net: Pointer): number;
  fillColumns(net: Pointer, rows: Pointer, j: number, nj: number, columns: Pointer, data: Pointer): void;
  gradientScratch(net: Pointer): number;
  gradientTile(
    net: Pointer,
    rows: Pointer,
    i: number,
    ni: number,
    sums: Pointer,
    first: number,
    others: Pointer,
    j: number,
    nj: number,
    columns: Pointer,
    scratch: Pointer,
  ): void;
  spreadRowAdjoints(
    net: Pointer,
    sums: Pointer,
    first: number,
    factors: Pointer,
    beta: number,
    adjoints: Pointer,
  ): void;
  crossAdjointsScratch(net: Pointer, count: number): number;
  addCrossAdjoints(
    net: Pointer,
    factors: Pointer,
    sums: Pointer,
    beta: number,
    adjoints: Pointer,
    scratch: Pointer,
  ): void;
  contractionScratch(net: Pointer, count: number): number;
  contractHessian(
    net: Pointer,
    factors: Pointer,
    h: Pointer,
    weight: number,
    adjoints: Pointer,
    scratch: Pointer,
  ): void;
  contractIdentity(net: Pointer, factors: Pointer, alpha: number, adjoints: Pointer): void;
  hvpScratch(net: Pointer): number;
  hessianVectorProduct(net: Pointer, v: Pointer, scratch: Pointer, out: Pointer): void;

  transferColumns(net: Pointer, l: number, k: number): number;
  transferScratch(net: Pointer, l: number, k: number): number;
  transferRows(net: Pointer, l: number, k: number, a: number, scratch: Pointer, out: Pointer): number;
  unitOrder(net: Pointer): number;
  unitScratch(net: Pointer): number;
  unitBlock(net: Pointer, a: number, scratch: Pointer, block: Pointer): number;
  gatherUnit(net: Pointer, a: number, count: number, parameters: number, x: Pointer, out: Pointer): void;
  scatterUnit(net: Pointer, a: number, count: number, parameters: number, x: Pointer, out: Pointer): void;
  unitTermsDoubles(net: Pointer): number;
  unitTerms(net: Pointer, terms: Pointer): void;
  unitMomentsScratch(net: Pointer): number;
  unitMomentsTile(
    net: Pointer,
    terms: Pointer,
    i: number,
    ni: number,
    j: number,
    nj: number,
    scratch: Pointer,
    sums: Pointer,
  ): void;

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

  gatherSamples(count: number, length: number, at: Pointer, x: Pointer, out: Pointer): void;
  momentumStep(
    n: number,
    rate: number,
    momentum: number,
    keep: number,
    g: Pointer,
    v: Pointer,
    theta: Pointer,
  ): void;
  adamStep(
    n: number,
    rate: number,
    root: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    keep: number,
    g: Pointer,
    m: Pointer,
    s: Pointer,
    theta: Pointer,
  ): void;

  prepare(n: number, a: Pointer): number;
  naturalOrder(n: number, order: Pointer): void;
  clearNegligible(n: number, d: Pointer, e: Pointer, negligible: number): void;
  finish(n: number, e: number, values: Pointer, order: Pointer, spare: Pointer): void;
  gatherRows(
    n: number,
    from: number,
    count: number,
    order: Pointer,
    place: Pointer,
    z: Pointer,
    out: Pointer,
  ): void;
  readonly PANEL: { readonly value: number };
  reductionScratch(n: number): number;
  reducePanel(
    n: number,
    a: Pointer,
    first: number,
    top: number,
    d: Pointer,
    e: Pointer,
    tau: Pointer,
    scratch: Pointer,
  ): void;
  updateRest(n: number, a: Pointer, first: number, tau: Pointer, scratch: Pointer): void;
  negligibleIn(n: number, d: Pointer, e: Pointer): number;
  implicitQl(n: number, d: Pointer, e: Pointer, z: Pointer, stride: number, negligible: number): number;
  readonly SWEEPS_PER_VALUE: { readonly value: number };
  rootFreeQl(n: number, l: number, d: Pointer, squares: Pointer, negligible: number, sweeps: number): number;
  mergeBytes(): number;
  mergeScratch(n: number): number;
  tear(middle: number, d: Pointer, e: Pointer): void;
  deflate(
    merge: Pointer,
    n: number,
    half: number,
    rows: Pointer,
    stride: number,
    values: Pointer,
    e: number,
    scratch: Pointer,
  ): number;
  secularRoots(merge: Pointer, first: number, last: number): number;
  choose(merge: Pointer, from: number, to: number, at: Pointer): number;
  secularWeights(merge: Pointer, first: number, last: number): void;
  secularVectors(merge: Pointer, first: number, last: number): void;
  assemble(merge: Pointer): void;
  readonly RUN: { readonly value: number };
  reflectorsScratch(n: number, count: number): number;
  applyReflectors(
    n: number,
    a: Pointer,
    tau: Pointer,
    first: number,
    last: number,
    count: number,
    x: Pointer,
    scratch: Pointer,
  ): void;
  orthogonalize(
    count: number,
    n: number,
    q: Pointer,
    w: Pointer,
    coefficients: Pointer,
    spare: Pointer,
  ): number;
  residualRatio(n: number, count: number, a: Pointer, values: Pointer, v: Pointer, work: Pointer): number;
  orthogonalityRatio(n: number, count: number, v: Pointer, work: Pointer): number;
}
