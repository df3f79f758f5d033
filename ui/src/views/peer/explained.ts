// What an event of a WebRTC connection says, field by field, and what each field is for.

import { count } from "../../base/format";

export interface Fact {
  name: string;
  text: string;
  /** What it is for, in a sentence; empty where the name says it. */
  means: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Facts of an event by its type; null for a type that explains itself. */
export function explained(record: Fields): Fact[] | null {
  const type = String(record["type"] ?? "");
  const explain = Object.hasOwn(EXPLAINS, type) ? EXPLAINS[type] : undefined;
  return explain?.(record) ?? null;
}

const fact = (name: string, text: string, means = ""): Fact => ({ name, text, means });

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));

/** An address with its port, one of IPv6 in brackets. */
export function withPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whose it is, as a sentence begins: "This end’s". */
export function sideWords(side: string): string {
  return side === "local" ? "This end’s" : "The other side’s";
}

const KINDS: Readonly<Record<string, string>> = {
  host: "An address of the machine itself",
  srflx: "The address that a STUN server saw: outside a NAT",
  prflx: "An address that a check came from and nobody had told",
  relay: "An address at a TURN server, which passes everything on",
};

const TCP_TYPES: Readonly<Record<string, string>> = {
  active: "It opens TCP connections and takes none",
  passive: "It takes TCP connections",
  so: "Both open at the same time",
};

/** The type preference of a priority (RFC 8445 section 5.1.2.1). */
function preference(priority: number): string {
  return `Of two pairs the one with the higher priority is preferred; the kind gives it ${count(Math.floor(priority / 2 ** 24))} of 126`;
}

function candidate(of: Fields): Fact[] {
  const kind = text(of["kind"]);
  const address = text(of["address"]);
  const related = of["related"] as { address: string; port: number } | null | undefined;
  const hidden = address.endsWith(".local") ? "A name that hides the address (mDNS)" : "";
  return [
    fact(
      "Side",
      text(of["side"]),
      `Found by ${of["side"] === "local" ? "this end" : "the other side"} and told to the other`,
    ),
    fact("Kind", kind, KINDS[kind] ?? ""),
    fact("Address", withPort(address, Number(of["port"] ?? 0)), hidden),
    fact("Protocol", text(of["protocol"]), TCP_TYPES[text(of["tcp_type"])] ?? ""),
    ...(related
      ? [
          fact(
            "Related",
            withPort(related.address, related.port),
            kind === "relay"
              ? "What the TURN server saw"
              : "The address on the machine that it stands for",
          ),
        ]
      : []),
    ...(of["url"] ? [fact("Learned from", text(of["url"]), "The server that was asked")] : []),
    fact("Priority", count(Number(of["priority"] ?? 0)), preference(Number(of["priority"] ?? 0))),
    fact(
      "Foundation",
      text(of["foundation"]),
      "Alike candidates have the same, and are checked in turn",
    ),
    fact("Media section", text(of["mid"]) || "none", "The section that it belongs to, by its mid"),
  ];
}

const PAIR_STATES: Readonly<Record<string, string>> = {
  frozen: "Waits for an alike pair",
  waiting: "Is to be checked",
  "in-progress": "A check is under way",
  failed: "No answer came to its checks",
  succeeded: "A check was answered: this way works",
};

/** Whether a pair leads through a TURN server. */
export function isRelayed(pair: { local: string; remote: string }): boolean {
  return /^relay\b/.test(pair.local) || /^relay\b/.test(pair.remote);
}

function pair(of: Fields): Fact[] {
  const [local, remote, state] = [text(of["local"]), text(of["remote"]), text(of["state"])];
  const relayed = isRelayed({ local, remote });
  return [
    fact("This end", local),
    fact("Other side", remote),
    fact("State", state, PAIR_STATES[state] ?? ""),
    fact(
      "Nominated",
      of["nominated"] === true ? "yes" : "no",
      "Whether the controlling side chose it",
    ),
    fact("Selected", of["selected"] === true ? "yes" : "no", "Whether data takes this way"),
    fact(
      "Way",
      relayed ? "relayed" : "direct",
      relayed ? "Through a TURN server" : "From end to end",
    ),
  ];
}

