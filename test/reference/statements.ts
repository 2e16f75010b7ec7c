/** Everything that a result of sharpness() claims about a spectrum, as inequalities that a judge can weigh. */
import { type Sharpness } from '../../src/index.js';

/** `small` ≤ `large` is claimed: one is an eigenvalue, the other a bound on it. */
export interface Statement {
  name: string;
  small: number;
  large: number;
  /** Of the interval, where the eigenvalue is bounded from both sides. */
  width: number;
}

/** values: the exact spectrum, ascending. */
export function statements(
  {
    bounds,
    lower,
    upper,
    certificate,
  }: Pick<Sharpness, 'bounds' | 'lower' | 'upper'> & { certificate?: Sharpness['certificate'] | undefined },
  values: ArrayLike<number>,
): Statement[] {
  const [first, last] = [values[values.length - 1], values[0]];
  const found: Statement[] = [];
  const inside = (name: string, of: string, exact: number, { lower = -Infinity, upper = Infinity }): void => {
    const width = upper - lower;
    if (upper < Infinity) found.push({ name: `${name} ≤ ${of}`, small: exact, large: upper, width });
    if (lower > -Infinity) found.push({ name: `${name} ≥ ${of}`, small: lower, large: exact, width });
  };

  inside('λ_1', 'all', first, { lower, upper });
  for (const [name, { largest, smallest }] of Object.entries(bounds)) {
    inside('λ_1', name, first, largest);
    if (smallest) inside('λ_P', name, last, smallest);
  }
  if (!certificate) return found;
  const { history, enclosures, deflated, complement, smallest } = certificate;
  for (const step of history) inside('λ_1', 'history', first, step);
  enclosures.forEach((enclosure, i) => {
    inside('λ_i', 'enclosure', values[values.length - 1 - i], enclosure);
  });
  if (deflated < values.length)
    inside('λ_k+1', 'complement', values[values.length - 1 - deflated], { upper: complement });
  smallest?.enclosures.forEach((enclosure, i) => inside('λ_P−i', 'enclosure', values[i], enclosure));
  if (smallest && smallest.deflated < values.length)
    inside('λ_P−k', 'complement', values[smallest.deflated], { lower: smallest.complement });
  return found;
}
