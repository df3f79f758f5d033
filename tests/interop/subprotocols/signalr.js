// SignalR: the client and the parsers of @microsoft/signalr, JSON and MessagePack.
const signalr = require("@microsoft/signalr");
const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");
const { decode } = require("@msgpack/msgpack");
const { play } = require("./roles");

const packed = process.argv[3]?.includes("messagepack");
const protocol = packed ? new MessagePackHubProtocol() : new signalr.JsonHubProtocol();

async function talk(url) {
  const connection = new signalr.HubConnectionBuilder()
    .withUrl(url.replace("ws:", "http:"), { skipNegotiation: true, transport: signalr.HttpTransportType.WebSockets })
    .withHubProtocol(protocol).withKeepAliveInterval(200).configureLogging(signalr.LogLevel.None).build();
  const seen = [];
  connection.on("push", (...args) => seen.push(["push", args]));
  await connection.start();
  seen.push(["add", await connection.invoke("Add", 1, 2)]);
  seen.push(["fail", await connection.invoke("Fail", "x").catch((error) => error.message)]);
  await connection.send("Log", "hällo", { a: [null, 1.5] });
  await new Promise((complete, error) => connection.stream("Count", 3).subscribe({ next: (item) => seen.push(["item", item]), complete, error }));
  const subject = new signalr.Subject();
  const upload = connection.invoke("Upload", subject);
  subject.next("one");
  subject.complete();
  seen.push(["upload", await upload]);
  await new Promise((done) => setTimeout(done, 500));
  await connection.stop();
  return seen;
}

const records = (text) => text.split("\x1e").slice(0, -1).map((each) => JSON.parse(each));

function* arrays(data) {
  for (let at = 0; at < data.length; ) {
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7, at++) {
      length |= (data[at] & 0x7f) << shift;
      more = data[at] & 0x80;
    }
    yield decode(data.subarray(at, at + length));
    at += length;
  }
}

const call = ["type", "headers", "invocationId", "target", "arguments", "streamIds"];
const fields = { 1: call, 4: call, 2: ["type", "headers", "invocationId", "item"], 3: ["type", "headers", "invocationId"] };
const named = (array) => Object.fromEntries((fields[array[0]] ?? ["type"]).map((name, at) => [name, array[at]]));

const shaken = new Set();
function parse(data, direction) {
  let rest = data;
  const found = [];
  if (!shaken.has(direction)) {
    shaken.add(direction);
    const text = Buffer.isBuffer(data) ? data : Buffer.from(data);
    const end = text.indexOf(0x1e);
    found.push(JSON.parse(text.subarray(0, end).toString()));
    rest = text.subarray(end + 1);
    if (typeof data === "string") rest = rest.toString();
    if (!rest.length) return found;
  }
  // The client's parser passes over what only clients send, so their library reads that here.
  if (direction === "sent") return [...found, ...(packed ? [...arrays(rest)].map(named) : records(rest))];
  const input = typeof rest === "string" ? rest : new Uint8Array(rest).buffer;
  return [...found, ...protocol.parseMessages(input, { log() {} })];
}

play({ talk, parse });
