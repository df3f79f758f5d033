// Reads files of a collection as Bruno does, or writes some: {read: {path: text}} or {write: "bru"}.
const store = require("@usebruno/filestore");

const request = {
  uid: "a",
  type: "ws-request",
  name: "Chat room",
  seq: 1,
  settings: { timeout: 5000, keepAliveInterval: 10000 },
  tags: ["live"],
  request: {
    url: "wss://{{host}}/chat?room=1",
    method: "",
    params: [],
    headers: [
      { name: "X-A", value: "b: c", enabled: true },
      { name: "X-Off", value: "1", enabled: false },
      { name: "Sec-WebSocket-Protocol", value: "chat, v2", enabled: true },
    ],
    auth: { mode: "bearer", bearer: { token: "{{tok}}" } },
    body: {
      mode: "ws",
      ws: [
        { name: "hello", type: "json", content: '{\n  "a": 1\n}', selected: true },
        { name: "bye", type: "text", content: "plain" },
      ],
    },
    script: { req: "console.log(1)", res: "" },
    vars: { req: [], res: [] },
    assertions: [],
    tests: "",
    docs: "The lobby.",
  },
};
const variable = { type: "text", enabled: true, secret: false };
const environment = {
  uid: "b",
  name: "dev",
  variables: [
    { ...variable, uid: "1", name: "host", value: "chat.example" },
    { ...variable, uid: "2", name: "tok", value: "", secret: true },
    { ...variable, uid: "3", name: "off", value: "x", enabled: false },
  ],
};
const defaults = {
  request: {
    headers: [{ name: "X-All", value: "1", enabled: true }],
    auth: { mode: "none" },
    vars: { req: [{ name: "base", value: "x", enabled: true }], res: [] },
    script: {},
    tests: "",
  },
};

function write(format) {
  const settings = { version: "1", name: "Chat", type: "collection", ignore: [] };
  const root = format === "bru" ? "collection.bru" : "opencollection.yml";
  return {
    [`Rooms/Chat room.${format}`]: store.stringifyRequest(request, { format }),
    [`environments/dev.${format}`]: store.stringifyEnvironment(environment, { format }),
    [root]: store.stringifyCollection(defaults, settings, { format }),
    ...(format === "bru" ? { "bruno.json": JSON.stringify(settings) } : {}),
  };
}

function read(files) {
  const made = {};
  for (const [path, text] of Object.entries(files)) {
    if (!path.endsWith(".bru")) continue;
    const parse = path.startsWith("environments/") ? store.parseEnvironment : store.parseRequest;
    made[path] = parse(text, { format: "bru" });
  }
  return made;
}

const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.write ? write(asked.write) : read(asked.read)));
