import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Stores use runes, so their tests need Svelte's compiler, and its parts for the browser.
export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ["browser"] },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "./vitest.environment.ts",
    testTimeout: 30_000, // for a machine that has much else to do
  },
});
