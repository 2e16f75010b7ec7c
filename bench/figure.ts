/** Figures as SVG with a background of their own, so that they read the same on light and dark pages. */

export interface Bars {
  /** What all lengths are relative to, at the left of the row. */
  label: string;
  note: string;
  values: { name: string; value: number }[];
}

export interface Panel {
  title: string;
  note: string;
  /** What grows, and its exponent. */
  symbol: string;
  exponent: number;
  /** Size and milliseconds. */
  points: { x: number; y: number }[];
}

export interface Dots {
  title: string;
  rows: { label: string; note: string; values: { name: string; value: number }[] }[];
}

const INK = '#1f2933';
export const FAINT = '#5c6773';
export const RULE = '#d9dee3';
export const COLORS = ['#0b6e99', '#d9730d', '#6940a5', '#0f7b6c', '#ad1a72', '#8a6d00'];
const STYLE = `text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: ${INK} }
.title { font-size: 16px; font-weight: 600 } .strong { font-weight: 600 } .faint { fill: ${FAINT}; font-size: 12px } .end { text-anchor: end } .middle { text-anchor: middle }`;

/** Horizontal bars from 1 on a logarithmic axis, rows in groups. */
export function drawBars(title: string, subtitle: string, groups: Bars[]): string {
  const names = [...new Set(groups.flatMap(({ values }) => values.map(({ name }) => name)))];
  const [left, right, top, bar, gap] = [280, 70, 112, 15, 14];
  const width = 860;
  const rows = groups.map(({ values }) => Math.max(36, values.length * bar) + gap);
  const height = top + rows.reduce((sum, row) => sum + row, 0) + 40;
  const all = groups.flatMap(({ values }) => values.map(({ value }) => value));
  const most = 10 ** Math.ceil(Math.log10(Math.max(...all)));
  const least = Math.min(1, 0.85 * Math.min(...all));
  const span = width - left - right;
  const x = (value: number): number => left + (span * Math.log(value / least)) / Math.log(most / least);

  const parts: string[] = [];
  for (let decade = 0.1; decade <= most; decade *= 10) {
    for (const step of [1, 2, 5]) {
      const tick = Number((decade * step).toPrecision(1));
      if (tick < least || tick > most) continue;
      const at = x(tick);
      const strong = tick === 1;
      parts.push(line(at, top - 8, at, height - 36, strong ? INK : RULE, strong ? 1.5 : 1));
      parts.push(text(at, height - 18, `${tick}×`, 'faint middle'));
    }
  }
  let y = top;
  for (const [i, { label, note, values }] of groups.entries()) {
    const middle = y + (rows[i] - gap) / 2;
    const first = middle - 3;
    const start = middle - (values.length * bar) / 2;
    parts.push(text(left - 12, first, label, 'end'), text(left - 12, first + 15, note, 'faint end'));
    values.forEach(({ name, value }, j) => {
      const color = COLORS[names.indexOf(name) + 1];
      const [from, to] = [x(Math.min(1, value)), x(Math.max(1, value))];
      parts.push(
        `<rect x="${from.toFixed(1)}" y="${(start + j * bar).toFixed(1)}" width="${Math.max(1, to - from).toFixed(1)}" height="${bar - 2}" fill="${color}"/>`,
        text(to + 6, start + j * bar + 11, `${value >= 10 ? value.toFixed(0) : value.toFixed(1)}×`, ''),
      );
    });
    y += rows[i];
  }
  let at = left;
  for (const [i, name] of names.entries()) {
    parts.push(`<rect x="${at}" y="74" width="12" height="12" fill="${COLORS[i + 1]}"/>`);
    parts.push(text(at + 18, 85, name, ''));
    at += 40 + name.length * 8;
  }
  return svg(width, height, title, subtitle, parts);
}

/** A dot a value ≥ 1, a row for each list, by how far the value is above 1, logarithmically. Below 1 + 10⁻⁹ all is one. */
export function drawDots(title: string, subtitle: string, sections: Dots[]): string {
  const rows = sections.flatMap((section) => section.rows);
  const names = [...new Set(rows.flatMap(({ values }) => values.map(({ name }) => name)))];
  const [left, right, top, pitch, gap] = [252, 100, 96, 19, 36];
  const width = 860;
  const height = top + rows.length * pitch + sections.length * gap + 26;
  const farthest = Math.max(...rows.flatMap(({ values }) => values.map(({ value }) => value)));
  const [low, high] = [-9, Math.ceil(Math.log10(farthest))];
  const x = (value: number): number => {
    const place = Math.max(low, Math.log10(Math.max(value - 1, Number.MIN_VALUE)));
    return left + ((width - left - right) * (place - low)) / (high - low);
  };
  const ticks: [number, string][] = [
    [1 + 1e-9, '≤ 1 + 10⁻⁹'],
    [1 + 1e-6, '1 + 10⁻⁶'],
    [1 + 1e-4, '1 + 10⁻⁴'],
    [1.01, '1.01'],
    [1.1, '1.1'],
    [2, '2'],
    [10, '10'],
    [100, '100'],
    [1000, '1000'],
    [1e4, '10⁴'],
    [1e5, '10⁵'],
  ];

  const parts: string[] = [];
  let at = 20;
  for (const [i, name] of names.entries()) {
    parts.push(mark(i, at + 6, 80), text(at + 18, 84, name, ''));
    at += 44 + name.length * 7.2;
  }
  let y = top;
  for (const section of sections) {
    const bottom = y + gap + section.rows.length * pitch;
    parts.push(text(20, y + 22, section.title, 'strong'));
    for (const [value, label] of ticks) {
      if (value > farthest) continue;
      parts.push(text(x(value), y + 22, label, 'faint middle'));
      parts.push(line(x(value), y + 28, x(value), bottom - 6, RULE, 1));
    }
    y += gap;
    for (const { label, note, values } of section.rows) {
      const middle = y + pitch / 2 - 4;
      const places = values.map(({ value }) => x(value));
      parts.push(
        text(left - 14, middle + 4, label, 'end'),
        text(width - right + 12, middle + 4, note, 'faint'),
      );
      parts.push(line(Math.min(...places), middle, Math.max(...places), middle, RULE, 2));
      for (const { name, value } of values) parts.push(mark(names.indexOf(name), x(value), middle));
      y += pitch;
    }
  }
  return svg(width, height, title, subtitle, parts);
}

