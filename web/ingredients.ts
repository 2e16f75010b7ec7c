/** What the third of the tabs varies, and how far: the stops of its sliders, and what of them its curves show. */

export interface Variation {
  /** α: all weights and biases are multiplied by it. */
  norms: number;
  /** m: copies of each hidden unit. */
  widen: number;
  /** t, between −1 and 1: how much alike the samples are, as in engine/samples.ts. */
  alike: number;
}

export type Ingredient = keyof Variation;

export const INGREDIENTS = ['norms', 'widen', 'alike'] as const satisfies Ingredient[];

export const AS_IT_IS: Readonly<Variation> = { norms: 1, widen: 1, alike: 0 };

/** Evenly spaced, the first two on a logarithmic scale: powers of 2^¼ to two digits, powers of 2, and twentieths. */
export const STOPS: Readonly<Record<Ingredient, readonly number[]>> = {
  norms: [
    ...[0.125, 0.15, 0.18, 0.21, 0.25, 0.3, 0.35, 0.42, 0.5, 0.6, 0.7, 0.84],
    ...[1, 1.2, 1.4, 1.7, 2, 2.4, 2.8, 3.4, 4, 4.8, 5.7, 6.7, 8],
  ],
  widen: [1, 2, 4, 8],
  alike: Array.from({ length: 41 }, (_, i) => Math.min(0.99, Math.max(-0.99, (i - 20) / 20))),
};

/** Every so many stops there is a point of a curve: first, and when all curves have those. */
const STRIDES: Record<Ingredient, [coarse: number, fine: number]> = {
  norms: [4, 2],
  widen: [1, 1],
  alike: [10, 5],
};

/** A curve's points, as values of its ingredient. */
export function pointsOf(name: Ingredient, fine: boolean): number[] {
  const stride = STRIDES[name][fine ? 1 : 0];
  return STOPS[name].filter((_, i) => i % stride === 0);
}

/** The nearest stop. */
export function stopOf(name: Ingredient, value: number): number {
  const stops = STOPS[name];
  const distance = (i: number): number => Math.abs(placeOf(name, stops[i]) - placeOf(name, value));
  return stops.reduce((nearest, _, i) => (distance(i) < distance(nearest) ? i : nearest), 0);
}

/** Where a value is on its axis, from 0 to 1. */
export function placeOf(name: Ingredient, value: number): number {
  const scale = name === 'alike' ? (x: number): number => x : Math.log;
  const stops = STOPS[name];
  const [first, last] = [scale(stops[0]), scale(stops.at(-1)!)];
  return (scale(value) - first) / (last - first);
}

export function same(a: Variation, b: Variation): boolean {
  return INGREDIENTS.every((name) => a[name] === b[name]);
}
