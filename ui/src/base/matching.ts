// How a typed text finds names: all its words must occur; beginnings of words and of the name count
// more than letters in the middle.

/** How well `typed` fits `name`: 0 for not at all, higher is better; anything fits no text. */
export function fits(typed: string, name: string): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const where = name.toLowerCase();
  let score = 1;
  for (const word of words) {
    const at = where.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || /[\s/_.:-]/.test(where.charAt(at - 1));
    score += (begins ? 10 : 2) + (at === 0 ? 5 : 0);
  }
  return score + 1 / (1 + name.length);
}

/** Those of `all` that fit, the best first; equals stay in order. */
export function best<Thing>(
  typed: string,
  all: readonly Thing[],
  nameOf: (one: Thing) => string,
): Thing[] {
  if (typed.trim() === "") return [...all];
  return all
    .map((one, at) => ({ one, at, score: fits(typed, nameOf(one)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .map(({ one }) => one);
}
