// What a capture says of TLS, as facts with names.

const NAMES: Readonly<Record<string, string>> = {
  version: "Version",
  cipher: "Cipher",
  alpn: "ALPN",
  server_name: "Name asked for",
  subject: "Certificate",
  issuer: "Issued by",
  not_before: "Valid from",
  not_after: "Valid until",
  names: "Names",
  fingerprint: "Fingerprint",
  verified: "Checked",
  resumed: "Session resumed",
};

/** Name and value of each fact; lists and records are spelled out. */
export function tlsFacts(tls: Readonly<Record<string, unknown>>): [string, string][] {
  const found: [string, string][] = [];
  for (const [key, value] of Object.entries(tls)) {
    if (key === "duration_ns" || value === null || value === "") continue;
    if (Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null)) {
      value.forEach((one, at) => {
        for (const [name, text] of tlsFacts(one as Record<string, unknown>)) {
          found.push([`${at === 0 ? "Server’s" : `${at + 1} in the chain`}: ${name}`, text]);
        }
      });
      continue;
    }
    found.push([NAMES[key] ?? key.replaceAll("_", " "), spelled(value)]);
  }
  return found;
}

function spelled(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
