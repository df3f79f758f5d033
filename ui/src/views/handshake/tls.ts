// What a capture says of TLS, as facts with names.

import type { Certificate, Secured } from "../../protocol/generated";

export type Fact = [name: string, value: string];

/** What was agreed on; nothing where the capture does not say. */
export function agreedFacts(tls: Secured | null): Fact[] {
  if (tls === null) return [];
  return filled([
    ["Version", tls.version],
    ["Cipher", tls.cipher],
    ["ALPN", tls.alpn],
    ["Name asked for", tls.server_name],
    ["Certificate checked", tls.refused ? "yes, and refused" : tls.verified ? "yes" : "no"],
  ]);
}

/** What a certificate says about itself. */
export function certificateFacts(certificate: Certificate): Fact[] {
  return filled([
    ["Is for", certificate.names.join(", ")],
    ["Issued by", certificate.issuer],
    ["Holds from", certificate.not_before],
    ["Holds until", certificate.not_after],
    ["Key", certificate.key],
    ["Serial", certificate.serial],
    ["SHA-256", certificate.sha256],
  ]);
}

function filled(facts: Fact[]): Fact[] {
  return facts.filter(([, value]) => value !== "");
}
