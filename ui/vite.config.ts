import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The server allows no inline script and no inline style (Content-Security-Policy), so nothing may
// be inlined here: neither small assets nor the preload polyfill.
export default defineConfig({
  plugins: [svelte()],
  base: "/page/",
  build: {
    outDir: "../src/wirescope/web/_page",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
});