const MACHINES: Readonly<Record<string, string>> = {
  connection: "The whole: ICE and DTLS together",
  ice: "The search for a way that works",
  gathering: "The search for this end’s addresses",
  signaling: "The exchange of offer and answer",
  dtls: "The encryption",
  sctp: "What carries data channels",
};

/** What a machine is about, in words. */
export function machineMeans(machine: string): string {
  return Object.hasOwn(MACHINES, machine) ? (MACHINES[machine] ?? "") : "";
}

function move(of: Fields): Fact[] {
  const machine = text(of["machine"]);
  return [
    fact("Machine", machine, machineMeans(machine)),
    fact("From", text(of["from"])),
    fact("To", text(of["to"])),
  ];
}

/** How reliable a channel is, in words. */
export function reliability(of: {
  ordered: boolean;
  max_retransmits?: number | null;
  max_packet_life_time?: number | null;
}): string {
  const order = of.ordered ? "ordered" : "unordered";
  if (of.max_retransmits != null) {
    return `${order}, sent again ${count(of.max_retransmits)} times at most`;
  }
  if (of.max_packet_life_time != null) {
    return `${order}, sent again for ${count(of.max_packet_life_time)} ms at most`;
  }
  return `${order}, reliable`;
}

function opened(of: Fields): Fact[] {
  const limits = {
    ordered: of["ordered"] !== false,
    max_retransmits: of["max_retransmits"] as number | null,
    max_packet_life_time: of["max_packet_life_time"] as number | null,
  };
  return [
    fact("Channel", text(of["channel"]), "Its id: the number of its SCTP streams"),
    fact("Label", text(of["label"]) || "none"),
    fact("Subprotocol", text(of["protocol"]) || "none"),
    fact("Reliability", reliability(limits), "Reliable: sent again until it arrives"),
    fact(
      "Opened",
      of["negotiated"] === true
        ? "by agreement"
        : `by ${of["initiator"] === "local" ? "this end" : "the other side"}`,
      of["negotiated"] === true
        ? "Both sides opened it with this id"
        : "Announced on the channel itself (RFC 8832)",
    ),
  ];
}

function failed(of: Fields): Fact[] {
  return [
    fact("Server", text(of["url"])),
    fact(
      "Code",
      text(of["code"]),
      of["code"] === 701 ? "The server could not be reached" : "The server’s own",
    ),
    fact("It said", text(of["message"]) || "nothing"),
    ...(of["address"]
      ? [fact("Asked from", withPort(text(of["address"]), Number(of["port"] ?? 0)))]
      : []),
  ];
}

function track(of: Fields): Fact[] {
  return [
    fact("Kind", text(of["kind"])),
    fact("Direction", text(of["direction"])),
    fact("Media section", text(of["mid"]), "Its mid in the descriptions"),
    fact("Track", text(of["track"])),
    fact(
      "Streams",
      (of["streams"] as string[] | undefined)?.join(", ") || "none",
      "Tracks of one stream are played in step",
    ),
  ];
}

function statistics(of: Fields): Fact[] {
  const values = Object.entries(of).filter(([name]) => !OWN.has(name));
  const nested = of["values"];
  const own = typeof nested === "object" && nested !== null ? Object.entries(nested) : values;
  return [
    fact("Object", text(of["object"]), "Its type in W3C webrtc-stats"),
    fact("Id", text(of["id"])),
    ...own.map(([name, value]) =>
      fact(name, typeof value === "object" ? JSON.stringify(value) : text(value)),
    ),
  ];
}

const OWN = new Set(["type", "seq", "at_ns", "time", "connection", "object", "id"]);

const EXPLAINS: Readonly<Record<string, (record: Fields) => Fact[]>> = {
  "ice.candidate": candidate,
  "ice.pair": pair,
  "ice.error": failed,
  "peer.state": move,
  "data_channel.opened": opened,
  "media.track": track,
  stats: statistics,
};
