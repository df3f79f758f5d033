// Plain records, never changed in place.

/** A copy without one entry. */
export function without<Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([one]) => one !== name));
}

/** Kinds of values as JSON has them. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

/** `pattern` with those entries of `found` that are of the same kind as its own. */
export function alike<Pattern extends object>(pattern: Pattern, found: unknown): Pattern {
  const given: Record<string, unknown> = kindOf(found) === "object" ? { ...(found as object) } : {};
  const entries = Object.entries(pattern).map(([name, own]: [string, unknown]) => [
    name,
    kindOf(given[name]) === kindOf(own) ? given[name] : own,
  ]);
  return Object.fromEntries(entries) as Pattern;
}
