/**
 * Which form each product of the moments takes, and what it costs. All forms give the same sums (assembly/curvature/pairs.ts,
 * factored.ts, samples.ts); the count of multiply–adds decides, with weights measured on x64.
 */
/** Of one layer l: its ⟨S_i, S_j⟩ and ⟨M_i, M_j⟩ through small factors; the cross terms of l and l+1 summed over samples. */
export interface Form {
  factored: boolean;
  linear: boolean;
}

/** The shapes of a network, which decide. */
export interface Shapes {
  readonly layers: readonly { readonly inputs: number; readonly outputs: number; readonly bias?: unknown }[];
}

/** What a multiply–add costs outside the matrix products, in those inside. */
const ELEMENTWISE = 4;
/** The least gain that is worth the wider rounding bounds of a factored product. */
const GAIN = 1.25;

/** Most entries of a sum over samples: two of them, 64 MiB, pass between threads. */
const LINEAR_ENTRIES = 2 ** 22;
/** Most factors of a sample for sums over samples, so that they come in batches of 8 at least (assembly/network/block.ts). */
const BATCHED_FACTORS = 2 ** 19;

/** The cheapest form of every layer for N samples. */
export function chooseForms(network: Shapes, samples: number): Form[] {
  const { layers } = network;
  const batched = factorsPerSample(network) <= BATCHED_FACTORS;
  return layers.map((layer, l) => {
    if (l + 1 === layers.length) return { factored: false, linear: false };
    const n = layer.outputs;
    const m = layers[l + 1].outputs;
    return {
      factored: (n * (n + 1)) / 2 + n * m > GAIN * factoredTerms(n, m),
      // Σ_ij over pairs in both orders is N² n m; over samples 2 N width n m.
      linear: samples > 2 * width(layer) && width(layer) * n * m <= LINEAR_ENTRIES && batched,
    };
  });
}

/** Nothing in a form of its own. */
export function plainForms({ layers }: Shapes): Form[] {
  return layers.map(() => ({ factored: false, linear: false }));
}

/** The same with no factored products, whose sums can cancel. */
export function packedForms(forms: Form[]): Form[] {
  return forms.map((form) => ({ ...form, factored: false }));
}

/** Entries of all the sums over samples. */
export function linearEntries({ layers }: Shapes, forms: readonly Form[]): number {
  let entries = 0;
  forms.forEach(({ linear }, l) => {
    if (linear) entries += 2 * width(layers[l]) * layers[l].outputs * layers[l + 1].outputs;
  });
  return entries;
}

/** Multiply–adds for each pair of samples. */
export function termsPerPair({ layers }: Shapes, forms: Form[]): number {
  let terms = 0;
  layers.forEach((layer, l) => {
    const n = layer.outputs;
    const { factored, linear } = forms[l];
    terms += width(layer) + (l > 0 ? n : 0);
    terms += factored ? factoredTerms(n, layers[l + 1].outputs) : (n * (n + 1)) / 2;
    for (let k = l + 1; k < layers.length; k++) {
      const m = layers[k].outputs;
      const p = layers[k].inputs;
      if (k > l + 1) terms += n * m + n * p + 2 * n * (m + p) + 2 * ELEMENTWISE * n;
      else terms += (factored ? 0 : n * m) + n + (linear ? 0 : 2 * n * m);
    }
  });
  return terms + ELEMENTWISE * 2 * layers.length;
}

/** Multiply–adds for each sample: its factors, and the cross terms that are summed over samples. */
export function termsPerSample({ layers }: Shapes, forms: Form[]): number {
  let terms = 0;
  for (let l = 0; l + 1 < layers.length; l++) {
    const n = layers[l].outputs;
    const m = layers[l + 1].outputs;
    // S^0 in factored form is not needed whole.
    terms += l === 0 && forms[0].factored ? 2 * n * m * m : n * m * m + n * n * m + ELEMENTWISE * 4 * n * n;
    terms += ELEMENTWISE * 4 * n * m;
    if (forms[l].linear) terms += 2 * width(layers[l]) * n * m;
  }
  return terms;
}

/** G takes m (m+1)/2 rows of length n, the diagonals two, and the m × m products 2 m³ + 2 m² outside the matrix products. */
function factoredTerms(n: number, m: number): number {
  return ((m * (m + 1)) / 2) * n + 2 * n + ELEMENTWISE * (2 * m * m * m + 2 * m * m + 2);
}

function factorsPerSample({ layers }: Shapes): number {
  let doubles = 0;
  layers.forEach(({ outputs: n }, l) => {
    layers.slice(l).forEach(({ inputs: p, outputs: m }, distance) => {
      doubles += n * m + (distance === 0 ? 0 : distance === 1 ? n : n * p);
    });
  });
  return doubles;
}

/** Products over samples that assembling the Hessian takes: a quarter of each layer's own block, and two terms of each pair. */
export function hessianEntries({ layers }: Shapes): number {
  let entries = 0;
  layers.forEach((layer, l) => {
    const n = layer.outputs;
    entries += (n * (n + 1) * width(layer) * (width(layer) + 1)) / 4;
    for (let k = l + 1; k < layers.length; k++) {
      const turned = k === l + 1 ? 1 : layers[k].inputs;
      entries += n * layers[k].outputs * width(layer) * (width(layers[k]) + turned);
    }
  });
  return entries;
}

function width(layer: Shapes['layers'][number]): number {
  return layer.inputs + (layer.bias ? 1 : 0);
}
