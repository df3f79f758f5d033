// Paints code as far as it helps reading: comments, texts and the language's words.

const WORDS = {
  javascript:
    "async await break case catch class const continue default delete do else export extends" +
    " false finally for from function if import in instanceof let new null of return switch this" +
    " throw true try typeof undefined var void while yield",
  python:
    "and as assert async await break class continue def del elif else except False finally for" +
    " from if import in is lambda None not or pass raise return True try while with yield",
};

const COMMENT = { javascript: String.raw`\/\/.*|\/\*[\s\S]*?(?:\*\/|$)`, python: "#.*" };
const STRING =
  String.raw`"""[\s\S]*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?` +
  "|`(?:\\\\[\\s\\S]|[^`\\\\])*`?";

/** Give the nodes of a text, painted. */
export function highlighted(text, language = "javascript") {
  const words = new Set(WORDS[language].split(" "));
  const tokens = new RegExp(`(${COMMENT[language]})|(${STRING})|([A-Za-z_$][\\w$]*)`, "g");
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(tokens)) {
    const [token, comment, string] = match;
    const kind = comment ? "comment" : string ? "string" : words.has(token) ? "word" : "";
    if (!kind) continue;
    nodes.push(text.slice(from, match.index), painted(kind, token));
    from = match.index + token.length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

function painted(kind, token) {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = token;
  return span;
}