/** One of six shapes and colours, each smaller than the one before: all are seen where they meet. */
export function mark(index: number, x: number, y: number): string {
  const shapes = [
    [-1, -1, 1, -1, 1, 1, -1, 1],
    [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0],
    [0, -1.2, 1.2, 1, -1.2, 1],
    undefined,
    [-1.2, -1, 1.2, -1, 0, 1.2],
    [-0.5, -1.3, 0.5, -1.3, 0.5, 1.3, -0.5, 1.3],
  ];
  const outline = shapes[index % shapes.length];
  const color = `fill="${COLORS[index % COLORS.length]}" stroke="#ffffff" stroke-width="0.8"`;
  const size = 6 - 0.6 * index;
  if (!outline) {
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${(1.1 * size).toFixed(1)}" ${color}/>`;
  }
  const points = outline.map((value, i) => (size * value + (i % 2 === 0 ? x : y)).toFixed(1)).join(' ');
  return `<polygon points="${points}" ${color}/>`;
}

/** A line a panel, both axes logarithmic. */
export function drawPanels(title: string, subtitle: string, panels: Panel[]): string {
  const [columns, cell, tall, top] = [3, 286, 236, 80];
  const height = top + Math.ceil(panels.length / columns) * tall;
  const parts = panels.flatMap((own, i) =>
    drawPanel(own, 20 + (i % columns) * cell, top + Math.floor(i / columns) * tall, cell - 26, tall - 20),
  );
  return svg(columns * cell + 20, height, title, subtitle, parts);
}

function drawPanel(own: Panel, left: number, top: number, w: number, h: number): string[] {
  const { points } = own;
  const inner = { left: left + 52, right: left + w, top: top + 48, bottom: top + h - 22 };
  const scale = (values: number[], from: number, to: number): ((value: number) => number) => {
    const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
    return (value) => from + ((to - from) * (Math.log(value) - low)) / (high - low);
  };
  const xs = points.map((point) => point.x);
  const decades = [
    10 ** Math.floor(Math.log10(Math.min(...points.map(({ y }) => y)))),
    10 ** Math.ceil(Math.log10(Math.max(...points.map(({ y }) => y)))),
  ];
  const x = scale(xs, inner.left + 8, inner.right - 12);
  const y = scale(decades, inner.bottom, inner.top);
  const parts = [
    text(left, top + 14, own.title, ''),
    text(left, top + 31, own.note, 'faint'),
    power(left + w, top + 14, own.symbol, own.exponent),
    line(inner.left, inner.bottom, inner.right, inner.bottom, FAINT, 1),
  ];
  for (let tick = decades[0]; tick <= decades[1] * 1.001; tick *= 10) {
    const label =
      tick >= 999
        ? `${Math.round(tick / 1000)} s`
        : tick < 0.9
          ? `${Math.round(tick * 1000)} µs`
          : `${Math.round(tick)} ms`;
    parts.push(line(inner.left, y(tick), inner.right, y(tick), RULE, 1));
    parts.push(text(inner.left - 6, y(tick) + 4, label, 'faint end'));
  }
  for (const value of xs) {
    // Every other one where they stand close.
    if ((xs.length > 5 && xs.indexOf(value) % 2 === (xs.length - 1) % 2) || xs.length <= 5)
      parts.push(text(x(value), inner.bottom + 16, String(value), 'faint middle'));
  }
  const path = points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ');
  parts.push(`<polyline points="${path}" fill="none" stroke="${COLORS[0]}" stroke-width="2"/>`);
  for (const point of points) {
    parts.push(
      `<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="3.5" fill="${COLORS[0]}"/>`,
    );
  }
  return parts;
}

export function svg(width: number, height: number, title: string, subtitle: string, parts: string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}</style>
<rect width="100%" height="100%" rx="8" fill="#ffffff"/>
${text(20, 32, title, 'title')}
${text(20, 53, subtitle, 'faint')}
${parts.join('\n')}
</svg>
`;
}

/** ∝ xᵉ, ending at x. */
function power(x: number, y: number, symbol: string, exponent: number): string {
  const raised = `<tspan dy="-5" font-size="10">${exponent.toFixed(2)}</tspan>`;
  return `<text x="${x}" y="${y}" class="end">∝ ${escape(symbol)}${raised}</text>`;
}

export function text(x: number, y: number, content: string, name: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${name && ` class="${name}"`}>${escape(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, color: string, width: number): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${color}" stroke-width="${width}"/>`;
}

function escape(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
