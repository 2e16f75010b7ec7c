/**
 * The picture on its canvas. What the network says of the plane is an image of one pixel an output, which the browser scales; the samples are drawn
 * once for a size and a theme; only the rings around wrong answers are drawn for every frame. Nothing is allocated for a frame.
 */
import { type Plane } from '../engine/plane.js';
import { classAt, type Reading, sharesOf } from './answers.js';
import { css, mix, type Rgb, type Theme, valueColour } from './colours.js';
import { areMarks, shapeOf } from './marks.js';

/** How much of a class's colour lies under the samples where the network is sure. */
const STRENGTH = 0.52;
/** Pixels from a sample that still mean it. */
const NEAR = 14;
/** What outlines of marks are darkened with. */
const BLACK: Rgb = [0, 0, 0];

export class Drawing {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #samples = document.createElement('canvas');
  readonly #small = document.createElement('canvas');
  #image: ImageData | undefined;
  #shares = new Float64Array(2);
  #plane: Plane | undefined;
  #theme: Theme | undefined;
  /** The largest of the values, or its negative. */
  #most = 1;
  /** Of a side in CSS pixels, and device pixels for each. */
  #side = 0;
  #ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d')!;
  }

  /** Draws the samples anew if they, the size or the theme are other ones. */
  arrange(plane: Plane, theme: Theme, side: number, ratio: number): void {
    if (plane === this.#plane && theme === this.#theme && side === this.#side && ratio === this.#ratio)
      return;
    [this.#plane, this.#theme, this.#side, this.#ratio] = [plane, theme, side, ratio];
    this.#most = plane.labels.reduce((most, y) => Math.max(most, Math.abs(y)), 0) || 1;
    const pixels = Math.max(1, Math.round(side * ratio));
    for (const canvas of [this.#canvas, this.#samples]) canvas.width = canvas.height = pixels;
    this.#drawSamples(this.#samples.getContext('2d')!);
  }

  /** The state of one moment. chosen: the sample that is pointed at. */
  draw(
    regions: Float64Array | undefined,
    outputs: Float64Array | undefined,
    reading: Reading | undefined,
    chosen: number | undefined,
  ): void {
    const { width } = this.#canvas;
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, width);
    if (regions && reading) {
      this.#paint(regions, reading);
      context.imageSmoothingQuality = 'high';
      context.drawImage(this.#small, 0, 0, width, width);
    }
    context.drawImage(this.#samples, 0, 0);
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.strokeStyle = this.#theme!.ink;
    if (outputs && reading && reading.classes > 0) this.#ring(outputs, reading);
    if (chosen !== undefined) this.#point(chosen);
  }

  /** Where sample i is, in CSS pixels from the top left. */
  placeOf(i: number): [number, number] {
    const { points, left, right, top, bottom } = this.#plane!;
    return [
      (this.#side * (points[2 * i] - left)) / (right - left),
      (this.#side * (points[2 * i + 1] - top)) / (bottom - top),
    ];
  }

  /** The sample at a place, within a finger's reach. */
  sampleAt(x: number, y: number): number | undefined {
    if (!this.#plane) return undefined;
    let [best, least] = [-1, NEAR * NEAR];
    for (let i = 0; i < this.#plane.labels.length; i++) {
      const [px, py] = this.placeOf(i);
      const square = (px - x) * (px - x) + (py - y) * (py - y);
      if (square < least) [best, least] = [i, square];
    }
    return best < 0 ? undefined : best;
  }

  /** Rings around the samples that the network has wrong. */
  #ring(outputs: Float64Array, reading: Reading): void {
    const { labels } = this.#plane!;
    const radius = this.#radius() + 2.6;
    const context = this.#context;
    context.beginPath();
    for (let i = 0; i < labels.length; i++) {
      if (classAt(outputs, i, reading) === labels[i]) continue;
      const [x, y] = this.placeOf(i);
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.lineWidth = 1.25;
    context.stroke();
  }

  /** A thicker ring around the sample that is pointed at. */
  #point(i: number): void {
    const [x, y] = this.placeOf(i);
    const context = this.#context;
    context.beginPath();
    context.arc(x, y, this.#radius() + 5.5, 0, 2 * Math.PI);
    context.lineWidth = 2.5;
    context.stroke();
  }

  #radius(): number {
    const N = this.#plane!.labels.length;
    const scale = Math.min(1, Math.max(0.75, this.#side / 420));
    return scale * (N <= 300 ? 4.4 : N <= 1000 ? 3.4 : 2.4);
  }

  #drawSamples(context: CanvasRenderingContext2D): void {
    const { labels, classes } = this.#plane!;
    const { classes: colours, card } = this.#theme!;
    const r = this.#radius() * this.#ratio;
    const letters = areMarks(classes);
    const shapes = Array.from({ length: Math.max(1, classes.length) }, (_, c) => new Path2D(shapeOf(c)));
    if (letters) context.strokeStyle = css(card);
    context.lineJoin = 'round';
    context.font = `700 ${(3.4 * r).toFixed(1)}px system-ui, sans-serif`;
    [context.textAlign, context.textBaseline] = ['center', 'middle'];
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = this.placeOf(i);
      const label = labels[i];
      const colour =
        classes.length > 0 ? colours[label % colours.length] : valueColour(this.#theme!, label / this.#most);
      context.fillStyle = css(colour);
      if (letters) {
        context.setTransform(1, 0, 0, 1, x * this.#ratio, y * this.#ratio);
        context.lineWidth = 0.7 * r;
        context.strokeText(classes[label], 0, 0);
        context.fillText(classes[label], 0, 0);
        continue;
      }
      context.strokeStyle = css(mix(colour, BLACK, 0.45));
      const shape = shapes[classes.length > 0 ? label : 0];
      context.setTransform(r, 0, 0, r, x * this.#ratio, y * this.#ratio);
      context.lineWidth = 0.32;
      context.fill(shape);
      context.stroke(shape);
    }
  }

  #paint(regions: Float64Array, reading: Reading): void {
    const cells = regions.length / reading.outputs;
    const size = Math.round(Math.sqrt(cells));
    if (this.#image?.width !== size) {
      this.#small.width = this.#small.height = size;
      this.#image = new ImageData(size, size);
    }
    const shares = Math.max(2, reading.outputs);
    if (this.#shares.length !== shares) this.#shares = new Float64Array(shares);
    const { data } = this.#image;
    for (let cell = 0; cell < cells; cell++) this.#cell(data, regions, cell, reading);
    this.#small.getContext('2d')!.putImageData(this.#image, 0, 0);
  }

  /** One pixel: the card's colour where nothing is sure, the winner's where everything is. */
  #cell(data: Uint8ClampedArray, regions: Float64Array, cell: number, reading: Reading): void {
    const { card, classes } = this.#theme!;
    let winner = 0;
    let certainty;
    if (reading.classes === 0) {
      const z = regions[cell] / this.#most;
      winner = z < 0 ? 0 : 1;
      certainty = Math.min(1, Math.abs(z));
    } else {
      sharesOf(regions, cell * reading.outputs, reading, this.#shares);
      for (let k = 1; k < reading.classes; k++) if (this.#shares[k] > this.#shares[winner]) winner = k;
      const least = 1 / reading.classes;
      certainty = (this.#shares[winner] - least) / (1 - least);
    }
    const colour: Rgb = classes[winner % classes.length];
    const weight = STRENGTH * certainty;
    for (let i = 0; i < 3; i++) data[4 * cell + i] = card[i] + weight * (colour[i] - card[i]);
    data[4 * cell + 3] = 255;
  }
}
