// GraphQL over WebSocket: server, client and parser of graphql-ws.
const WebSocket = require("ws");
const { createClient, parseMessage } = require("graphql-ws");
const { useServer } = require("graphql-ws/use/ws");
const { play } = require("./roles");
const { schema } = require("./graphql_schema");

function serve() {
  const server = new WebSocket.Server({
    port: 0, host: "127.0.0.1", handleProtocols: (offered) => offered.has("graphql-transport-ws") && "graphql-transport-ws",
  });
  useServer({ schema }, server);
  return new Promise((done) => server.on("listening", () => done(server.address().port)));
}

async function talk(url) {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { token: "t" }, keepAlive: 100 });
  const seen = [];
  const ask = (query, operationName) =>
    new Promise((done) =>
      client.subscribe({ query, operationName }, {
        next: (result) => seen.push(result), error: (errors) => (seen.push({ errors }), done()), complete: done,
      }));
  await ask("query Hello { hello }", "Hello");
  await ask("subscription Count { count(to: 3) }", "Count");
  await ask("{ nonsense }");
  await new Promise((done) => setTimeout(done, 250));
  await client.dispose();
  return seen;
}

play({ serve, talk, parse: (data) => [parseMessage(data)] });
