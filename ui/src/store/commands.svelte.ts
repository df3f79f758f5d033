// Everything that can be done, by name and key. The palette, the sheet of keys and the handler of
// keys are all made from this list, so that no action is without a name and no key without an
// action.

import { chord, isCharacter, type Press, Sequence } from "../base/keys";

export interface Command {
  /** `connection.open`: unique. */
  id: string;
  /** What it does, in the imperative: "Connect". */
  name: string;
  /** Heading in the sheet of keys. */
  group: string;
  /** Keys, the first of them is shown: `Ctrl+Enter`, `/`, `g w`. */
  keys?: readonly string[];
  /** Whether a key that is held down does it once and not again and again. */
  once?: boolean;
  /** Whether it can be done now; always, where missing. */
  enabled?: () => boolean;
  run: () => void | Promise<void>;
}

/** Where the focus is when a key is pressed. */
export interface Place {
  /** In a field that takes text. */
  editing: boolean;
  /** In a list, where bare characters act. */
  list: boolean;
}

/** Characters that act wherever no text is typed, not only in lists. */
const EVERYWHERE = new Set(["/", "?"]);

/** Chords that belong to the field while text is typed. */
const FIELDS_OWN = new Set([
  ...["Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+Y", "Ctrl+Z", "Ctrl+Shift+Z"],
  ...["Delete", "Enter", "End", "Home", "F2"],
]);

export class Commands {
  #all = $state.raw<readonly Command[]>([]);
  readonly #sequence = new Sequence();
  readonly #mac: boolean;
  readonly #failed: (error: unknown) => void;

  /** `failed` is told what a command threw. */
  constructor(mac: boolean, failed: (error: unknown) => void) {
    this.#mac = mac;
    this.#failed = failed;
  }

  get mac(): boolean {
    return this.#mac;
  }

  get all(): readonly Command[] {
    return this.#all;
  }

  /** Add commands until the returned function is called; a later one wins a key. */
  add(...commands: Command[]): () => void {
    this.#all = [...this.#all, ...commands];
    return () => {
      this.#all = this.#all.filter((one) => !commands.includes(one));
    };
  }

  /** The command with an id, as long as somebody offers it. */
  find(id: string): Command | undefined {
    return this.#all.findLast((one) => one.id === id);
  }

  /** Those that can be done now. */
  get enabled(): Command[] {
    return this.#all.filter(can);
  }

  /** Do it, if it can be done now; whether it could. */
  run(id: string): boolean {
    const command = this.#all.findLast((one) => one.id === id && can(one));
    if (command === undefined) return false;
    void this.#do(command);
    return true;
  }

  /** Act on a key; whether it meant something, so that the browser should not act as well. */
  press(press: Press, now: number, place: Place, letters: boolean): boolean {
    const pressed = chord(press, this.#mac);
    if (!this.#mayAct(pressed, place, letters)) return false;
    for (const spelled of this.#sequence.take(pressed, now)) {
      const command = this.#all.findLast((one) => one.keys?.includes(spelled) && can(one));
      if (command === undefined) continue;
      this.#sequence.clear();
      if (!press.repeat || !command.once) void this.#do(command);
      return true;
    }
    return false;
  }

  #mayAct(pressed: string, place: Place, letters: boolean): boolean {
    if (place.editing) {
      // On a Mac, Alt types.
      const types = isCharacter(pressed) || (this.#mac && /^Alt\+(Shift\+)?.$/u.test(pressed));
      return !types && !FIELDS_OWN.has(pressed);
    }
    if (!isCharacter(pressed)) return true;
    return letters && (place.list || EVERYWHERE.has(pressed));
  }

  async #do(command: Command): Promise<void> {
    try {
      await command.run();
    } catch (error) {
      this.#failed(error);
    }
  }
}

function can(command: Command): boolean {
  return command.enabled?.() ?? true;
}
