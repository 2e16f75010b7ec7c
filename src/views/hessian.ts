/** The Hessian itself as a picture, and its blocks of layers by their share of ‖H‖_F². */
import { element, escape, figure, line, text } from './svg.js';
import { LEVELS, pngOfLevels } from './png.js';

export interface MatrixPicture {
  /** Rows and columns of the matrix. */
  order: number;
  /** Rows and columns of the picture, at most those of the matrix. */
  size: number;
  /** size × size, row-major: of all entries that fall on a point the one of largest size. */
  entries: Float64Array;
}

export interface HessianView {
  title: string;
  description: string;
  picture: MatrixPicture;
  /** Parameters of each layer. */
  layers: readonly number[];
  /** The largest entry's size, printed. */
  largest: string;
  /** Of each pair of layers, L × L, row-major: shown where the pointer rests. */
  names?: readonly string[];
}

export interface BlocksView {
  title: string;
  description: string;
  /** L × L, row-major, of ‖H‖_F². */
  shares: ArrayLike<number>;
  /** The same printed, two lines a block: shown where there is room. */
  labels: readonly (readonly [string, string])[];
  names: readonly string[];
}

/** Points of a picture, at most: more than a screen shows of it, and some tens of kilobytes. */
const MOST_POINTS = 256;
/** Powers of ten from the largest entry to what is drawn as nothing. */
const DECADES = 4;
/** Both are told from white and from black. */
const HUES = { negative: [186, 62, 166], positive: [22, 128, 184] } as const;
/** Layers, at most, whose blocks are drawn one by one with their numbers. */
const MOST_LABELLED = 6;

/** Entries of a symmetric matrix for a picture of it. */
export function pictureOf({ rows, data }: { rows: number; data: Float64Array }): MatrixPicture {
  const size = Math.min(rows, MOST_POINTS);
  const entries = new Float64Array(size * size);
  for (let i = 0; i < rows; i++) {
    const row = Math.floor((i * size) / rows) * size;
    for (let j = 0; j < rows; j++) {
      const at = row + Math.floor((j * size) / rows);
      const value = data[i * rows + j];
      if (Math.abs(value) > Math.abs(entries[at])) entries[at] = value;
    }
  }
  return { order: rows, size, entries };
}

/** Opacity is the logarithm of an entry's size, hue its sign. */
export function hessianPicture(view: HessianView, width: number): string {
  const { picture, layers, title, description } = view;
  const [left, top] = [26, 22];
  const side = width - left - 2;
  const image = element('image', {
    x: left,
    y: top,
    width: side,
    height: side,
    href: pngOfLevels(levelsOf(picture.entries), picture.size, HUES),
    preserveAspectRatio: 'none',
    style: 'image-rendering:pixelated',
  });
  const parts = [image, element('rect', { x: left, y: top, width: side, height: side, class: 'frame' })];
  let before = 0;
  layers.forEach((parameters, l) => {
    const [from, to] = [before, before + parameters].map((at) => (at / picture.order) * side);
    before += parameters;
    if (l > 0) {
      parts.push(
        line(left + from, top, left + from, top + side, 'edge'),
        line(left, top + from, left + side, top + from, 'edge'),
      );
    }
    if (to - from < 16) return;
    parts.push(
      text(left + (from + to) / 2, top - 7, String(l + 1), 'note', 'middle'),
      text(left - 8, top + (from + to) / 2 + 4, String(l + 1), 'note', 'end'),
    );
  });
  if (view.names) parts.push(...named(view.names, layers, left, top, side / picture.order));
  return figure(
    { width, height: top + side + 50, title, description },
    ...parts,
    ...legend(view.largest, left, top + side + 14, side),
  );
}

