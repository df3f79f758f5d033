// Markdown as the explanation pages use it, read into a tree that components turn into elements:
// headings, paragraphs, lists, code, tables, and within lines code, strong text, links and codes of
// findings. What is not understood stays text.

/** A piece of a line. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong"; parts: Inline[] }
  | { kind: "em"; parts: Inline[] }
  | { kind: "link"; parts: Inline[]; to: string }
  | { kind: "rule"; code: string };

/** A piece of a page. */
export type Block =
  | { kind: "heading"; level: number; parts: Inline[] }
  | { kind: "paragraph"; parts: Inline[] }
  | { kind: "code"; text: string; language: string }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][]; right: boolean[] }
  | { kind: "line" };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(\s+)(.*)$/;
const LINE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const DIVIDER = /^\s*\|?\s*:?-{1,}:?\s*(\|\s*:?-{1,}:?\s*)*\|?\s*$/;
const DEEPEST = 12;

/** Read a page. */
export function readMarkdown(text: string): Block[] {
  return blocksOf(text.replace(/\r\n?/g, "\n").split("\n"), 0);
}

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const [block, next] = blockAt(lines, at, line, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

/** The block that begins at a line, and where the next one does. */
function blockAt(
  lines: readonly string[],
  at: number,
  line: string,
  depth: number,
): [block: Block, next: number] {
  const fence = FENCE.exec(line);
  if (fence) return fenced(lines, at, fence[1] ?? "```", fence[2] ?? "");
  const heading = HEADING.exec(line);
  if (heading) {
    return [
      { kind: "heading", level: (heading[1] ?? "").length, parts: inline(heading[2] ?? "") },
      at + 1,
    ];
  }
  if (LINE.test(line)) return [{ kind: "line" }, at + 1];
  if (depth < DEEPEST && ITEM.test(line)) return list(lines, at, depth);
  if (depth < DEEPEST && /^ {0,3}>/.test(line)) return quote(lines, at, depth);
  if (line.includes("|") && DIVIDER.test(lines[at + 1] ?? "")) return table(lines, at);
  let end = at + 1;
  while (end < lines.length && !interrupts(lines[end] ?? "")) end += 1;
  const text = lines
    .slice(at, end)
    .map((one) => one.trim())
    .join(" ");
  return [{ kind: "paragraph", parts: inline(text) }, end];
}

function interrupts(line: string): boolean {
  return (
    line.trim() === "" ||
    FENCE.test(line) ||
    HEADING.test(line) ||
    ITEM.test(line) ||
    /^ {0,3}>/.test(line)
  );
}

function fenced(
  lines: readonly string[],
  at: number,
  fence: string,
  language: string,
): [Block, number] {
  let end = at + 1;
  const closes = (line: string) =>
    line.trim().startsWith(fence) && line.trim().replaceAll(fence.charAt(0), "") === "";
  while (end < lines.length && !closes(lines[end] ?? "")) end += 1;
  return [{ kind: "code", text: lines.slice(at + 1, end).join("\n"), language }, end + 1];
}

function list(lines: readonly string[], at: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[at] ?? "");
  const ordered = /\d/.test(first?.[2] ?? "");
  const items: string[][] = [];
  let end = at;
  while (end < lines.length) {
    const line = lines[end] ?? "";
    const item = ITEM.exec(line);
    if (item && /\d/.test(item[2] ?? "") === ordered) {
      items.push([item[4] ?? ""]);
    } else if (/^ {2,}\S/.test(line)) {
      items.at(-1)?.push(line.replace(/^ {2,4}/, ""));
    } else if (line.trim() === "" && /^ {2,}\S/.test(lines[end + 1] ?? "")) {
      items.at(-1)?.push("");
    } else if (line.trim() === "" && ITEM.test(lines[end + 1] ?? "")) {
      // Items may stand apart.
    } else if (line.trim() !== "" && !interrupts(line)) {
      items.at(-1)?.push(line);
    } else break;
    end += 1;
  }
  const start = Number.parseInt(first?.[2] ?? "1", 10) || 1;
  const read = items.map((item) => blocksOf(item, depth + 1));
  return [{ kind: "list", ordered, start, items: read }, end];
}

function quote(lines: readonly string[], at: number, depth: number): [Block, number] {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end] ?? "")) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
  return [{ kind: "quote", blocks: blocksOf(inner, depth + 1) }, end];
}

function table(lines: readonly string[], at: number): [Block, number] {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? "").includes("|")) end += 1;
  const head = cells(lines[at] ?? "").map(inline);
  const right = cells(lines[at + 1] ?? "").map((cell) => /^-+:$/.test(cell));
  const rows = lines.slice(at + 2, end).map((line) => cells(line).map(inline));
  return [{ kind: "table", head, rows, right }, end];
}

function cells(line: string): string[] {
  const found: string[] = [];
  let cell = "";
  let code = false;
  const text = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\\" && text.charAt(at + 1) === "|") {
      cell += "|";
      at += 1;
    } else if (character === "|" && !code) {
      found.push(cell.trim());
      cell = "";
    } else {
      if (character === "`") code = !code;
      cell += character;
    }
  }
  found.push(cell.trim());
  return found;
}

// The alternatives of a line, in the order in which they win.
const INLINE =
  /\\([\\`*_[\](){}#+.!|<>-])|(`+)(.+?)\2(?!`)|\*\*(.+?)\*\*|(?<![\w*])[*_](?!\s)(.+?)(?<!\s)[*_](?![\w*])|\[([^\]]+)\]\(([^()\s]+)(?:\s+"[^"]*")?\)|<(https?:\/\/[^\s>]+)>|\b((?:WS|NET|TLS)\d{3})\b/;

/** Read what stands within a line. */
export function inline(text: string): Inline[] {
  const parts: Inline[] = [];
  const say = (more: string) => {
    const last = parts.at(-1);
    if (last?.kind === "text") last.text += more;
    else if (more !== "") parts.push({ kind: "text", text: more });
  };
  let rest = text;
  for (let found = INLINE.exec(rest); found !== null; found = INLINE.exec(rest)) {
    say(rest.slice(0, found.index));
    const [whole, escaped, , code, strong, em, label, to, address, rule] = found;
    if (escaped !== undefined) say(escaped);
    else if (code !== undefined) parts.push({ kind: "code", text: code.trim() || code });
    else if (strong !== undefined) parts.push({ kind: "strong", parts: inline(strong) });
    else if (em !== undefined) parts.push({ kind: "em", parts: inline(em) });
    else if (label !== undefined) parts.push(linked(label, to ?? ""));
    else if (address !== undefined)
      parts.push({ kind: "link", parts: [{ kind: "text", text: address }], to: address });
    else if (rule !== undefined) parts.push({ kind: "rule", code: rule });
    rest = rest.slice(found.index + whole.length);
  }
  say(rest);
  return parts;
}

/** A link to the page of another finding, to an address of the web, or only its text. */
function linked(label: string, to: string): Inline {
  const rule = /(?:^|\/)((?:WS|NET|TLS)\d{3})(?:\.md)?(?:#.*)?$/.exec(to)?.[1];
  if (rule !== undefined && label.trim() === rule) return { kind: "rule", code: rule };
  return {
    kind: "link",
    parts: inline(label).map(plain),
    to: rule ?? (/^https?:\/\//i.test(to) ? to : ""),
  };
}

/** No link within a link. */
function plain(part: Inline): Inline {
  return part.kind === "rule" ? { kind: "text", text: part.code } : part;
}
