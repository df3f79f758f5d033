// The roles that a script of this folder plays: its project's own server, client and parser.
//
// `serve` prints its port and ends with standard input; `talk URL` converses and prints what the
// client made of it; `parse` reads recorded messages, a JSON object a line, and prints what the
// parser makes of each. Bytes are written as {"base64": "…"}.
const readline = require("node:readline");

const bytes = (data) => ({ base64: Buffer.from(data).toString("base64") });

function written(value) {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return bytes(value);
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(written);
  if (value instanceof Map) return written(Object.fromEntries(value));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, written(each)]));
  }
  return value;
}

async function parseAll(parse) {
  const found = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { direction, kind, base64 } = JSON.parse(line);
    const data = Buffer.from(base64, "base64");
    found.push(await parse(kind === "text" ? data.toString("utf8") : data, direction, kind));
  }
  return found;
}

exports.play = async ({ serve, talk, parse }) => {
  const [role, url] = process.argv.slice(2);
  if (role === "serve") {
    process.stdin.on("end", () => process.exit(0)).resume();
    console.log(await serve());
    return;
  }
  setTimeout(() => process.exit(9), 20000).unref();
  const made = role === "talk" ? await talk(url) : await parseAll(parse);
  process.stdout.write(JSON.stringify(written(made)) + "\n", () => process.exit(0));
};

// The port of a server of `http` or `ws`, once it listens on loopback.
exports.listening = (server) =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));

exports.pause = (ms) => new Promise((done) => setTimeout(done, ms));
