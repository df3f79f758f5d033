// Notes that were begun and are not saved: they outlive a look at another row or view.

const BEGUN = new Map<string, string>();

const keyOf = (capture: string, seq: number) => `${capture} ${seq}`;

/** What was typed and not saved; undefined for nothing. */
export function draftOf(capture: string, seq: number): string | undefined {
  return BEGUN.get(keyOf(capture, seq));
}

/** Keep what is typed; undefined forgets it. */
export function keepDraft(capture: string, seq: number, text: string | undefined): void {
  if (text === undefined) BEGUN.delete(keyOf(capture, seq));
  else BEGUN.set(keyOf(capture, seq), text);
}
