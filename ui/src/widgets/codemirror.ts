// The editor's code, a chunk of its own: CodeMirror set up for the page's tokens and policy.

import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  MatchDecorator,
  placeholder as placeholderOf,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export type EditorLanguage = "json" | "plain";

export interface EditorOptions {
  label: string;
  value: string;
  language: EditorLanguage;
  placeholder: string;
  readonly: boolean;
}

/** What is wrong with the text, and the index of the character. */
export interface EditorProblem {
  at: number;
  message: string;
}

export interface EditorHandle {
  setProblem: (problem: EditorProblem | null) => void;
  setText: (text: string) => void;
  setLanguage: (language: EditorLanguage) => void;
  /** Say something else while there is no text. */
  setPlaceholder: (text: string) => void;
  /** Give it the focus, the cursor before the character at an index. */
  focus: (at?: number) => void;
  destroy: () => void;
}

const THEME = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--ink)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono)",
    fontSize: "calc(var(--text-xs) * var(--mono-adjust))",
    lineHeight: "20px",
  },
  ".cm-content": { padding: "var(--s-3) 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 var(--s-4)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selected) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "none" },
  // What is wrong is marked where it is; a bracket without its other half may only be its effect.
  "&.cm-focused .cm-nonmatchingBracket": { color: "inherit", backgroundColor: "transparent" },
  ".cm-variable": { borderBottom: "1px dotted var(--ink-3)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--error)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintPoint:after": { borderBottomColor: "var(--error)" },
  ".cm-tooltip": {
    color: "var(--ink)",
    backgroundColor: "var(--raised)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-3)",
    fontFamily: "var(--font-sans)",
    fontSize: "var(--text-xs)",
  },
  ".cm-diagnostic-error": { borderLeft: "0" },
  ".cm-specialChar": { color: "var(--ink-3)" },
});

// Colour is signal: names are fainter than values, and that is all.
const HIGHLIGHT = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--ink-2)" },
  { tag: [tags.punctuation, tags.separator], color: "var(--ink-3)" },
  { tag: tags.invalid, color: "var(--error)" },
]);

// {{variables}} are underlined where they stand, as everywhere in the page.
const variables = new MatchDecorator({
  regexp: /\{\{\s*\$?[A-Za-z_][\w.-]*\s*\}\}/g,
  decoration: Decoration.mark({ class: "cm-variable" }),
});

const VARIABLES = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = variables.createDeco(view);
    }

    update(update: ViewUpdate): void {
      this.decorations = variables.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

// Typing over a selection is done here: the browser would carry its marks over as style attributes,
// which the page's policy forbids.
const TYPE_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || text === null || empty || view.composing) return false;
    const insert = () =>
      view.state.update({
        changes: { from, to, insert: text },
        selection: { anchor: from + text.length },
        userEvent: "input.type",
        scrollIntoView: true,
      });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

function language(name: EditorLanguage): Extension {
  return name === "json" ? [json(), bracketMatching(), closeBrackets()] : [];
}

/** Make an editor in `host`; `typed` is told each change that a person made. */
export function createEditor(
  host: HTMLElement,
  options: EditorOptions,
  typed: (text: string) => void,
): EditorHandle {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const chosen = new Compartment();
  const hinted = new Compartment();
  let silent = false;
  const state = EditorState.create({
    doc: options.value,
    extensions: [
      history(),
      drawSelection(),
      highlightSpecialChars(),
      // Ctrl+Enter and Escape belong to the page, and Tab goes on to the next control.
      keymap.of([...defaultKeymap.filter(isOurs), ...historyKeymap]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !silent) typed(update.state.doc.toString());
      }),
      hinted.of(placeholderOf(options.placeholder)),
      EditorState.readOnly.of(options.readonly),
      chosen.of(language(options.language)),
      syntaxHighlighting(HIGHLIGHT),
      VARIABLES,
      TYPE_OVER,
      THEME,
    ],
  });
  const view = new EditorView({ state, parent: root, root });
  return {
    setText(text) {
      if (text === view.state.doc.toString()) return;
      silent = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      silent = false;
    },
    setLanguage: (name) => view.dispatch({ effects: chosen.reconfigure(language(name)) }),
    setPlaceholder: (text) => view.dispatch({ effects: hinted.reconfigure(placeholderOf(text)) }),
    setProblem(problem) {
      const length = view.state.doc.length;
      const from = Math.min(problem?.at ?? 0, Math.max(0, length - 1));
      const found =
        problem === null
          ? []
          : [
              {
                from,
                to: Math.min(length, from + 1),
                severity: "error" as const,
                message: problem.message,
              },
            ];
      view.dispatch(setDiagnostics(view.state, found));
    },
    focus(at) {
      if (at !== undefined) {
        view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } });
      }
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

function isOurs(binding: { key?: string }): boolean {
  return binding.key !== "Mod-Enter" && binding.key !== "Escape";
}
