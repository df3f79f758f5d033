// The few figures that stand above the charts: of the whole capture, from its analysis.

import {
  byteRateWith,
  bytesWith,
  count,
  counted,
  decimal,
  durationWith,
  rateWith,
} from "../../base/format";

type Figures = Readonly<Record<string, unknown>>;

export interface Readout {
  name: string;
  value: string;
  note: string;
}

const record = (value: unknown): Figures =>
  typeof value === "object" && value !== null ? (value as Figures) : {};
const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
const ms = (value: unknown) => durationWith(number(value) * 1e6);

/** Those that can be told. */
export function readouts(metrics: Figures, bytesAre = "on the wire"): Readout[] {
  const overall = record(metrics["overall"]);
  const connections = Object.values(record(metrics["connections"])).map(record);
  const found: Readout[] = [];
  const answers = record(record(overall["latencies_ms"])["sent"]);
  if (number(answers["count"]) > 0) {
    const unanswered = connections.reduce(
      (sum, one) => sum + (number(record(record(one["requests"])["sent"])["unanswered"]) || 0),
      0,
    );
    found.push(
      {
        name: "Answers, median",
        value: ms(answers["p50"]),
        note: `${counted(number(answers["count"]), "answer")}, ${count(unanswered)} waiting`,
      },
      { name: "p95", value: ms(answers["p95"]), note: `p99 ${ms(answers["p99"])}` },
    );
  }
  const silence = Math.max(0, ...connections.map((one) => number(one["longest_silence_ms"]) || 0));
  if (silence > 0)
    found.push({ name: "Longest silence", value: ms(silence), note: "neither side sent anything" });
  const rates = { received: ["Received", "messages"], sent: ["Sent", "messages"] } as const;
  for (const [way, [name]] of Object.entries(rates)) {
    const flow = record(overall[way]);
    const messages = number(flow["messages"]);
    if (!(messages > 0)) continue;
    const means = connections.map((one) => record(record(one[way])["per_second"]));
    const [only] = means;
    const mean = means.length === 1 ? number(only?.["messages"]) : Number.NaN;
    const note = `${bytesWith(number(flow["wire_bytes"]))} ${bytesAre}`;
    found.push(
      Number.isNaN(mean)
        ? { name, value: count(messages), note }
        : {
            name,
            value: rateWith(mean),
            note: `${byteRateWith(number(only?.["bytes"]))} of data, ${counted(messages, "message")}`,
          },
    );
  }
  const trips = record(overall["ping_round_trips_ms"]);
  if (number(trips["count"]) > 0 && found.length < 5) {
    found.push({
      name: "Ping round trip, median",
      value: ms(trips["p50"]),
      note: `${counted(number(trips["count"]), "pong")}, p99 ${ms(trips["p99"])}`,
    });
  }
  const [flow] = connections.map((one) => record(record(one["received"])["compression"]));
  const ratio = number(flow?.["ratio"]);
  if (connections.length === 1 && ratio > 0 && found.length < 6) {
    found.push({
      name: "Received, deflated",
      value: `${decimal(ratio, 1)} : 1`,
      note: `${bytesWith(number(flow?.["bytes"]))} in ${bytesWith(number(flow?.["wire_bytes"]))}`,
    });
  }
  return found.slice(0, 6);
}
