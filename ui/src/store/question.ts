// What the palette asks: choose one of these by typing.

export interface Choice {
  id: string;
  name: string;
  /** Beside the name, fainter: where it belongs. */
  note?: string;
  keys?: string;
  run: () => void;
}

export interface Question {
  /** What is asked, read out and shown as the placeholder. */
  label: string;
  choices: readonly Choice[];
  /** What to offer for a text that no choice has, such as a new folder. */
  create?: (typed: string) => Choice | null;
  /** The text to begin with. */
  typed?: string;
}
