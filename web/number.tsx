/** Numbers as people read them; the element has the number itself, to the last bit. */
import { type JSX } from 'preact';

interface Props {
  of: number | undefined;
  digits?: number;
  /** How it is written, if not as a plain number. */
  show?: (value: number) => string;
}

export function Value({ of, digits = 4, show }: Props): JSX.Element {
  return of === undefined ? (
    <span class="none">–</span>
  ) : (
    <data value={String(of)}>{show ? show(of) : readable(of, digits)}</data>
  );
}

/** Of the figures that count, so many. */
export function readable(value: number, digits = 4): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const plain = size >= 1e-3 && size < 1e6;
  return (plain ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1)).replace(
    '-',
    '−',
  );
}
