/**
 * Several running sums with Neumaier's compensation (Z. angew. Math. Mech. 54 (1974) 39): the error does not grow with the
 * number of terms. Terms are added in the order of the calls, so the result is the same bits everywhere.
 */
export class CompensatedSums {
  readonly #sums: Float64Array;
  readonly #corrections: Float64Array;

  constructor(count: number) {
    this.#sums = new Float64Array(count);
    this.#corrections = new Float64Array(count);
  }

  add(terms: Float64Array): void {
    for (let i = 0; i < terms.length; i++) {
      const sum = this.#sums[i];
      const term = terms[i];
      const total = sum + term;
      this.#sums[i] = total;
      // A sum that has overflowed stays infinite: ∞ − ∞ would make it NaN.
      if (!Number.isFinite(total)) continue;
      this.#corrections[i] += Math.abs(sum) >= Math.abs(term) ? sum - total + term : term - total + sum;
    }
  }

  totals(): Float64Array {
    return this.#sums.map((sum, i) => sum + this.#corrections[i]);
  }
}

/** One sum so compensated. */
export function compensatedSum(terms: Iterable<number>): number {
  const sum = new CompensatedSums(1);
  const one = new Float64Array(1);
  for (const term of terms) {
    one[0] = term;
    sum.add(one);
  }
  return sum.totals()[0];
}
