// What both GraphQL servers offer.
const { GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString } = require("graphql");

const query = new GraphQLObjectType({
  name: "Query", fields: { hello: { type: GraphQLString, resolve: () => "wörld" } },
});
const subscription = new GraphQLObjectType({
  name: "Subscription",
  fields: {
    count: {
      type: GraphQLInt,
      args: { to: { type: GraphQLInt } },
      subscribe: async function* (_, { to }) {
        for (let count = 1; count <= to; count++) yield { count };
      },
    },
  },
});
exports.schema = new GraphQLSchema({ query, subscription });
