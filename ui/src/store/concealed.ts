// What of an endpoint is no secret. What is typed is kept in the browser, where other programs of the
// person's can read it, and so are its backups: a password, a token or a code has no place there. A
// secret that stands in the endpoint's file as well is filled in from there when it is read again.

import { readPasted, spokenWith } from "../base/address";
import { SECRET_HEADER, SECRET_PARAMETERS } from "../protocol/generated";
import type { Fields } from "./tabs.svelte";

/** Where a value stands in an endpoint: names of fields and numbers in lists. */
type Place = readonly (string | number)[];

/** A secret that was left out of what is kept. */
export interface Concealed {
  at: Place;
  /** Where the file has the same one; null where it has not. */
  from: Place | null;
  /** What stands in its place. */
  left: string | null;
}

/** Fields that hold a secret, wherever in an endpoint they stand. */
const SECRETS = new Set(["password", "token", "credential", "key_password"]);

/** Fields that hold an address, which may have a secret in it. */
const ADDRESSES = new Set(["url", "proxy"]);

/** Names of secrets, and nothing else. */
const NAMES = /^(\{\{[^{}]+\}\})+$/;

/** `ada:pw@`, after a scheme if there is one; all up to the last "@" (RFC 3986 section 3.2.1). */
const USERINFO =
  /^(\s*(?:[a-z][a-z0-9+.-]*:\/\/|(?:stun|turn)s?:(?!\/\/))?[^/?#@:\s]*):([^/?#]*)@/i;

const PARAMETER = /([?&;#])([^=?&;#\s]+)=([^&;#\s]+)/g;

/** `Bearer` and the like (RFC 9110 section 11.4). */
const SCHEME = /^\s*[a-z][\w-]*\s+/i;

/** The code of something else than a login, as in `/close?code=1011`. */
const SHORT_NUMBER = /^\d{1,5}$/;

/** An address without passwords and tokens; of a code no more than that it is one, of a command nothing. */
export function addressWithoutSecrets(text: string): string {
  if (readPasted(text).kind === "curl") return "";
  // A code holds the credentials of its connection (RFC 8839 section 5.4).
  if (spokenWith(text) === "code") return "webrtc:";
  return text
    .replace(USERINFO, (all, begin: string, password: string) =>
      password === "" || NAMES.test(password) ? all : `${begin}@`,
    )
    .replace(PARAMETER, (all, mark: string, name: string, value: string) =>
      isSecretParameter(name, value) ? `${mark}${name}=` : all,
    );
}

/** Fields without the values of secrets, and where those were; what is written by name stays. */
export function conceal(fields: Fields, saved: Fields = {}): { fields: Fields; left: Concealed[] } {
  const left: Concealed[] = [];
  const known = stringsOf(saved, []);
  const shown = mapStrings(fields, [], fields, (own, at, holder) => {
    const instead = insteadOf(own, at, holder);
    if (instead === own) return own;
    const same = known.filter(([, value, place]) => value === own && place.at(-1) === at.at(-1));
    const from = (same.find(([name]) => name === nameOfPlace(at)) ?? same[0])?.[2];
    // Of a code nobody expects that it can be used again.
    if (instead !== "webrtc:") left.push({ at, from: from ?? null, left: instead });
    return instead;
  });
  return { fields: shown as Fields, left };
}

/** Fields with those secrets that their file has, and which are missing then. */
export function reveal(
  fields: Fields,
  concealed: readonly Concealed[],
  saved: Fields | undefined,
): { fields: Fields; left: Concealed[] } {
  const left: Concealed[] = [];
  let shown: unknown = fields;
  for (const one of stillMissing(fields, concealed)) {
    const value = one.from === null ? undefined : valueAt(saved, one.from);
    if (typeof value === "string") shown = withValueAt(shown, one.at, value);
    else left.push({ ...one, from: null });
  }
  return { fields: shown as Fields, left };
}

/** Those in whose places nothing else has been written since. */
export function stillMissing(fields: Fields, concealed: readonly Concealed[]): Concealed[] {
  return concealed.filter(({ at, left }) => valueAt(fields, at) === left);
}

/** A place as failures name it: `webrtc.ice_servers[0].credential`. */
export function nameOfPlace(place: Place): string {
  return place
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}

/** Whether something that was read from the browser's storage is one. */
export function isConcealed(found: unknown): found is Concealed {
  const { at, from, left } = (found ?? {}) as Record<string, unknown>;
  const isText = left === null || typeof left === "string";
  return isPlace(at) && (from === null || isPlace(from)) && isText;
}

function isPlace(found: unknown): found is Place {
  const isStep = (one: unknown) => typeof one === "string" || typeof one === "number";
  return Array.isArray(found) && found.length > 0 && found.every(isStep);
}

/** What is kept of a value: the value itself where there is no secret in it. */
function insteadOf(own: string, at: Place, holder: Fields): string | null {
  const name = String(at.at(-1));
  if (ADDRESSES.has(name)) return addressWithoutSecrets(own);
  if (SECRETS.has(name)) {
    if (own === "" || NAMES.test(own)) return own;
    return name === "key_password" ? null : "";
  }
  if (at.length !== 3 || name !== "value") return own;
  const called = String(holder["name"]);
  const isSecret =
    at[0] === "headers"
      ? isSecretHeader(called.trim(), own)
      : (at[0] === "query" || at[0] === "cookies") && isSecretParameter(called, own);
  return isSecret ? "" : own;
}

function isSecretParameter(name: string, value: string): boolean {
  const isNamed = SECRET_PARAMETERS.includes(name.trim().toLowerCase());
  return isNamed && !NAMES.test(value) && !SHORT_NUMBER.test(value);
}

/** Whether there is more in it than schemes and names: `Bearer {{token}}`, `sid={{sid}}; a={{b}}`. */
function isSecretHeader(name: string, value: string): boolean {
  if (!SECRET_HEADER.test(name)) return false;
  const credentials = /authorization$/i.test(name) ? value.replace(SCHEME, "") : value;
  const values = credentials.split(/[;,\s]+/).map((part) => part.replace(/^[^={}]*=/, ""));
  return values.some((one) => one !== "" && !NAMES.test(one.replaceAll('"', "")));
}

type Take = (own: string, at: Place, holder: Fields) => unknown;

function mapStrings(value: unknown, at: Place, holder: Fields, take: Take): unknown {
  if (typeof value === "string") return take(value, at, holder);
  if (Array.isArray(value)) {
    return value.map((own, number) => mapStrings(own, [...at, number], holder, take));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [
      name,
      mapStrings(own, [...at, name], value as Fields, take),
    ]),
  );
}

function stringsOf(fields: Fields, at: Place): [name: string, value: string, place: Place][] {
  const found: [string, string, Place][] = [];
  mapStrings(fields, at, fields, (own, place) => found.push([nameOfPlace(place), own, place]));
  return found;
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>(
    (held, step) =>
      typeof held === "object" && held !== null ? (held as Fields)[step] : undefined,
    value,
  );
}

function withValueAt(value: unknown, place: Place, own: string): unknown {
  const [step, ...rest] = place;
  if (step === undefined) return own;
  if (Array.isArray(value)) {
    return value.map((each: unknown, at) => (at === step ? withValueAt(each, rest, own) : each));
  }
  const held = value as Fields;
  return { ...held, [step]: withValueAt(held[step], rest, own) };
}
