// Socket.IO 2 on Engine.IO 3: server, client and parser of the old packages.
const http = require("node:http");
const { createRequire } = require("node:module");
const { play, listening } = require("./roles");
const old = createRequire(require.resolve("socket.io-client2"));
const parser = old("socket.io-parser");
const engine = createRequire(old.resolve("engine.io-client"))("engine.io-parser");

function serve() {
  const server = http.createServer();
  require("socket.io2")(server).on("connection", (socket) => {
    socket.on("add", (one, two, answer) => answer(one + two));
    socket.on("upload", (data, answer) => answer(data, "kept"));
    socket.emit("blob", Buffer.from([9, 8]), "text");
  });
  return listening(server);
}

async function talk(url) {
  const socket = require("socket.io-client2")(url, { transports: ["websocket"], reconnection: false });
  const seen = [];
  const blob = new Promise((done) => socket.once("blob", (...args) => done(args)));
  seen.push(["sum", await new Promise((done) => socket.emit("add", 1, 2, done))]);
  seen.push(["upload", await new Promise((done) => socket.emit("upload", Buffer.from([1, 2]), (...a) => done(a)))]);
  seen.push(["blob", await blob]);
  socket.close();
  return seen;
}

const decoders = {};
function parse(data, direction) {
  const found = [];
  const decoder = (decoders[direction] ??= new parser.Decoder());
  decoder.removeAllListeners("decoded");
  decoder.on("decoded", (packet) => found.push({ ...packet }));
  const packet = engine.decodePacket(data);
  if (packet.type === "message") decoder.add(packet.data);
  else found.push({ engine: packet.type, data: packet.data });
  return found;
}

play({ serve, talk, parse });
