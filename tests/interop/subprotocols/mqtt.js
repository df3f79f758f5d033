// MQTT: the client of MQTT.js and the parser of mqtt-packet; the broker is Mosquitto.
const mqtt = require("mqtt");
const { parser } = require("mqtt-packet");
const { play, pause } = require("./roles");

async function talk(address) {
  const url = new URL(address);
  const version = Number(url.searchParams.get("version"));
  const five = version === 5;
  const client = mqtt.connect(address, {
    protocolVersion: version, clientId: `client-${version}`, keepalive: 1, reconnectPeriod: 0, clean: true,
    will: { topic: "gone", payload: "bye", qos: 1, retain: false },
    ...(five && { properties: { sessionExpiryInterval: 10, receiveMaximum: 20, userProperties: { a: "b" } } }),
  });
  await new Promise((done, fail) => client.once("connect", done).once("error", fail));
  const seen = [];
  client.on("message", (topic, payload, packet) => seen.push({ topic, payload, qos: packet.qos }));
  await client.subscribeAsync({ "a/#": { qos: 2 }, "b/+": { qos: 1 } });
  await client.publishAsync("a/b", '{"a":1}', { qos: 0 });
  await client.publishAsync("a/c", Buffer.from([0, 255]), { qos: 1, retain: true, ...(five && { properties: {
    contentType: "x", responseTopic: "r", correlationData: Buffer.from([1]), messageExpiryInterval: 60, payloadFormatIndicator: false, userProperties: { k: ["v", "w"] } } }) });
  await client.publishAsync("b/x", "hällo", { qos: 2 });
  await pause(1600);
  await client.unsubscribeAsync(["b/+"]);
  await client.endAsync(false, five ? { reasonCode: 4 } : {});
  return seen;
}

const parsers = {};
function parse(data, direction) {
  const version = Number(process.argv[3]);
  const state = (parsers[direction] ??= { parser: parser({ protocolVersion: version }) });
  state.parser.removeAllListeners("packet");
  const found = [];
  state.parser.on("packet", (packet) => found.push({ ...packet }));
  state.parser.parse(data);
  return found;
}

play({ talk, parse });
