// What a screen reader is told without a move of the focus: states politely, the loss of the server
// at once. New rows are never announced.

import { untrack } from "svelte";

import { visible } from "../base/visible";

/** The text as it is read out; another one than the text before, since only a change is. */
function after(before: string, text: string): string {
  const spoken = visible(text);
  return spoken !== "" && spoken === before ? `${spoken}\u00a0` : spoken;
}

/** What is said depends upon nothing that was said before, since effects say it. */
export class Announcer {
  polite = $state("");
  assertive = $state("");

  say(text: string): void {
    this.polite = after(
      untrack(() => this.polite),
      text,
    );
  }

  alarm(text: string): void {
    this.assertive = after(
      untrack(() => this.assertive),
      text,
    );
  }
}
