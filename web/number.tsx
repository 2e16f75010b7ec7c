/** Numbers as people read them; the element has the number itself, to the last bit. */
import { type JSX } from 'preact';

interface Props {
  of: number | undefined;
  digits?: number;
  /** Of a bound: which way it may be rounded. */
  side?: Side;
  /** How it is written, if not as a plain number. */
  show?: (value: number) => string;
}

export function Value({ of, digits = 4, side, show }: Props): JSX.Element {
  return of === undefined ? (
    <span class="none">–</span>
  ) : (
    <data value={String(of)}>{show ? show(of) : readable(of, digits, side)}</data>
  );
}

/** The sign of the sharpness. */
export function LambdaMax(): JSX.Element {
  return (
    <span class="sign">
      λ<sub>max</sub>
    </span>
  );
}

/** A share of all, as its hundredths. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export type Side = 'below' | 'above';

/** Of the figures that count, so many; what is guaranteed is rounded away from what it bounds, and is guaranteed as it is read. */
export function readable(value: number, digits = 4, side?: Side): string {
  if (value === 0 || !Number.isFinite(value)) return String(value).replace('-', '−');
  const rounded = side ? outward(value, digits, side) : value;
  const size = Math.abs(rounded);
  if (size < 1e-3 || size >= 1e6) return rounded.toExponential(digits - 1).replace('-', '−');
  const text = rounded.toPrecision(digits);
  // Two bounds are read side by side, with as many figures each.
  return (side && size < 10 ** digits ? text : String(Number(text))).replace('-', '−');
}

function outward(value: number, digits: number, side: Side): number {
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const near = Number(`${mantissa}e${exponent}`);
  if (side === 'above' ? near >= value : near <= value) return near;
  const units = Number(mantissa.replace('.', ''));
  const last = Number(exponent) - (digits - 1);
  const towardZero = value > 0 === (side === 'below');
  // Below 10 with two figures is 9.9.
  const fine = towardZero && Math.abs(units) === 10 ** (digits - 1) ? 10 : 1;
  const next = fine * units + (side === 'above' ? 1 : -1);
  return Number(`${next}e${last - (fine === 10 ? 1 : 0)}`);
}
