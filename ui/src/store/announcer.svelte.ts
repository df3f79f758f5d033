// What a screen reader is told without a move of the focus: states politely, the loss of the server
// at once. New rows are never announced.

export class Announcer {
  polite = $state("");
  assertive = $state("");

  say(text: string): void {
    this.polite = text;
  }

  alarm(text: string): void {
    this.assertive = text;
  }
}
