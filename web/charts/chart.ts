/**
 * Curves over the steps of a run, drawn by uPlot; kept runs are drawn below them here, for their steps are not those of the run. A chart is drawn once
 * in a frame of the browser at most, and only while somebody can see it.
 */
import { language } from './language.js';
import uPlot from 'uplot';
import { thinned, type Theme } from '../../src/views/index.js';
import { type Kept, type Point } from '../history.js';
import { type Curve, inSight, type Spec } from './curves.js';
import { type Ends, logTicks } from './ends.js';
import { type View } from './view.js';

/** What a chart is of. */
export interface Drawn {
  history: readonly Point[];
  kept: readonly Kept[];
  steps: Ends;
  /** Narrowed by the visitor. */
  values: Ends | undefined;
  hidden: ReadonlySet<string>;
  colors: Theme;
}

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
/** Pixels that a box has to be high to narrow the values, too. */
const BOX = 24;
/** Of kept runs, one after another; as in src/views/course.ts. */
const DASHES = [[], [6, 4], [1.5, 4]];
const LABEL_HEIGHT = 15;
/** From the end of a curve up to the middle of its label. */
const ABOVE = 10;
/** Drawn a little before it comes into sight. */
const NEAR = '100px';

export class Chart {
  readonly #plot: uPlot;
  readonly #spec: Spec;
  readonly #view: View;
  readonly #sizes: ResizeObserver;
  readonly #sights: IntersectionObserver;
  #drawn: Drawn | undefined;
  #due: number | undefined;
  #inSight = true;
  /** Of kept runs, with where they stand: on top of all curves. */
  #names: [name: string, end: [x: number, y: number]][] = [];
  /** Outlines of kept runs, for as long as the axes are the same. */
  #outlines = new WeakMap<Kept, { axes: string; path: Path2D; end: [x: number, y: number] | undefined }>();

