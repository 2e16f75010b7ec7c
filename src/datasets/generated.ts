/**
 * Data sets in the plane from a seed, the same bits on every engine: random numbers from ../random.ts, points on circles without the sine and
 * cosine that engines round differently. The classes take turns; every coordinate has normal noise of the standard deviation given.
 */
import { matrix } from '../matrix.js';
import { normal, uniform } from '../random.js';
import { type Samples } from './samples.js';

type Point = [x: number, y: number];

/** Two half circles of radius 1 that reach into one another. */
export function moons(samples: number, noise: number, seed: number): Samples {
  return generate(samples, noise, seed, 2, (label, next) => {
    const [x, y] = direction(next, next);
    return label === 0 ? [x, y] : [1 - x, 0.5 - y];
  });
}

/** Two circles about the origin, class 0 of radius 1, class 1 of 0.5. */
export function circles(samples: number, noise: number, seed: number): Samples {
  return generate(samples, noise, seed, 2, (label, next) => {
    const [x, y] = direction(next, () => 2 * next() - 1);
    return label === 0 ? [x, y] : [x / 2, y / 2];
  });
}

/** Two spirals from the origin to the circle of radius 1, one the other turned by half a circle; so many turns each. */
export function spirals(samples: number, noise: number, seed: number, turns: number): Samples {
  return generate(samples, noise, seed, 2, (label, next) => {
    const radius = next();
    const [x, y] = afterTurns(turns * radius + label / 2);
    return [radius * x, radius * y];
  });
}

/** The corners of the unit square; the class is the exclusive or of their coordinates. Four samples without noise are the classical ones. */
export function xor(samples: number, noise: number, seed: number): Samples {
  return generate(
    samples,
    noise,
    seed,
    4,
    (corner) => [corner >> 1, corner & 1],
    (corner) => (corner >> 1) ^ (corner & 1),
  );
}

/** places: from how many places in turn samples are drawn. */
function generate(
  samples: number,
  noise: number,
  seed: number,
  places: number,
  draw: (place: number, next: () => number) => Point,
  labelOf: (place: number) => number = (place) => place,
): Samples {
  const next = uniform(seed);
  const error = normal(next);
  const inputs = matrix(samples, 2);
  for (let i = 0; i < samples; i++) {
    const [x, y] = draw(i % places, next);
    inputs.data[2 * i] = x + noise * error();
    inputs.data[2 * i + 1] = y + noise * error();
  }
  return { inputs, targets: Array.from({ length: samples }, (_, i) => labelOf(i % places)) };
}

/** A point on a circle is one in the disk divided by its length; in the half disk, where its y is drawn from [0, 1). */
function direction(next: () => number, nextY: () => number): Point {
  let [x, y, length] = [0, 0, 0];
  while (!(length > 0 && length <= 1)) {
    [x, y] = [2 * next() - 1, nextY()];
    length = Math.sqrt(x * x + y * y);
  }
  return [x / length, y / length];
}

/** 2π / 16. */
const SIXTEENTH = 0.39269908169872414;

/** (cos 2πt, sin 2πt): power series at a sixteenth of the angle, below 2π/16, to 10⁻¹⁸, doubled four times. */
function afterTurns(t: number): Point {
  const angle = (t - Math.floor(t)) * SIXTEENTH;
  let [cosine, sine] = [1, 1];
  for (let n = 16; n >= 2; n -= 2) {
    cosine = 1 - ((angle * angle) / (n * (n - 1))) * cosine;
    sine = 1 - ((angle * angle) / (n * (n + 1))) * sine;
  }
  sine *= angle;
  for (let i = 0; i < 4; i++) [cosine, sine] = [cosine * cosine - sine * sine, 2 * cosine * sine];
  return [cosine, sine];
}
