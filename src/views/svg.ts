/**
 * SVG and HTML as text: no DOM, so that a figure can be drawn in Node, on a page and in a Worker alike. Everything that comes from outside
 * (file names, class labels) passes through escape(), every coordinate through element(), which has no way to write NaN.
 */

/** Undefined ones are left out. */
export type Attributes = Record<string, string | number | undefined>;

/** What XML has no way to write, halves of characters, and the marks that turn the direction of the text around them. */
const UNPRINTABLE = /[\p{Surrogate}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu; // prettier-ignore

/** Any text, for use between tags and in quoted attributes. */
export function escape(text: string): string {
  return text
    .replace(UNPRINTABLE, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * Children are markup, attributes are not: they are escaped.
 *
 * @throws RangeError for a coordinate that is not finite
 */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? coordinate(value, key) : escape(String(value))}"`,
    )
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A hundredth of a pixel is finer than any screen. */
export function coordinate(value: number, name = 'coordinate'): string {
  if (!Number.isFinite(value)) throw new RangeError(`${name}: expected a finite number; got ${value}`);
  return String(Math.round(value * 100) / 100 + 0);
}

export interface Frame {
  width: number;
  height: number;
  /** What the figure is, and what it shows, in words: for those who do not see it. */
  title: string;
  description: string;
}

export function figure({ width, height, title, description }: Frame, ...body: string[]): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'hb',
      viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
      width,
      height,
      role: 'img',
    },
    element('title', {}, escape(title)),
    element('desc', {}, escape(description)),
    ...body,
  );
}

export function text(
  x: number,
  y: number,
  content: string,
  name?: string,
  anchor?: 'start' | 'middle' | 'end',
): string {
  // The one formula that figures write.
  const written = escape(content).replace(
    /λ_(max|min)(.*)$/,
    'λ<tspan class="sub" dy="3">$1</tspan><tspan dy="-3">$2</tspan>',
  );
  return element('text', { x, y, class: name, 'text-anchor': anchor }, written);
}

export function line(x1: number, y1: number, x2: number, y2: number, name: string): string {
  return element('line', { x1, y1, x2, y2, class: name });
}

/** At least half a pixel wide and high, so that nothing that is there disappears. */
export function rect(x: number, y: number, width: number, height: number, name: string): string {
  return element('rect', { x, y, width: Math.max(0.5, width), height: Math.max(0.5, height), class: name });
}

/** The path through points. */
export function path(points: readonly (readonly [x: number, y: number])[], close = false): string {
  const steps = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${coordinate(x)} ${coordinate(y)}`);
  return steps.join('') + (close ? 'Z' : '');
}

/** What a text of a figure's 13 pixels takes, about: no font is at hand to measure with. */
export function textWidth(content: string): number {
  return 7.1 * content.length;
}
