// A sample's page: the code, what it says and shows, and its wire.
//
// The page runs nothing that is typed: it hands it to a frame with a policy of its own, which is made
// for a run and thrown away at its end. What comes from there, and from the wire, becomes text nodes.

import { highlighted } from "./highlight.js";

const frames = new URL(document.documentElement.dataset.frames).origin;

const MOST_LINES = 1000; // of the console
const MOST_TEXT = 2000; // characters of one line of it
const MOST_A_SECOND = 500; // things that a frame may say; more are counted
const MOST_ROWS = 2000; // of the wire
const MOST_PEEK = 48; // characters of a message that stand in its row

const name = document.documentElement.dataset.sample;
const at = (id) => document.getElementById(id);
const made = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

document.querySelector(`nav [data-name="${name}"]`).setAttribute("aria-current", "page");

// The editor

const source = at("source");
const painted = at("painted");
const gutter = at("gutter");
const draftKey = `wirescope.sample.${name}`;
let original = "";
let wrongLine = 0;

function paint() {
  const text = source.value;
  painted.replaceChildren(...highlighted(text), "\n");
  const count = text.split("\n").length;
  const numbers = Array.from({ length: count }, (_, index) => {
    return made("li", index + 1 === wrongLine ? "wrong" : "", String(index + 1));
  });
  gutter.replaceChildren(...numbers);
  at("reset").hidden = text === original;
}

function mark(line) {
  wrongLine = line;
  paint();
}

function keepDraft() {
  try {
    if (source.value === original) localStorage.removeItem(draftKey);
    else localStorage.setItem(draftKey, source.value);
  } catch {
    // The browser keeps nothing; what is typed lives as long as the page.
  }
}

function draft() {
  try {
    return localStorage.getItem(draftKey);
  } catch {
    return null;
  }
}

source.addEventListener("input", () => {
  wrongLine = 0;
  paint();
  keepDraft();
});

function insert(text) {
  source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
  source.dispatchEvent(new Event("input"));
}

let leaving = false; // the editor, by the next Tab

source.addEventListener("keydown", (event) => {
  if (event.key === "Escape") leaving = true;
  else if (event.key === "Tab" && !leaving && !event.shiftKey) {
    event.preventDefault();
    insert("  ");
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const line = source.value.slice(0, source.selectionStart).split("\n").at(-1);
    insert("\n" + /^ */.exec(line)[0]);
  } else leaving = false;
});

addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});

function goTo(line) {
  show("js");
  const before = source.value.split("\n").slice(0, line - 1).join("\n").length;
  const start = line > 1 ? before + 1 : 0;
  source.focus();
  source.setSelectionRange(start, start);
  gutter.children[line - 1]?.scrollIntoView({ block: "center" });
}

at("reset").addEventListener("click", () => {
  source.value = original;
  source.dispatchEvent(new Event("input"));
});

// The tabs

const panes = { js: at("tab-js"), py: at("tab-py") };

function show(which) {
  for (const [id, tab] of Object.entries(panes)) {
    const chosen = id === which;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    at(id).hidden = !chosen;
  }
  at("keys").hidden = which !== "js";
}

for (const [id, tab] of Object.entries(panes)) {
  tab.addEventListener("click", () => show(id));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = id === "js" ? "py" : "js";
    show(other);
    panes[other].focus();
  });
}

