// Prints clients.js with all that it needs, for a page.
const { buildSync } = require("esbuild");
const { join } = require("node:path");

const made = buildSync({
  entryPoints: [join(__dirname, "clients.js")],
  bundle: true,
  write: false,
  platform: "browser",
  logLevel: "error",
});
process.stdout.write(made.outputFiles[0].text);
