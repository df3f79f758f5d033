// Two ways by which the same things are told: an answer that lists them all, and a stream that tells
// each change. An answer that comes late is older than what the stream told meanwhile.

/** Remembers what was told since a question was asked, so that its answer undoes none of it. */
export class Since<Value extends { id: string }> {
  #told: Map<string, Value | null> | null = null;

  /** A question is asked now. */
  ask(): void {
    this.#told = new Map();
  }

  /** Something changed. */
  note(value: Value): void {
    this.#told?.set(value.id, value);
  }

  /** Something is gone. */
  gone(id: string): void {
    this.#told?.set(id, null);
  }

  /** What there is: as the answer lists it, and as it was told since. */
  over(answer: readonly Value[]): Map<string, Value> {
    const all = new Map(answer.map((value) => [value.id, value]));
    for (const [id, value] of this.#told ?? []) {
      if (value === null) all.delete(id);
      else all.set(id, value);
    }
    this.#told = null;
    return all;
  }
}
