// Texts with `{{variables}}`, as endpoints and messages have them: where the variables are, and what
// they stand for as far as the page knows. Secrets it does not know, and shows none.

export interface Piece {
  text: string;
  /** The name between the braces; empty for plain text. */
  variable: string;
}

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Cut a template into plain text and variables. */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of template.matchAll(VARIABLE)) {
    if (match.index > from) found.push({ text: template.slice(from, match.index), variable: "" });
    found.push({ text: match[0], variable: match[1] ?? "" });
    from = match.index + match[0].length;
  }
  if (from < template.length) found.push({ text: template.slice(from), variable: "" });
  return found;
}

/** The template with the values that are known; other variables stay as they are. */
export function resolved(template: string, values: Readonly<Record<string, unknown>>): string {
  return pieces(template)
    .map(({ text, variable }) => {
      const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
      return typeof value === "string" || typeof value === "number" ? String(value) : text;
    })
    .join("");
}
