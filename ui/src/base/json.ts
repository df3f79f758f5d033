// Where a text stops being JSON (RFC 8259), for a person who is typing it. `{{variables}}` may stand
// in strings and in the place of a value.

/** What is wrong, and the index of the character at which it shows. */
export interface JsonProblem {
  at: number;
  message: string;
}

const VARIABLE = /\{\{\s*\$?[A-Za-z_][\w.-]*\s*\}\}/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const DEEPEST = 512;

/** The first thing that keeps a text from being JSON; null where it is JSON, or empty. */
export function jsonProblem(text: string): JsonProblem | null {
  if (text.trim() === "") return null;
  try {
    const reader = new Reader(text);
    reader.whole();
    return null;
  } catch (error) {
    if (error instanceof Wrong) return { at: error.at, message: error.message };
    throw error;
  }
}

class Wrong extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

class Reader {
  #at = 0;
  #depth = 0;

  constructor(readonly text: string) {}

  whole(): void {
    this.#value();
    this.#space();
    if (this.#at < this.text.length) throw this.#wrong("Nothing may follow the value.");
  }

  #value(): void {
    this.#space();
    const character = this.text[this.#at];
    if (character === undefined) throw this.#wrong("A value is missing at the end.");
    if (this.#take(VARIABLE)) return;
    if (character === "{") this.#list("}", () => this.#member());
    else if (character === "[") this.#list("]", () => this.#value());
    else if (character === '"') this.#string();
    else if (!this.#take(NUMBER)) this.#word();
  }

  #list(end: "}" | "]", item: () => void): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#wrong(`More than ${DEEPEST} levels.`);
    this.#at += 1;
    this.#space();
    if (this.#skip(end)) return this.#up();
    for (;;) {
      item();
      this.#space();
      if (this.#skip(end)) return this.#up();
      if (!this.#skip(",")) throw this.#wrong(`A comma or ${end} is missing here.`);
      this.#space();
      if (this.text[this.#at] === end) throw this.#wrong("There is a comma too many before this.");
    }
  }

  #up(): void {
    this.#depth -= 1;
  }

  #member(): void {
    this.#space();
    if (this.text[this.#at] !== '"') throw this.#wrong("A name in double quotes is missing here.");
    this.#string();
    this.#space();
    if (!this.#skip(":")) throw this.#wrong("A colon is missing after the name.");
    this.#value();
  }

  #string(): void {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const character = this.text[this.#at];
      if (character === undefined || character === "\n") {
        throw new Wrong("This string has no closing quote.", start);
      }
      if (character === '"') break;
      if (character < " ") throw this.#wrong("A control character has to be written as \\u….");
      if (character === "\\") this.#escape();
      this.#at += 1;
    }
    this.#at += 1;
  }

  #escape(): void {
    const next = this.text[this.#at + 1] ?? "";
    const known = '"\\/bfnrt'.includes(next) && next !== "";
    const point =
      next === "u" && /^[0-9a-fA-F]{4}$/.test(this.text.slice(this.#at + 2, this.#at + 6));
    if (!known && !point) throw this.#wrong(`\\${next} is no escape in JSON.`);
    this.#at += point ? 5 : 1;
  }

  #word(): void {
    const start = this.#at;
    const word = this.#take(WORD);
    if (word === "true" || word === "false" || word === "null") return;
    this.#at = start;
    if (word !== null) throw this.#wrong(`“${word}” is no value; texts stand in double quotes.`);
    throw this.#wrong(`“${this.text[this.#at]}” begins no value.`);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #skip(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? "")) this.#at += 1;
  }

  #wrong(message: string): Wrong {
    return new Wrong(message, this.#at);
  }
}
