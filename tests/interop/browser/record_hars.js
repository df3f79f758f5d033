// A page in Chromium talks over WebSocket, and two programs keep a HAR of it: Playwright its own, and
// the DevTools that Chromium carries theirs, by the very code of their button "Export HAR".
//
//   node record_hars.js CHROMIUM PAGE WEBSOCKET FOLDER
//
// writes FOLDER/playwright.har and FOLDER/devtools.har.

const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const [executablePath, pageUrl, socketUrl, folder] = process.argv.slice(2);

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Runs in the page. Each message is sent when the answer to the one before has come.
async function talk(url) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("no connection"));
  });
  const messages = ["hello", "ünïcode 😀", new Uint8Array([0, 1, 254, 255]), "0123456789".repeat(10_000)];
  for (const message of messages) {
    await new Promise((resolve) => {
      socket.onmessage = resolve;
      socket.send(message);
    });
  }
  await new Promise((resolve) => {
    socket.onclose = resolve;
    socket.close(1000, "done");
  });
}

async function browse(name, options, use) {
  const profile = path.join(folder, `profile-${name}`);
  const { flags = [], ...others } = options;
  const args = [...FLAGS, ...flags];
  const browser = await chromium.launchPersistentContext(profile, { executablePath, args, ...others });
  try {
    const page = await browser.newPage();
    await page.goto(pageUrl);
    await use(page, browser, profile);
  } finally {
    await browser.close(); // Playwright writes its HAR then
  }
}

async function recordWithPlaywright() {
  const recordHar = { path: path.join(folder, "playwright.har") };
  await browse("playwright", { recordHar }, (page) => page.evaluate(talk, socketUrl));
}

async function recordWithDevTools() {
  const flags = ["--remote-debugging-port=0", "--remote-allow-origins=*"];
  await browse("devtools", { flags }, async (page, browser, profile) => {
    const port = fs.readFileSync(path.join(profile, "DevToolsActivePort"), "utf8").split("\n")[0];
    const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
    const { id } = targets.find((target) => target.url === pageUrl);
    const tools = await browser.newPage();
    const address = `127.0.0.1:${port}/devtools`;
    await tools.goto(`http://${address}/inspector.html?ws=${address}/page/${id}`);
    const has = async (url) => {
      const { NetworkLog } = await import("./models/logs/logs.js");
      const requests = NetworkLog.NetworkLog.instance().requests();
      return requests.some((request) => request.url() === url && request.finished);
    };
    // They record once they see the page load; what they are told of, they are told a little later.
    while (!(await tools.evaluate(has, pageUrl))) {
      await page.reload();
    }
    await page.evaluate(talk, socketUrl);
    await tools.waitForFunction(has, socketUrl, { polling: 50 });
    const har = await tools.evaluate(async () => {
      const { NetworkLog } = await import("./models/logs/logs.js");
      const { Log } = await import("./models/har/har.js");
      const requests = NetworkLog.NetworkLog.instance().requests();
      const log = await Log.Log.build(requests, { sanitize: true });
      return JSON.stringify({ log }, null, 2);
    });
    fs.writeFileSync(path.join(folder, "devtools.har"), har);
  });
}

recordWithPlaywright().then(recordWithDevTools);