at("copy").addEventListener("click", async () => {
  const button = at("copy");
  try {
    await navigator.clipboard.writeText(at("python").textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => (button.textContent = "Copy"), 1500);
});

// The run: a frame and a socket for its wire, both made for it and ended with it

let current = null;

function run() {
  if (at("run").disabled) return;
  end("");
  waiting = [];
  at("console").replaceChildren();
  at("rows").replaceChildren();
  at("count").textContent = "";
  mark(0);
  const socket = new WebSocket(location.origin.replace("http", "ws") + "/samples/wire");
  const mine = { socket, frame: null, code: source.value, since: 0, said: 0, leftOut: 0 };
  current = mine;
  state("Starting");
  at("stop").disabled = false;
  socket.onmessage = ({ data }) => {
    if (mine !== current) return;
    const said = JSON.parse(data);
    if (said.run) begin(mine, said.run);
    else takeRows(said);
  };
  socket.onclose = ({ reason }) => {
    if (mine === current) end(reason ? `Ended: ${reason}` : "The server is gone");
  };
}

function begin(mine, name) {
  const frame = document.createElement("iframe");
  frame.title = "What the code shows";
  frame.sandbox.add("allow-scripts", "allow-same-origin");
  frame.allow = `camera ${frames}; microphone ${frames}; autoplay ${frames}`;
  frame.height = "0";
  const port = location.port || (location.protocol === "https:" ? "443" : "80");
  frame.src = `${frames}/samples/frame?run=${encodeURIComponent(name)}&port=${port}`;
  mine.frame = frame;
  at("stage").hidden = false;
  at("stage").className = "unseen";
  at("stage").replaceChildren(frame);
}

function end(words) {
  if (current === null) return;
  current.socket.close();
  current = null;
  at("stage").replaceChildren();
  at("stage").hidden = true;
  at("stop").disabled = true;
  state(words);
}

function state(words) {
  at("state").textContent = words;
}

at("run").addEventListener("click", run);
at("stop").addEventListener("click", () => end("Stopped"));

// What runs in the frame may say whatever it likes, and as often: what is taken is bounded here.
function hasRoom() {
  const mine = current;
  const now = performance.now();
  if (now - mine.since >= 1000) Object.assign(mine, { since: now, said: 0 });
  mine.said += 1;
  if (mine.said <= MOST_A_SECOND) return true;
  if (mine.leftOut === 0) setTimeout(() => tellLeftOut(mine), 1000);
  mine.leftOut += 1;
  return false;
}

function tellLeftOut(mine) {
  if (mine === current) addLine("warn", `${mine.leftOut} more lines`);
  mine.leftOut = 0;
}

addEventListener("message", ({ source: from, origin, data }) => {
  if (origin !== frames || from !== current?.frame?.contentWindow) return;
  if (typeof data !== "object" || data === null || !hasRoom()) return;
  if (data.kind === "ready") {
    state("Running");
    from.postMessage({ code: current.code }, frames);
  } else if (data.kind === "line") addLine(LEVELS.has(data.level) ? data.level : "log", data.text);
  else if (data.kind === "error") addError(data.text, data.line);
  else if (data.kind === "size") {
    current.frame.height = String(Math.min(Number(data.height) || 0, 2000));
    at("stage").className = data.height > 0 ? "" : "unseen";
  }
});

// What it says

const LEVELS = new Set(["debug", "log", "info", "warn", "error"]);

function append(list, items, most) {
  const follows = list.scrollTop + list.clientHeight > list.scrollHeight - 40;
  list.append(...items);
  while (list.childElementCount > most) list.firstElementChild.remove();
  if (follows) list.scrollTop = list.scrollHeight;
}

// Lines of the same moment are shown together: to lay out the page for each takes too long.
let waiting = [];

function addItem(item) {
  if (waiting.length === 0) setTimeout(showWaiting, 30);
  waiting.push(item);
}

function showWaiting() {
  append(at("console"), waiting, MOST_LINES);
  waiting = [];
}

function addLine(level, text) {
  addItem(made("li", level, `${text}`.slice(0, MOST_TEXT)));
}

function addError(text, line) {
  const item = made("li", "error", `${text}`.slice(0, MOST_TEXT));
  if (line > 0) {
    const link = made("button", "", `line ${line}`);
    link.type = "button";
    link.addEventListener("click", () => goTo(line));
    item.prepend(link, ": ");
    mark(line);
  }
  state("An error came up");
  addItem(item);
}

// Its wire

const ARROWS = { "to server": "→", "to page": "←" };
let rowCount = 0;

function takeRows({ rows = [], left_out: leftOut = 0 }) {
  const list = at("rows");
  if (list.childElementCount === 0) rowCount = 0;
  const items = rows.map(rowOf);
  if (leftOut > 0) items.unshift(made("li", "gone", `${leftOut} events were too many`));
  append(list, items, MOST_ROWS);
  rowCount += rows.length + leftOut;
  at("count").textContent = `${rowCount} events`;
}

function rowOf({ connection, at_ms: time, way = "", says, content = "", tone = "", type }) {
  const item = document.createElement("li");
  item.className = way.replace(" ", "-");
  const line = made(content ? "summary" : "div", `row ${tone === "error" ? "wrong" : ""}`);
  const arrow = made("span", "way", ARROWS[way] ?? "");
  if (way) arrow.setAttribute("aria-label", way);
  line.append(
    made("span", "mono at", time.toFixed(1)),
    made("span", "mono of", connection),
    arrow,
    made("span", "says", says),
  );
  if (type.endsWith(".message")) {
    const peek = content.length > MOST_PEEK ? `${content.slice(0, MOST_PEEK)}…` : content;
    line.lastElementChild.append(": ", made("span", "mono peek", peek));
  }
  line.title = type;
  if (!content) {
    item.append(line);
    return item;
  }
  const details = document.createElement("details");
  details.append(line, made("pre", "content", content));
  item.append(details);
  return item;
}

// What is there at first

async function text(file) {
  const answer = await fetch(`/samples/files/${file}`);
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  return answer.text();
}

try {
  const [code, python] = await Promise.all([text(`${name}.js`), text(`${name}.py.txt`)]);
  original = code;
  source.value = draft() ?? code;
  source.disabled = false;
  at("python").replaceChildren(...highlighted(python, "python"));
  const scheme = location.origin.replace("http", "ws");
  const path = name === "webrtc" ? "/webrtc/echo" : "/echo";
  at("command").textContent = `python ${name}_sample.py ${scheme}${path}`;
  at("run").disabled = false;
  paint();
} catch (error) {
  state(`The sample cannot be loaded: ${error.message}`);
}
