// The proof of the opening handshake (RFC 6455, section 4.2.2): the server appends a fixed text to
// the key of the request and answers with the base64 of its SHA-1.

import { toBase64, toUtf8 } from "../../base/bytes";

/** What the key is put before. */
export const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The answer that a key asks for; empty where the browser does not compute it, as over plain HTTP. */
export async function acceptOf(key: string): Promise<string> {
  if (globalThis.isSecureContext === false) return "";
  const digest = await crypto.subtle.digest("SHA-1", toUtf8(key + GUID) as BufferSource);
  return toBase64(new Uint8Array(digest));
}
