/** Figures from plain data, as SVG text: the report's, and those of the pages. */
export { superscript } from './axes.js';
export { bars, type Bars } from './bars.js';
export { closing, type Closing } from './closing.js';
export { course, type Course, type CoursePoint, logarithmicEnds, thinned, truest } from './course.js';
export { density, type Density } from './density.js';
export { blocks, type BlocksView, hessianPicture, type HessianView, type MatrixPicture, pictureOf } from './hessian.js'; // prettier-ignore
export { intervals, type IntervalRow, type Intervals } from './intervals.js';
export { DARK, figureCss, LIGHT, paletteCss, type Theme } from './palette.js';
export { race, type Race } from './race.js';
export { histogram, type Mark, scree, type Spectrum } from './spectrum.js';
export { steps, type Steps } from './steps.js';
export { sweep, SWEEP_MARGINS, type Sweep, type SweepPoint } from './sweep.js';
export { element, escape } from './svg.js';
