// Two versions of a record, field by field, so that one of them can be chosen.

/** A field that differs: where it is, and what both versions say, as text. */
export interface Difference {
  field: string;
  mine: string;
  theirs: string;
}

/** The fields in which two records differ; lists are compared as a whole. */
export function differences(
  mine: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
  path = "",
): Difference[] {
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
  return names.flatMap((name) => {
    const field = path === "" ? name : `${path}.${name}`;
    const [one, other] = [mine[name], theirs[name]];
    if (isRecord(one) && isRecord(other)) return differences(one, other, field);
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    return [{ field, mine: spelled(one), theirs: spelled(other) }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function spelled(value: unknown): string {
  if (value === undefined) return "not there";
  if (value === null) return "none";
  if (value === "") return "empty";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
