// WAMP: the router of fox-wamp, the client and the serialisers of autobahn. The router speaks JSON
// alone, so that for MessagePack a gate with autobahn's serialiser stands before it.
const http = require("node:http");
const autobahn = require("autobahn");
const Router = require("fox-wamp");
const { play, listening } = require("./roles");

globalThis.WebSocket ??= require("ws"); // Node has one of its own from version 22 on

const packed = process.argv[3]?.includes("msgpack");
const serializer = packed ? new autobahn.serializer.MsgpackSerializer() : new autobahn.serializer.JSONSerializer();

async function serve() {
  const server = http.createServer();
  const port = await listening(server);
  server.close();
  await new Promise((done) => setTimeout(done, 50));
  new Router().listenWAMP({ port, host: "127.0.0.1" });
  await new Promise((done) => setTimeout(done, 200));
  return packed ? gate(port) : port;
}

function gate(port) {
  const { Server, WebSocket } = require("ws");
  const front = new Server({ port: 0, host: "127.0.0.1", handleProtocols: () => "wamp.2.msgpack" });
  front.on("connection", (client) => {
    const router = new WebSocket(`ws://127.0.0.1:${port}`, "wamp.2.json");
    const ready = new Promise((done) => router.on("open", done));
    client.on("message", (data) => ready.then(() => router.send(JSON.stringify(serializer.unserialize(data)))));
    router.on("message", async (data) => client.send(await serializer.serialize(JSON.parse(data))));
    client.on("close", () => router.close());
    router.on("close", () => client.close());
  });
  return new Promise((done) => front.on("listening", () => done(front.address().port)));
}

function talk(url) {
  return new Promise((done, fail) => {
    const connection = new autobahn.Connection({ url, realm: "realm1", serializers: [serializer], max_retries: 0 });
    connection.onopen = async (session) => {
      const seen = [];
      try {
        await session.register("com.add", ([one, two]) => one + two);
        seen.push(["sum", await session.call("com.add", [1, 2], { k: "hällo" })]);
        seen.push(["missing", await session.call("com.missing").catch((error) => error.error)]);
        const arrived = new Promise((found) => session.subscribe("com.news", (args, kwargs) => found([args, kwargs])).then(() =>
          session.publish("com.news", ["a", null], { b: 1.5 }, { acknowledge: true, exclude_me: false })));
        seen.push(["event", await arrived]);
        session.publish("com.other", [1]);
        connection.onclose = () => done(seen);
        connection.close();
      } catch (error) {
        fail(error);
      }
    };
    connection.open();
  });
}

play({ serve, talk, parse: (data) => [serializer.unserialize(data)] });
