// The script of this folder with npm's `ws`.
"use strict";
const fs = require("node:fs");
const { WebSocketServer } = require("ws");

const [certificate, key] = process.argv.slice(2);
const server = certificate
  ? require("node:https").createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) })
  : require("node:http").createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 1024 } });
const closes = { bye: [4001, "custom reason"], done: [1000, ""], gone: [1001, ""] };

function answered(text) {
  try {
    const { id, params } = JSON.parse(text);
    if (id === undefined || params === undefined) return text;
    return JSON.stringify({ jsonrpc: "2.0", id, result: params });
  } catch {
    return text;
  }
}

sockets.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.send("hello, ünïcode");
  socket.send(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  socket.send("fragmented ", { fin: false });
  socket.send("in three ", { fin: false });
  socket.send("frames", { fin: true });
  socket.send("0123456789".repeat(10000));
  socket.ping("are you there");
  socket.on("message", (data, binary) => {
    const close = !binary && closes[data.toString()];
    if (close) socket.close(...close);
    else socket.send(binary ? data : answered(data.toString()));
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
