// Runs the code of one run, and tells the page around it what it says. The frame is made for the
// run; whatever the code has opened ends with it.

"use strict";

const page = new URL(document.documentElement.dataset.page).origin;

// The page has limits of its own, since the code that runs here can go around these.
const MOST_TEXT = 2000; // characters of one line that are told
const MOST_A_SECOND = 200; // lines; more are counted

let told = 0;
let heldBack = 0;

function tell(message) {
  if (told === MOST_A_SECOND) heldBack += 1;
  else {
    told += 1;
    parent.postMessage(message, page);
  }
}

setInterval(() => {
  told = 0;
  if (heldBack > 0) tell({ kind: "line", level: "warn", text: `${heldBack} more lines` });
  heldBack = 0;
}, 1000);

// What the code says.

function shown(value) {
  if (typeof value === "string") return value;
  if (typeof value?.name === "string" && typeof value.message === "string") {
    return `${value.name}: ${value.message}`;
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${value.constructor.name} [${value.subarray(0, 64).join(", ")}]`;
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer of ${value.byteLength} bytes`;
  if (typeof value === "object" && value !== null) {
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  }
  return String(value);
}

for (const level of ["debug", "log", "info", "warn", "error"]) {
  console[level] = (...values) => {
    const text = values.map(shown).join(" ");
    tell({ kind: "line", level, text: text.slice(0, MOST_TEXT) });
  };
}

// What goes wrong in it, with the line in which it did.

addEventListener("error", (event) => {
  event.preventDefault();
  // Of an error that another origin has made, the browser gives no word.
  const text = /^(Uncaught)?\s*$/.test(event.message) ? "Uncaught error" : event.message;
  tell({ kind: "error", text, line: event.lineno || 0 });
});

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  const { reason } = event;
  // The code's own address is that of a blob; Chromium and Firefox write it before the line.
  const [, line = "0"] = /blob:[^\s)]*?:(\d+):\d+/.exec(reason?.stack ?? "") ?? [];
  tell({ kind: "error", text: `Uncaught ${shown(reason)}`, line: Number(line) });
});

addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
  const reason =
    effectiveDirective === "connect-src"
      ? "is out of reach: here requests and sockets reach this server only"
      : "is not allowed here";
  tell({ kind: "error", text: `${blockedURI} ${reason} (${effectiveDirective}).`, line: 0 });
});

// The size of what it shows.

new ResizeObserver(() => {
  const { body } = document;
  const height = body.querySelector(":not(script)") ? body.scrollHeight : 0;
  tell({ kind: "size", height });
}).observe(document.body);

// The run.

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || origin !== page || typeof data?.code !== "string") return;
  const script = document.createElement("script");
  script.type = "module"; // so that it may await at its top, and is in strict mode
  script.src = URL.createObjectURL(new Blob([data.code], { type: "text/javascript" }));
  script.addEventListener("load", () => URL.revokeObjectURL(script.src));
  document.head.append(script);
});

parent.postMessage({ kind: "ready" }, page);
