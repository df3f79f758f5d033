// Lint, and the import law of the page: a folder imports only from those before it in `ROOMS`.
import js from "@eslint/js";
import { importX } from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

const ROOMS = ["base", "protocol", "transport", "store", "widgets", "views", "apps"];

const zones = ROOMS.flatMap((room, level) =>
  ROOMS.slice(level + 1).map((above) => ({
    target: `./src/${room}`,
    from: `./src/${above}`,
    message: `${room} is below ${above}; see ARCHITECTURE.md.`,
  })),
);

export default ts.config(
  { ignores: ["src/protocol/generated.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "import-x/no-cycle": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Captured text is text; use text nodes." },
        { property: "outerHTML", message: "Captured text is text; use text nodes." },
        { property: "insertAdjacentHTML", message: "Captured text is text; use text nodes." },
      ],
      "svelte/no-at-html-tags": "error",
      // Maps and sets that only live within a function, or are caches that a counter tells of.
      "svelte/prefer-svelte-reactivity": "off",
      // The server's policy forbids style attributes; `style:` directives go through the object
      // model and are let through.
      "no-restricted-syntax": [
        "error",
        { selector: "SvelteAttribute[key.name='style']", message: "Use a style: directive." },
      ],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
);
