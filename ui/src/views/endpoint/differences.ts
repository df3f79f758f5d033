// Two versions of a record, field by field, so that one of them can be chosen.

/** A field that differs: where it is, and what both versions say, as text. */
export interface Difference {
  field: string;
  mine: string;
  theirs: string;
}

/** The fields in which two records differ; lists are compared place by place. */
export function differences(
  mine: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
  path = "",
): Difference[] {
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
  return names.flatMap((name) =>
    compared(mine[name], theirs[name], path === "" ? name : `${path}.${name}`),
  );
}

function compared(mine: unknown, theirs: unknown, field: string): Difference[] {
  if (isRecord(mine) && isRecord(theirs)) return differences(mine, theirs, field);
  if (Array.isArray(mine) && Array.isArray(theirs)) {
    const length = Math.max(mine.length, theirs.length);
    return Array.from({ length }, (_, at) =>
      compared(mine[at] as unknown, theirs[at] as unknown, `${field}[${at}]`),
    ).flat();
  }
  if (JSON.stringify(mine) === JSON.stringify(theirs)) return [];
  return [{ field, mine: spelled(mine), theirs: spelled(theirs) }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function spelled(value: unknown): string {
  if (value === undefined) return "not there";
  if (value === null) return "none";
  if (value === "") return "empty";
  return typeof value === "string" ? value : JSON.stringify(value);
}
