/** What a certificate says of a spectrum, against the spectrum. */
import { expect } from 'vitest';
import { type Sharpness } from '../../src/index.js';

/** values: exact, ascending. */
export function expectEnclosed(
  { certificate }: { certificate?: Sharpness['certificate'] | undefined },
  values: ArrayLike<number>,
  slack: number,
): void {
  if (!certificate) return;
  const descending = Array.from(values).reverse();
  const { enclosures, deflated, complement, smallest } = certificate;
  enclosures.forEach(({ lower, upper }, i) => {
    expect(lower).toBeLessThanOrEqual(descending[i] + slack);
    expect(upper).toBeGreaterThanOrEqual(descending[i] - slack);
  });
  if (deflated < descending.length) expect(descending[deflated]).toBeLessThanOrEqual(complement + slack);
  smallest?.enclosures.forEach(({ lower, upper }, i) => {
    expect(lower).toBeLessThanOrEqual(values[i] + slack);
    expect(upper).toBeGreaterThanOrEqual(values[i] - slack);
  });
}
