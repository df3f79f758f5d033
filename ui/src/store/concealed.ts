// What of an endpoint is no secret. What is typed is kept in the browser, where other programs of the
// person's can read it, and so are its backups: a password, a token or a code has no place there.

import { readPasted, spokenWith } from "../base/address";
import type { Fields } from "./tabs.svelte";

/** Fields that hold a secret, wherever in an endpoint they stand. */
const SECRETS = new Set(["password", "token", "credential"]);

/** Fields that hold an address, which may have a password in it. */
const ADDRESSES = new Set(["url", "proxy"]);

const NAMED = /\{\{[^{}]+\}\}/;

/** `ada:pw@` after a scheme. */
const PASSWORD = /^(\s*[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#@]*@/i;

/** Fields without the values of secrets; what is written by the name of a secret stays. */
export function withoutSecrets(fields: Fields): Fields {
  return concealed(fields) as Fields;
}

/** An address without a password; of a code no more than that it is one, of a command nothing. */
export function addressWithoutSecrets(text: string): string {
  if (readPasted(text).kind === "curl") return "";
  // A code holds the credentials of its connection (RFC 8839 section 5.4).
  if (spokenWith(text) === "code") return "webrtc:";
  return text.replace(PASSWORD, (all, begin: string) => (NAMED.test(all) ? all : `${begin}@`));
}

function concealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(concealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, own]: [string, unknown]) => {
      if (typeof own !== "string" || NAMED.test(own)) return [name, concealed(own)];
      if (name === "key_password") return [name, null];
      if (SECRETS.has(name)) return [name, ""];
      return [name, ADDRESSES.has(name) ? addressWithoutSecrets(own) : own];
    }),
  );
}
