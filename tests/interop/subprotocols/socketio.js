// Socket.IO 4: the client and the parser of socket.io; the server is python-socketio's.
const { play } = require("./roles");
const { io } = require("socket.io-client");
const { Decoder } = require("socket.io-parser");
const { decodePacket } = require("engine.io-parser");

async function talk(url) {
  const options = { transports: ["websocket"], reconnection: false };
  const root = io(url, options);
  const admin = io(`${url}/admin`, { ...options, auth: { token: "t" } });
  const seen = [];
  const blob = new Promise((done) => root.once("blob", done));
  root.onAny((...args) => seen.push(args));
  await Promise.all([root, admin].map((socket) => new Promise((done) => socket.once("connect", done))));
  seen.push(["ack", await root.timeout(5000).emitWithAck("add", 1, 2)]);
  seen.push(["ack", await admin.timeout(5000).emitWithAck("upload", Buffer.from([1, 2]), { x: Buffer.from([255]) })]);
  root.emit("say", "hällo", { nested: [null, true, 1.5] });
  await blob;
  const refused = io(`${url}/closed`, options);
  seen.push(["refused", await new Promise((done) => refused.once("connect_error", (error) => done(error.message)))]);
  admin.disconnect();
  root.disconnect();
  return seen;
}

const decoders = {};
function parse(data, direction) {
  const found = [];
  const decoder = (decoders[direction] ??= new Decoder());
  decoder.removeAllListeners("decoded");
  decoder.on("decoded", (packet) => found.push(packet));
  const packet = typeof data === "string" ? decodePacket(data, "nodebuffer") : { type: "message", data };
  if (packet.type === "message") decoder.add(packet.data);
  else found.push({ engine: packet.type, data: packet.data });
  return found;
}

play({ talk, parse });
