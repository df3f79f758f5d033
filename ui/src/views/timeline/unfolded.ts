// Rows that are unfolded, and the lines that this makes: a list of rows with the frames of a message
// or the messages of a fold below theirs. Lines are counted, never listed.

/** A row that is unfolded: its index, its event, and how many lines stand below it. */
export interface Unfolding {
  index: number;
  seq: number;
  lines: number;
}

/** What a line is: a row, or the `child`th line below it; -1 is the row itself. */
export interface Line {
  index: number;
  child: number;
}

export class Unfolded {
  readonly #all: readonly Unfolding[];
  /** Lines that stand below the rows before each. */
  readonly #before: readonly number[];
  /** Lines that stand below rows, all together. */
  readonly lines: number;

  constructor(all: readonly Unfolding[] = []) {
    this.#all = [...all].sort((one, other) => one.index - other.index);
    let sum = 0;
    this.#before = this.#all.map((one) => (sum += one.lines) - one.lines);
    this.lines = sum;
  }

  get all(): readonly Unfolding[] {
    return this.#all;
  }

  /** The unfolding of an event's row; undefined where it is folded. */
  of(seq: number): Unfolding | undefined {
    return this.#all.find((one) => one.seq === seq);
  }

  /** With a row unfolded, or with more lines below it. */
  with(unfolding: Unfolding): Unfolded {
    return new Unfolded([...this.#all.filter((one) => one.seq !== unfolding.seq), unfolding]);
  }

  without(seq: number): Unfolded {
    return new Unfolded(this.#all.filter((one) => one.seq !== seq));
  }

  /** What a line is. */
  at(line: number): Line {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#lineAt(middle) < line) low = middle + 1;
      else high = middle;
    }
    const above = this.#all[low - 1];
    if (above === undefined) return { index: line, child: -1 };
    const inside = line - this.#lineAt(low - 1) - 1;
    if (inside < above.lines) return { index: above.index, child: inside };
    return { index: above.index + 1 + inside - above.lines, child: -1 };
  }

  /** The line of a row. */
  lineOf(index: number): number {
    let lines = 0;
    for (const one of this.#all) {
      if (one.index >= index) break;
      lines += one.lines;
    }
    return index + lines;
  }

  #lineAt(number: number): number {
    return (this.#all[number]?.index ?? 0) + (this.#before[number] ?? 0);
  }
}
