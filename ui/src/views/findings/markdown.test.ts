import { describe, expect, it } from "vitest";

import { inline, readMarkdown } from "./markdown";

describe("a page in Markdown", () => {
  it("has headings, paragraphs over several lines and rules", () => {
    expect(readMarkdown("# One\n\nTwo\nthree.\n\n---\n")).toEqual([
      { kind: "heading", level: 1, parts: [{ kind: "text", text: "One" }] },
      { kind: "paragraph", parts: [{ kind: "text", text: "Two three." }] },
      { kind: "line" },
    ]);
  });

  it("keeps code as it stands, marks of Markdown included", () => {
    const [code] = readMarkdown("```nginx\n# *no* heading\n\n  x;\n```\nafter");
    expect(code).toEqual({ kind: "code", text: "# *no* heading\n\n  x;", language: "nginx" });
  });

  it("keeps code to the end where its fence is missing", () => {
    expect(readMarkdown("```\nx")).toEqual([{ kind: "code", text: "x", language: "" }]);
  });

  it("has lists with items over several lines, lists within, and a number to begin with", () => {
    const [list] = readMarkdown("3. a\n   b\n   - c\n4. d\n");
    expect(list).toMatchObject({ kind: "list", ordered: true, start: 3 });
    expect(list?.kind === "list" && list.items[0]).toMatchObject([
      { kind: "paragraph", parts: [{ text: "a b" }] },
      { kind: "list", ordered: false },
    ]);
    expect(list?.kind === "list" && list.items.length).toBe(2);
  });

  it("has tables, with pipes within code and escaped ones left in their cells", () => {
    const [table] = readMarkdown("| A | B |\n|---|--:|\n| `x|y` | a\\|b |\n");
    expect(table).toEqual({
      kind: "table",
      head: [[{ kind: "text", text: "A" }], [{ kind: "text", text: "B" }]],
      right: [false, true],
      rows: [[[{ kind: "code", text: "x|y" }], [{ kind: "text", text: "a|b" }]]],
    });
  });

  it("ends even where quotes are nested without end", () => {
    expect(readMarkdown(`${">".repeat(200)} x`)).toHaveLength(1);
  });
});

describe("a line in Markdown", () => {
  it("has code, strong and emphasised text", () => {
    expect(inline("a `b*c` **d `e`** *f*")).toEqual([
      { kind: "text", text: "a " },
      { kind: "code", text: "b*c" },
      { kind: "text", text: " " },
      {
        kind: "strong",
        parts: [
          { kind: "text", text: "d " },
          { kind: "code", text: "e" },
        ],
      },
      { kind: "text", text: " " },
      { kind: "em", parts: [{ kind: "text", text: "f" }] },
    ]);
  });

  it("leaves names with underscores and stars that stand alone", () => {
    expect(inline("server_max_window_bits 2 * 3")).toEqual([
      { kind: "text", text: "server_max_window_bits 2 * 3" },
    ]);
  });

  it("links codes of findings, named or bare", () => {
    expect(inline("See WS501 and [WS502](WS502.md).")).toMatchObject([
      { kind: "text" },
      { kind: "rule", code: "WS501" },
      { kind: "text" },
      { kind: "rule", code: "WS502" },
      { kind: "text", text: "." },
    ]);
  });

  it("links addresses of the web and nothing else", () => {
    expect(inline("[a](https://x.test/)")).toMatchObject([{ kind: "link", to: "https://x.test/" }]);
    expect(inline("[a](javascript:alert)")).toMatchObject([{ kind: "link", to: "" }]);
    expect(inline("[a](../x.md)")).toMatchObject([{ kind: "link", to: "" }]);
  });
});
