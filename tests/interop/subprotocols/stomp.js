// STOMP: the client and the parser of stompjs; the broker is RabbitMQ.
const WebSocket = require("ws");
const { Client, FrameImpl, Parser } = require("@stomp/stompjs");
const { play } = require("./roles");

async function talk(url) {
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, ["v12.stomp", "v11.stomp", "v10.stomp"]),
    connectHeaders: { login: "guest", passcode: "guest" },
    heartbeatIncoming: 1000, heartbeatOutgoing: 1000, reconnectDelay: 0,
  });
  const seen = [];
  await new Promise((done) => ((client.onConnect = done), client.activate()));
  const receipt = (id, act) => new Promise((done) => (client.watchForReceipt(id, done), act()));
  const arrived = new Promise((done) => {
    client.subscribe("/topic/a:b", (message) => {
      seen.push({ headers: message.headers, body: message.body });
      if (seen.length === 3) done();
    }, { receipt: "sub-1" });
  });
  await receipt("sub-1", () => {});
  client.publish({ destination: "/topic/a:b", body: '{"a":1}', headers: { "content-type": "application/json", odd: "co:lon\\back\nline" } });
  await receipt("sent", () => client.publish({ destination: "/topic/a:b", body: "hällo", headers: { receipt: "sent" } }));
  client.publish({ destination: "/topic/a:b", binaryBody: new Uint8Array([0, 1, 255]) });
  await arrived;
  await new Promise((done) => setTimeout(done, 1500));
  await client.deactivate();
  return seen;
}

const parsers = {};
function parse(data, direction, kind) {
  const found = [];
  const onFrame = (raw) => {
    const frame = FrameImpl.fromRawFrame(raw, true);
    found.push({ command: frame.command, headers: frame.headers, body: { base64: Buffer.from(frame.binaryBody).toString("base64") } });
  };
  const state = (parsers[direction] ??= {});
  state.onFrame = onFrame;
  state.onBeat = () => found.push({ command: "" });
  state.parser ??= new Parser((raw) => state.onFrame(raw), () => state.onBeat());
  state.parser.parseChunk(kind === "text" ? data : new Uint8Array(data).buffer, false);
  return found;
}

play({ talk, parse });
