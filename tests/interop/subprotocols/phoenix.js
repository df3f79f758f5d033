// Phoenix: the client and the serialiser of phoenix.js; version 1 as its clients write it.
const WebSocket = require("ws");
const { Serializer, Socket } = require("phoenix");
const { play } = require("./roles");

const first = process.argv[3]?.includes("vsn=1");
const plain = {
  encode: (message, done) => done(JSON.stringify({ topic: message.topic, event: message.event, payload: message.payload, ref: message.ref, join_ref: message.join_ref })),
  decode: (data, done) => done(JSON.parse(data)),
};

async function talk(url) {
  const base = url.replace(/\/websocket.*/, "");
  const socket = new Socket(base, {
    transport: WebSocket, heartbeatIntervalMs: 150, vsn: first ? "1.0.0" : "2.0.0", params: { token: "t" }, ...(first && plain),
  });
  socket.connect();
  const seen = [];
  const channel = socket.channel("room:lobby", { as: "me" });
  const answered = (push) => new Promise((done) => push.receive("ok", (answer) => done(["ok", answer])).receive("error", (answer) => done(["error", answer])));
  const pushed = new Promise((done) => channel.on("news", (payload) => (seen.push(["news", payload]), done())));
  seen.push(await answered(channel.join()));
  seen.push(await answered(channel.push("new_msg", { body: "hällo", list: [null, 1.5] })));
  seen.push(await answered(channel.push("fail", {})));
  if (!first) {
    const blob = new Promise((done) => channel.on("blob", (payload) => done(["blob", payload])));
    seen.push(await answered(channel.push("upload", new Uint8Array([0, 255]).buffer)));
    seen.push(await blob);
  }
  await pushed;
  await new Promise((done) => setTimeout(done, 400));
  seen.push(await answered(channel.leave()));
  socket.disconnect();
  return seen;
}

function parse(data, direction) {
  let found;
  // The client's own binary pushes are not decoded by any client, so their form is read by hand.
  if (direction === "sent" && typeof data !== "string") return [null];
  const decode = first ? plain.decode : Serializer.decode.bind(Serializer);
  decode(typeof data === "string" ? data : new Uint8Array(data).buffer, (message) => (found = message));
  return [found];
}

play({ talk, parse });