/** A name for each pair of layers over its part of the picture, for the pointer. */
function named(
  names: readonly string[],
  layers: readonly number[],
  left: number,
  top: number,
  unit: number,
): string[] {
  const starts = layers.map((_, l) => layers.slice(0, l).reduce((sum, count) => sum + count, 0));
  return names.map((name, at) => {
    const [row, column] = [Math.floor(at / layers.length), at % layers.length];
    const place = {
      x: left + starts[column] * unit,
      y: top + starts[row] * unit,
      width: layers[column] * unit,
      height: layers[row] * unit,
    };
    return element('rect', { ...place, 'fill-opacity': 0 }, element('title', {}, escape(name)));
  });
}

/** −largest … 0 … +largest. */
function legend(largest: string, left: number, y: number, width: number): string[] {
  const steps = 40;
  const cell = width / steps;
  const cells = Array.from({ length: steps }, (_, i) => {
    const level = (2 * (i + 0.5)) / steps - 1;
    const [red, green, blue] = level < 0 ? HUES.negative : HUES.positive;
    return element('rect', {
      x: left + i * cell,
      y,
      width: cell + 0.3,
      height: 10,
      fill: `rgb(${red},${green},${blue})`,
      'fill-opacity': Math.abs(level),
    });
  });
  return [
    ...cells,
    text(left, y + 26, `−${largest}`, 'note'),
    text(left + width / 2, y + 26, `under 10⁻${'⁰¹²³⁴⁵⁶⁷⁸⁹'[DECADES]} of it`, 'note', 'middle'),
    text(left + width, y + 26, `+${largest}`, 'note', 'end'),
  ];
}

function levelsOf(entries: Float64Array): Int8Array {
  const most = entries.reduce((size, x) => Math.max(size, Math.abs(x)), 0);
  return Int8Array.from(entries, (x) => {
    if (x === 0) return 0;
    const level = Math.round(LEVELS * (1 + Math.log10(Math.abs(x / most)) / DECADES));
    return Math.sign(x) * Math.max(0, level);
  });
}

/** The darker, the more of ‖H‖_F²; of very many layers without numbers. */
export function blocks({ title, description, shares, labels, names }: BlocksView, width: number): string {
  const depth = names.length;
  const [left, top] = [26, 22];
  const side = width - left - 2;
  const cell = side / depth;
  // The eye tells small shares apart by their roots; half-opaque at most, so that the numbers on it can be read.
  const strength = (share: number): number => Math.sqrt(Math.min(1, Math.max(0, share)));
  const parts: string[] = [];
  if (depth <= MOST_LABELLED) {
    for (let at = 0; at < depth * depth; at++) {
      const [x, y] = [left + (at % depth) * cell, top + Math.floor(at / depth) * cell];
      const fill = { fill: 'var(--hb-positive)', 'fill-opacity': 0.5 * strength(shares[at]) };
      parts.push(element('rect', { x, y, width: cell, height: cell, ...fill }));
      if (cell < 50) continue;
      parts.push(
        text(x + cell / 2, y + cell / 2 - 2, labels[at][0], 'strong', 'middle'),
        text(x + cell / 2, y + cell / 2 + 15, labels[at][1], 'small', 'middle'),
      );
    }
  } else {
    const levels = Int8Array.from(shares, (share) => Math.round(LEVELS * strength(share)));
    const href = pngOfLevels(levels, depth, HUES);
    const place = { x: left, y: top, width: side, height: side, preserveAspectRatio: 'none' };
    parts.push(element('image', { ...place, href, style: 'image-rendering:pixelated' }));
  }
  for (let l = 1; l < depth && cell >= 8; l++) {
    parts.push(
      line(left + l * cell, top, left + l * cell, top + side, 'rule'),
      line(left, top + l * cell, left + side, top + l * cell, 'rule'),
    );
  }
  parts.push(element('rect', { x: left, y: top, width: side, height: side, class: 'frame' }));
  names.forEach((name, l) => {
    if (cell < 16) return;
    parts.push(
      text(left + (l + 0.5) * cell, top - 7, name, 'note', 'middle'),
      text(left - 8, top + (l + 0.5) * cell + 4, name, 'note', 'end'),
    );
  });
  return figure({ width, height: top + side + 4, title, description }, ...parts);
}
