// What changes in the tabs' endpoints: fields typed, saved, connected with. Fields that are as the
// file has them are no draft, so that a draft is exactly what would be lost.

import { without } from "../base/records";
import type { Item } from "../protocol/generated";
import type { Fields } from "./tabs.svelte";

/** All fields of an endpoint: defaults, then the file, then what was typed. */
export function fieldsOf(defaults: Fields, item: Item | undefined, draft: Fields): Fields {
  return { ...defaults, ...item?.value, ...draft };
}

/** The draft after a field was set; a field that is as it was before is not in it. */
export function withField(
  defaults: Fields,
  item: Item | undefined,
  draft: Fields,
  name: string,
  value: unknown,
): Fields {
  const before = fieldsOf(defaults, item, {})[name];
  const saved = item !== undefined && JSON.stringify(before) === JSON.stringify(value);
  return saved ? without(draft, name) : { ...draft, [name]: value };
}

/** What of a draft is not as it was written. */
export function changedSince(written: Fields, draft: Fields): Fields {
  const isOther = ([name, value]: [string, unknown]) =>
    JSON.stringify(written[name]) !== JSON.stringify(value);
  return Object.fromEntries(Object.entries(draft).filter(isOther));
}

/** Whether something was typed that the file does not say. */
export function isChanged(draft: Fields): boolean {
  return Object.keys(draft).length > 0;
}
