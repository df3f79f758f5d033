// Action Cable: the client of @rails/actioncable, which parses with JSON.parse.
const WebSocket = require("ws");
const { play } = require("./roles");

async function talk(url) {
  Object.assign(globalThis, { addEventListener() {}, removeEventListener() {}, document: { visibilityState: "visible" } });
  const { adapters, createConsumer } = require("@rails/actioncable");
  adapters.WebSocket = WebSocket;
  globalThis.WebSocket = WebSocket;
  const consumer = createConsumer(url);
  const seen = [];
  const join = (channel, parameters) =>
    new Promise((done) => {
      const subscription = consumer.subscriptions.create({ channel, ...parameters }, {
        connected: () => done(subscription), rejected: () => (seen.push(["rejected", channel]), done(null)),
        received: (data) => seen.push(["received", data]),
      });
    });
  const chat = await join("ChatChannel", { room: "ü" });
  await join("ClosedChannel");
  chat.perform("speak", { body: "hällo", list: [null, 1.5] });
  await new Promise((done) => setTimeout(done, 400));
  chat.unsubscribe();
  consumer.disconnect();
  return seen;
}

play({ talk, parse: (data) => [JSON.parse(data)] });