  constructor(place: HTMLElement, spec: Spec, view: View) {
    [this.#spec, this.#view] = [spec, view];
    this.#plot = new uPlot(this.#options(place), [[], ...spec.curves.map(() => [])], place);
    this.#sizes = new ResizeObserver(([{ contentRect }]) => {
      const width = Math.floor(contentRect.width);
      if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: spec.height });
    });
    this.#sizes.observe(place);
    this.#sights = new IntersectionObserver(
      (entries) => {
        this.#inSight = entries.at(-1)!.isIntersecting;
        this.#soon();
      },
      { rootMargin: NEAR },
    );
    this.#sights.observe(place);
  }

  draw(drawn: Drawn): void {
    this.#drawn = drawn;
    this.#soon();
  }

  destroy(): void {
    if (this.#due !== undefined) cancelAnimationFrame(this.#due);
    this.#sizes.disconnect();
    this.#sights.disconnect();
    this.#plot.destroy();
  }

  #soon(): void {
    if (!this.#inSight || !this.#drawn) return;
    this.#due ??= requestAnimationFrame(() => {
      this.#due = undefined;
      if (this.#drawn) this.#now(this.#drawn);
    });
  }

  #now({ history, kept, steps, values, hidden }: Drawn): void {
    const plot = this.#plot;
    const { curves, log, ends } = this.#spec;
    const columns = curves.map(({ of }) => history.map((point) => placed(of(point), log)));
    const [low, high] =
      values ??
      ends(
        inSight(history, steps),
        kept.map((run) => inSight(run.history, steps)),
        hidden,
      );
    plot.batch(() => {
      plot.setData([history.map(({ step }) => step), ...columns], false);
      curves.forEach(({ name }, i) => {
        if (plot.series[i + 1].show === hidden.has(name)) plot.setSeries(i + 1, { show: !hidden.has(name) });
      });
      plot.setScale('x', { min: steps[0], max: steps[1] });
      plot.setScale('y', { min: low, max: high });
    });
  }

  #options(place: HTMLElement): uPlot.Options {
    const { curves, band, log, height, label } = this.#spec;
    const color = (name: keyof Theme) => (): string => this.#color(name);
    const axis: uPlot.Axis = {
      stroke: color('faint'),
      font: FONT,
      grid: { stroke: color('rule'), width: 1, dash: [2, 3] },
      ticks: { show: false },
    };
    return {
      width: Math.max(1, Math.floor(place.clientWidth)),
      height,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, auto: false },
        // Of an enum that has no values to import.
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
        y: { auto: false, distr: log ? 3 : 1 },
      },
      axes: [
        { ...axis, grid: { show: false }, border: { show: true, stroke: color('faint'), width: 1, dash: [] }, size: 26, gap: 4, incrs: wholeSteps(), values: (_, splits) => splits.map((step) => step.toLocaleString(language)) }, // prettier-ignore
        { ...axis, size: 48, gap: 6, ...(log && { splits: (_, _axis, low, high) => logTicks([low, high], Math.max(2, Math.floor(height / 36))), filter: (_, splits) => splits }), values: (_, splits) => splits.map(label) }, // prettier-ignore
      ],
      series: [{}, ...curves.map((curve) => this.#series(curve))],
      ...(band && { bands: [{ series: [band[0] + 1, band[1] + 1], fill: () => `${this.#color('bound')}33` }] }), // prettier-ignore
      cursor: {
        y: false,
        sync: { key: 'steps', setSeries: false },
        drag: { x: true, y: true, uni: BOX, setScale: false },
        points: { size: 7 },
        bind: { dblclick: () => () => (this.#view.showAll(), null) },
      },
      hooks: {
        setCursor: [({ cursor }) => void (this.#view.at.value = cursor.idx ?? undefined)],
        setSelect: [(plot) => this.#narrow(plot)],
        drawAxes: [(plot) => this.#drawKept(plot)],
        draw: [(plot) => this.#drawLabels(plot)],
        ready: [
          ({ over }) => over.addEventListener('wheel', (event) => this.#pinch(event), { passive: false }),
        ],
      },
    };
  }

  #series({ color, width, dash }: Curve): uPlot.Series {
    const stroke = (): string => this.#color(color);
    return {
      auto: false,
      scale: 'y',
      width,
      stroke,
      ...(dash && { dash }),
      points: {
        fill: stroke,
        size: 5,
        // A point between two gaps has no line.
        show: (plot, at, from, to) => width > 0 && (to === from || alone(plot.data[at], from, to)),
      },
    };
  }

  #color(name: keyof Theme): string {
    return this.#drawn?.colors[name] ?? '#888';
  }

  /** What was drawn with the pointer becomes what is in sight. */
  #narrow(plot: uPlot): void {
    const { left, top, width, height } = plot.select;
    if (width === 0) return;
    const at = (x: number): number => plot.posToVal(x, 'x');
    const steps: Ends = [at(left), at(left + width)];
    const box: Ends = [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')];
    const whole = height >= plot.over.clientHeight;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#view.show(steps, whole ? undefined : { [this.#spec.name]: box });
  }

  /** Two fingers on a touchpad, or the wheel with Ctrl. */
  #pinch(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, width } = this.#plot.over.getBoundingClientRect();
    this.#view.scale(1.01 ** event.deltaY, (event.clientX - left) / width);
  }

  #drawKept(plot: uPlot): void {
    this.#names = [];
    const { kept, hidden } = this.#drawn ?? { kept: [], hidden: new Set() };
    if (kept.length === 0 || hidden.has(this.#spec.kept.name)) return;
    const { ctx, bbox } = plot;
    const { x, y } = plot.scales;
    const axes = [x.min, x.max, y.min, y.max, bbox.left, bbox.top, bbox.width, bbox.height].join();
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineWidth = 1.25 * uPlot.pxRatio;
    ctx.strokeStyle = this.#color('faint');
    kept.forEach((run, i) => {
      let outline = this.#outlines.get(run);
      if (outline?.axes !== axes) {
        outline = { axes, ...this.#outline(plot, run) };
        this.#outlines.set(run, outline);
      }
      ctx.setLineDash(DASHES[i % DASHES.length].map((length) => length * uPlot.pxRatio));
      ctx.stroke(outline.path);
      if (outline.end) this.#names.push([run.name, [outline.end[0], outline.end[1] - ABOVE * uPlot.pxRatio]]);
    });
    ctx.restore();
  }

  #outline(plot: uPlot, { history }: Kept): { path: Path2D; end: [number, number] | undefined } {
    const { log, kept } = this.#spec;
    const { min = 0, max = 1 } = plot.scales['x'];
    const places = inSight(history, [min, max]).flatMap((point): [number, number][] => {
      const value = placed(kept.of(point), log);
      return value === null ? [] : [[plot.valToPos(point.step, 'x', true), plot.valToPos(value, 'y', true)]];
    });
    const path = new Path2D();
    for (const [x, y] of thinned(places)) path.lineTo(x, y);
    return { path, end: places.at(-1) };
  }

  #drawLabels(plot: uPlot): void {
    write(plot, this.#names, this.#color('faint'), this.#color('card'));
    const { history, hidden } = this.#drawn ?? { history: [], hidden: new Set() };
    for (const { label, of, color, name } of this.#spec.curves) {
      const last = history.length > 0 ? of(history.at(-1)!) : undefined;
      if (!label || last === undefined || hidden.has(name)) continue;
      const { left, width } = plot.bbox;
      const y = plot.valToPos(last, 'y', true) - ABOVE * uPlot.pxRatio;
      write(plot, [[label, [left + width, y]]], this.#color(color), this.#color('card'), '600 ');
    }
  }
}

/** No number where the axis has no place for it. */
function placed(value: number | undefined, log: boolean): number | null {
  return value === undefined || (log && value <= 0) ? null : value;
}

function alone(column: ArrayLike<unknown>, from: number, to: number): boolean {
  const missing = (i: number): boolean => i < from || i > to || column[i] === null;
  for (let i = from; i <= to; i++) if (!missing(i) && missing(i - 1) && missing(i + 1)) return true;
  return false;
}

/** Words that end at places, one below the other where they would meet, on a ground of their own. */
function write(
  { ctx, bbox }: uPlot,
  labels: readonly [text: string, end: [x: number, y: number]][],
  color: string,
  ground: string,
  weight = '',
): void {
  const ratio = uPlot.pxRatio;
  const inside = labels.filter(([, [, y]]) => y >= bbox.top && y <= bbox.top + bbox.height);
  const sorted = inside.sort(([, a], [, b]) => a[1] - b[1]);
  ctx.save();
  ctx.font = weight + FONT.replace('12px', `${12 * ratio}px`);
  [ctx.textAlign, ctx.textBaseline, ctx.lineJoin] = ['right', 'middle', 'round'];
  [ctx.lineWidth, ctx.strokeStyle, ctx.fillStyle] = [4 * ratio, ground, color];
  let lowest = -Infinity;
  for (const [text, [x, y]] of sorted) {
    const at = Math.max(y, lowest + LABEL_HEIGHT * ratio);
    lowest = at;
    const right = Math.min(bbox.left + bbox.width, Math.max(bbox.left + ctx.measureText(text).width, x)) - 4 * ratio; // prettier-ignore
    ctx.strokeText(text, right, at);
    ctx.fillText(text, right, at);
  }
  ctx.restore();
}

/** There is no half of a step. */
function wholeSteps(): number[] {
  return Array.from({ length: 7 }, (_, k) => [1, 2, 5].map((digit) => digit * 10 ** k)).flat();
}
