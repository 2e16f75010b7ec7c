import { type Matrix } from '../matrix.js';

/** Inputs N × d, and the N classes that they belong to, from 0. */
export interface Samples {
  inputs: Matrix;
  targets: number[];
}
