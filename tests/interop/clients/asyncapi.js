// Reads an AsyncAPI document from stdin as its own parser does; prints what it makes of it.
const { Parser } = require("@asyncapi/parser");

async function main(text) {
  const { document, diagnostics } = await new Parser().parse(text);
  const errors = diagnostics.filter((each) => each.severity === 0).map((each) => each.message);
  const channels = document ? document.channels().all() : [];
  return {
    errors,
    channels: channels.map((each) => ({
      address: each.address(),
      servers: each.servers().all().map((server) => server.url()),
      messages: each.messages().all().map((message) => message.name()),
      receives: each.operations().all().filter((operation) => operation.isReceive()).length,
    })),
  };
}

main(require("fs").readFileSync(0, "utf8")).then((made) => console.log(JSON.stringify(made)));
