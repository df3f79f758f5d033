// Reads an export as Insomnia's own importers do; prints the format and the resources.
const { convert } = require("insomnia-importers");

convert(require("fs").readFileSync(0, "utf8")).then((made) =>
  console.log(JSON.stringify({ format: made.type.id, resources: made.data.resources })),
);
