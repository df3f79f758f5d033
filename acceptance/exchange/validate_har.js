// Says whether har-validator takes a file for HAR 1.2, and how many entries it has.
const { readFileSync } = require("node:fs");
const { har } = require("har-validator");

const data = JSON.parse(readFileSync(process.argv[2], "utf8"));
har(data).then(
  () => console.log(data.log.entries.length),
  (error) => {
    console.error(JSON.stringify(error.errors ?? String(error)).slice(0, 500));
    process.exit(1);
  },
);
