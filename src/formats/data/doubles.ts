/** Doubles one after another, how many is not known before. */
export class Doubles {
  #data = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.#length++] = value;
  }

  at(index: number): number {
    return this.#data[index];
  }

  /** A copy of its own length. */
  take(): Float64Array {
    return this.#data.slice(0, this.#length);
  }
}
