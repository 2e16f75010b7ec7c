/** How the bracket on λ_max closes: by the moments alone, product by product, and the exact value inside it; for a terminal, and the words. */
import { type Certificate } from '../certificate.js';
import { type Analysis } from './analysis.js';
import { significant, significantDown, significantUp } from './numbers.js';
import { type Style } from './style.js';

/** Looks at the bracket that are shown; of more, those in the middle are left out. */
const MOST_LOOKS = 7;

/** The bracket after so many products, printed. */
export interface Look {
  products: string;
  lower: string;
  upper: string;
  gap: string;
}

export function closing({ certificate, exact }: Analysis, paint: Style): string[] {
  if (!certificate) return [];
  const last = certificate.history.length - 1;
  const shown = certificate.history.filter((_, i) => i === last || i < MOST_LOOKS - 1);
  const lines: Look[] = [
    { products: 'products', lower: 'λ_max at least', upper: 'at most', gap: 'apart' },
    ...shown.map(look),
  ];
  const width = (key: keyof Look): number => Math.max(...lines.map((one) => one[key].length));
  const [a, b, c, d] = [width('products'), width('lower'), width('upper'), width('gap')];
  const text = lines.map((one, i) => {
    const joined = `${one.products.padStart(a)}   ${one.lower.padStart(b)}   ${one.upper.padStart(c)}   ${one.gap.padStart(d)}`;
    return i === 0 ? paint.dim(joined) : i === lines.length - 1 ? paint.green(paint.bold(joined)) : joined;
  });
  if (certificate.history.length > shown.length) text.splice(-1, 0, paint.dim('…'.padStart(a)));
  if (exact)
    text.push(
      `${'exact'.padStart(a)}   ${paint.yellow(paint.bold(between(significant(exact.largest, 10), b + 3 + c)))}`,
    );
  if (!certificate.converged) text.push('', whyOpen(certificate.reason));
  return text;
}

/** In the middle of so many columns. */
function between(text: string, columns: number): string {
  return text.padStart(Math.floor((columns + text.length) / 2));
}

export function look({ products, lower, upper }: Certificate['history'][number]): Look {
  const size = Math.max(Math.abs(lower), Math.abs(upper));
  const gap = size === 0 ? 0 : (upper - lower) / size;
  return {
    products: String(products),
    lower: significantDown(lower, 10),
    upper: significantUp(upper, 10),
    gap: gap < 1e-3 ? significant(gap, 2) : `${significant(100 * gap, 3)} %`,
  };
}

/** Of a certificate that has not converged. */
export function whyOpen(why: Certificate['reason']): string {
  if (why === 'rounding') return 'Not closed further: that is what rounding leaves unproven.';
  return why === 'products'
    ? 'Not closed yet: more products would go on.'
    : 'Not closed: beside what was found, the moments leave room for eigenvalues as large.';
}
