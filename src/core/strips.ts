/** Pairs of samples in square tiles, and rows of tiles in strips: what one task computes. */
import { type Planned } from './job.js';

/** One row of tiles, of the samples from `row` on, against the columns from `first` up to `last`. */
export interface Strip {
  row: number;
  first: number;
  last: number;
}

/** Enough strips to keep tens of workers busy to the end, few enough for their messages to cost little (some 40 µs each). */
const STRIPS = 128;

/** Tiles a strip for all pairs of so many samples. */
export function stripLength(samples: number, tile: number): number {
  const side = Math.ceil(samples / tile);
  return Math.ceil((side * (side + 1)) / 2 / STRIPS);
}

/** Cuts rows × columns pairs into strips of up to `length` tiles; of pairs within one block, the triangle i ≤ j. */
export function cutStrips(
  rows: number,
  columns: number,
  triangle: boolean,
  tile: number,
  length: number,
): Omit<Planned<Strip>, 'group'>[] {
  const strips = [];
  for (let row = 0; row < rows; row += tile) {
    for (let first = triangle ? row : 0; first < columns; first += length * tile) {
      const last = Math.min(columns, first + length * tile);
      strips.push({ weight: Math.ceil((last - first) / tile), task: { row, first, last } });
    }
  }
  return strips;
}
