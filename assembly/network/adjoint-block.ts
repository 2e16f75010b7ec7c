/** Where the adjoints of the curvature factors of a block of samples lie in memory. */
import { scaleByPower } from '../dense/elementwise';
import { rowOf } from '../dense/rows';
import { Factors, factorsPerSample, layOut } from './block';
import { absorbScales } from './factors';
import { Network } from './network';

/** Arrays of one layer. */
const SLOPE: i32 = 0;
const BEND: i32 = 1;
const DELTA: i32 = 2;
const INPUT: i32 = 3;
const LIFTED: i32 = 4;
const KIND_COUNT: i32 = 5;

/** The header, followed in memory by depth · KIND_COUNT addresses. Arrays have a row a sample. */
@unmanaged
export class Adjoints {
  /** S̄, M̄ and T̄, as their originals are stored. */
  factors: Factors;

  /** φ̄': outputs. */
  slope(l: i32): usize {
    return load<usize>(this.slot(SLOPE, l));
  }
  /** b̄, b = φ'' ∘ g: outputs. */
  bend(l: i32): usize {
    return load<usize>(this.slot(BEND, l));
  }
  /** δ̄: outputs. */
  delta(l: i32): usize {
    return load<usize>(this.slot(DELTA, l));
  }
  /** The adjoint of ã: width. */
  input(l: i32): usize {
    return load<usize>(this.slot(INPUT, l));
  }
  /** Z = Vᵀ S̄^l, n_{l+1} × n_l: what of it is not to come from S̄^l. */
  lifted(l: i32): usize {
    return load<usize>(this.slot(LIFTED, l));
  }
  slot(kind: i32, l: i32): usize {
    return changetype<usize>(this) + offsetof<Adjoints>() + <usize>(l * KIND_COUNT + kind) * sizeof<usize>();
  }
}

/** Bytes of the header and its addresses; that of its factors is another. */
export function adjointsBytes(net: Network): f64 {
  return <f64>offsetof<Adjoints>() + <f64>(net.depth * KIND_COUNT) * <f64>sizeof<usize>();
}

/** Doubles that one sample's adjoints take. */
export function adjointsPerSample(net: Network): f64 {
  let doubles = factorsPerSample(net);
  for (let l = 0; l < net.depth; l++) {
    for (let kind = 0; kind < KIND_COUNT; kind++) doubles += <f64>kindLength(net, kind, l);
  }
  return doubles;
}

/** Lays the adjoints of count samples from start on out at data, all 0. */
export function clearAdjoints(
  net: Network,
  adjoints: Adjoints,
  factors: Factors,
  start: i32,
  count: i32,
  data: usize,
): void {
  memory.fill(data, 0, (<usize>(<f64>count * adjointsPerSample(net))) << 3);
  adjoints.factors = factors;
  layOut(net, factors, start, count, data);
  data += (<usize>(<f64>count * factorsPerSample(net))) << 3;
  for (let l = 0; l < net.depth; l++) {
    for (let kind = 0; kind < KIND_COUNT; kind++) {
      store<usize>(adjoints.slot(kind, l), data);
      data = rowOf(data, count, kindLength(net, kind, l));
    }
  }
}

/**
 * From the adjoints of what absorbScales and normalize have scaled to those of what was there before: f is the same function of
 * both, so that x' = 2^e x has x̄ = 2^e x̄'. The rest have none to take: of bend and lifted, which only factored forms set, the
 * samples are of ordinary size (curvature/samples.ts).
 */
export function unscale(net: Network, adjoints: Adjoints): void {
  const start = adjoints.factors.start;
  absorbScales(net, adjoints.factors);
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    for (let i = 0; i < adjoints.factors.count; i++) {
      scaleByPower(layer.width, -layer.inputExponent(start + i), rowOf(adjoints.input(l), i, layer.width));
      scaleByPower(
        layer.outputs,
        -layer.deltaExponent(start + i),
        rowOf(adjoints.delta(l), i, layer.outputs),
      );
    }
  }
}

function kindLength(net: Network, kind: i32, l: i32): i32 {
  const layer = net.layer(l);
  if (kind == INPUT) return layer.width;
  if (kind == LIFTED) return l + 1 < net.depth ? layer.outputs * net.layer(l + 1).outputs : 0;
  return layer.outputs;
}
