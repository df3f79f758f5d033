// JSON-RPC 2.0: server and client of rpc-websockets, which parse with JSON.parse.
const { Client, Server } = require("rpc-websockets");
const { play } = require("./roles");

async function serve() {
  const server = new Server({ port: 0, host: "127.0.0.1" });
  await new Promise((done) => server.on("listening", done));
  server.register("add", ([one, two]) => one + two);
  server.register("fail", () => {
    throw new Error("on purpose");
  });
  server.event("news");
  setInterval(() => server.emit("news", { a: [null, 1.5] }), 100).unref();
  return server.wss.address().port;
}

async function talk(url) {
  const client = new Client(url, { reconnect: false });
  await new Promise((done) => client.on("open", done));
  const seen = [["add", await client.call("add", [1, 2])]];
  seen.push(["fail", await client.call("fail", { x: "hällo" }).catch((error) => error.message)]);
  seen.push(["missing", await client.call("missing").catch((error) => error.message)]);
  await client.subscribe("news");
  seen.push(["news", await new Promise((done) => client.on("news", done))]);
  await client.notify("log", ["x"]);
  client.close();
  return seen;
}

play({ serve, talk, parse: (data) => [JSON.parse(data)] });
