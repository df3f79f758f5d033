// The older protocol: server and client of subscriptions-transport-ws, which parse with JSON.parse.
const WebSocket = require("ws");
const { execute, subscribe } = require("graphql");
const { SubscriptionClient, SubscriptionServer } = require("subscriptions-transport-ws");
const { play } = require("./roles");
const { schema } = require("./graphql_schema");

function serve() {
  const server = new WebSocket.Server({ port: 0, host: "127.0.0.1", handleProtocols: () => "graphql-ws" });
  SubscriptionServer.create({ schema, execute, subscribe, keepAlive: 100 }, server);
  return new Promise((done) => server.on("listening", () => done(server.address().port)));
}

async function talk(url) {
  const client = new SubscriptionClient(url, { reconnect: false, connectionParams: { token: "t" } }, WebSocket);
  const seen = [];
  const ask = (request) =>
    new Promise((done) => client.request(request).subscribe({
      next: (result) => seen.push(result), error: (error) => (seen.push({ error: String(error) }), done()), complete: done,
    }));
  await ask({ query: "query Hello { hello }", operationName: "Hello" });
  await ask({ query: "subscription Count { count(to: 3) }", operationName: "Count" });
  await new Promise((done) => setTimeout(done, 250));
  client.close(true);
  return seen;
}

play({ serve, talk, parse: (data) => [JSON.parse(data)] });
