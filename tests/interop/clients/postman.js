// Prints a collection and an environment as Postman's own SDK makes them.
const { Collection, VariableScope } = require("postman-collection");

const collection = new Collection({
  info: {
    name: "Chat",
    schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
  },
  variable: [{ key: "host", value: "chat.example" }],
  auth: { type: "bearer", bearer: [{ key: "token", value: "{{token}}" }] },
  item: [
    {
      name: "Rooms",
      item: [
        {
          name: "Lobby",
          request: {
            method: "GET",
            url: "wss://{{host}}/rooms/:id?since=5",
            header: [{ key: "X-A", value: "b: c" }],
          },
        },
      ],
    },
  ],
});
const environment = new VariableScope({
  name: "Dev",
  values: [{ key: "host", value: "localhost", type: "any" }],
});
const dated = { ...environment.toJSON(), _postman_variable_scope: "environment" };
console.log(JSON.stringify({ collection: collection.toJSON(), environment: dated }));
