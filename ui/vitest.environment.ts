// Node as tests need it: with Svelte compiled as for a browser, since on a server no effect runs.

import type { Environment } from "vitest/runtime";

export default {
  name: "node-with-effects",
  viteEnvironment: "client",
  setup: () => ({ teardown: () => undefined }),
} satisfies Environment;
