// A session description as its sections: each line as it stands, what it means where that is known,
// and for each section a line that sums it up (RFC 8866, RFC 8829).

export interface SdpLine {
  /** As it stands, without the line's end. */
  text: string;
  /** What it says, in words; empty where that is not known here. */
  means: string;
}

export interface SdpSection {
  /** "Session", or "Media section 0". */
  name: string;
  /** What it is about: "audio, sendrecv, opus first". */
  sum: string;
  lines: SdpLine[];
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  sendrecv: "Sent and received",
  sendonly: "Sent only",
  recvonly: "Received only",
  inactive: "Neither sent nor received",
};

const SETUP: Readonly<Record<string, string>> = {
  actpass: "Either side may begin DTLS; the answer decides",
  active: "This side begins DTLS, as its client",
  passive: "This side waits for DTLS, as its server",
};

/** What a table has under a name that came from the wire. */
function under<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The sections of a description: the session's own lines, then each media section. */
export function sectionsOf(sdp: string): SdpSection[] {
  const groups: string[][] = [[]];
  for (const line of sdp.split(/\r\n|\n|\r/)) {
    if (line === "") continue;
    if (line.startsWith("m=")) groups.push([]);
    groups.at(-1)?.push(line);
  }
  return groups
    .map((lines, at) => sectionOf(lines, at - 1))
    .filter((section) => section.lines.length > 0);
}

function sectionOf(lines: readonly string[], number: number): SdpSection {
  const codecs = codecsIn(lines);
  return {
    name: number < 0 ? "Session" : `Media section ${number}`,
    sum: number < 0 ? sumOfSession(lines) : sumOfMedia(lines, codecs),
    lines: lines.map((text) => ({ text, means: meaningOf(text, codecs) })),
  };
}

/** Payload type -> "VP8, 90000 Hz". */
function codecsIn(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const match = /^a=rtpmap:(\d+) ([^/\s]+)\/(\d+)/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], match[2] ?? "");
  }
  return found;
}

function valueOf(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((one) => one === `a=${name}` || one.startsWith(`a=${name}:`));
  return line?.slice(name.length + 3);
}

function sumOfSession(lines: readonly string[]): string {
  const bundle = valueOf(lines, "group")?.match(/^BUNDLE\s*(.*)$/)?.[1];
  if (bundle === undefined) return "";
  const mids = bundle.split(/\s+/).filter(Boolean);
  return mids.length > 1 ? `sections ${mids.join(", ")} share one transport` : "one transport";
}

function sumOfMedia(lines: readonly string[], codecs: ReadonlyMap<string, string>): string {
  const [kind = "", port = "", , ...formats] = (lines[0] ?? "").slice(2).split(" ");
  if (kind === "application") return port === "0" ? "data channels, rejected" : "data channels";
  const direction = lines
    .map((line) => line.slice(2))
    .find((name) => Object.hasOwn(DIRECTIONS, name));
  const first = formats.map((format) => codecs.get(format)).find(Boolean);
  const parts = [kind, direction ?? "sendrecv", first === undefined ? "" : `${first} first`];
  if (port === "0" && valueOf(lines, "bundle-only") === undefined) parts[1] = "rejected";
  return parts.filter(Boolean).join(", ");
}

/** What a line says, in words; empty where that is not known here. */
export function meaningOf(line: string, codecs: ReadonlyMap<string, string>): string {
  const type = line.slice(0, 2);
  const rest = line.slice(2);
  if (type === "a=") return attributeMeans(rest, codecs);
  return under(LINES, type)?.(rest) ?? "";
}

const LINES: Readonly<Record<string, (rest: string) => string>> = {
  "v=": () => "Version of the protocol",
  "o=": (rest) => {
    const [, id = "", version = ""] = rest.split(" ");
    return `Origin: session ${id}, version ${version}`;
  },
  "s=": () => "Name of the session; WebRTC gives none",
  "t=": (rest) => (rest === "0 0" ? "Not bound to a time" : "When the session takes place"),
  "c=": (rest) =>
    /\b(0\.0\.0\.0|::)$/.test(rest) ? "The address comes by candidates" : "Default address",
  "b=": (rest) => {
    const [kind = "", value = ""] = rest.split(":");
    const unit = kind === "TIAS" ? "bit/s" : "kbit/s";
    return `At most ${Number(value).toLocaleString("en-US")} ${unit}`;
  },
  "m=": (rest) => {
    const [kind = "", port = "", profile = ""] = rest.split(" ");
    const where = port === "0" ? "rejected or bundled" : port === "9" ? "address to come" : port;
    return `${kind === "application" ? "Data channels" : kind}, ${where}, over ${profile}`;
  },
};

type Explains = (value: string, codecs: ReadonlyMap<string, string>) => string;

const named = (codecs: ReadonlyMap<string, string>, type = "") => codecs.get(type) ?? type;

const ATTRIBUTES: Readonly<Record<string, Explains>> = {
  group: (value) =>
    value.startsWith("BUNDLE") ? "These sections share one transport (RFC 9143)" : "A group",
  mid: () => "Name of this section in groups and candidates",
  "ice-ufrag": () => "User name of the ICE checks (RFC 8839)",
  "ice-pwd": () => "Password of the ICE checks",
  "ice-options": (value) =>
    value.includes("trickle") ? "Candidates may follow later (RFC 8838)" : "Options of ICE",
  "ice-lite": () => "This side makes no checks of its own",
  fingerprint: () => "The certificate that DTLS has to show (RFC 8122)",
  setup: (value) => under(SETUP, value) ?? "",
  candidate: (value) => {
    const [, , protocol = "", , address = "", port = "", , kind = ""] = value.split(" ");
    return `A ${kind} candidate: ${protocol.toLowerCase()} ${address}:${port}`;
  },
  "end-of-candidates": () => "No more candidates follow",
  "rtcp-mux": () => "RTP and RTCP share a port (RFC 5761)",
  "rtcp-mux-only": () => "RTP and RTCP share a port, and cannot do otherwise",
  "rtcp-rsize": () => "Short RTCP packets are understood (RFC 5506)",
  rtcp: () => "Where RTCP would go without rtcp-mux",
  rtpmap: (value) => {
    const [type = "", codec = ""] = value.split(" ");
    const [name = "", clock = "", channels = ""] = codec.split("/");
    const wide = channels === "2" ? ", stereo" : "";
    return `Payload type ${type} is ${name} at ${Number(clock).toLocaleString("en-US")} Hz${wide}`;
  },
  fmtp: (value, codecs) => {
    const [type = "", rest = ""] = value.split(/ (.*)/s);
    const apt = /apt=(\d+)/.exec(rest)?.[1];
    if (apt !== undefined) return `Retransmits ${named(codecs, apt)} (RFC 4588)`;
    return `Parameters of ${named(codecs, type)}`;
  },
  "rtcp-fb": (value, codecs) => {
    const [type = "", ...rest] = value.split(" ");
    const what = under(FEEDBACK, rest.join(" ")) ?? "feedback";
    return `${type === "*" ? "All" : named(codecs, type)}: ${what}`;
  },
  extmap: (value) => {
    const [id = "", uri = ""] = value.split(" ");
    return `RTP header extension ${id}: ${under(EXTENSIONS, uri) ?? (uri.split(/[:/]/).at(-1) || uri)}`;
  },
  cryptex: () => "Header extensions can be encrypted (RFC 9335)",
  "extmap-allow-mixed": () => "Short and long header extensions in one stream (RFC 8285)",
  ssrc: (value) => `Source ${value.split(" ")[0] ?? ""} of RTP packets`,
  "ssrc-group": (value) =>
    value.startsWith("FID")
      ? "The second source retransmits the first"
      : "Sources that belong together",
  msid: () => "Stream and track that this becomes (RFC 8830)",
  "msid-semantic": () => "How streams are told",
  rid: () => "A layer of simulcast (RFC 8851)",
  simulcast: () => "Layers that are sent or taken (RFC 8853)",
  "sctp-port": () => "Port of SCTP within DTLS (RFC 8841)",
  "max-message-size": (value) =>
    value === "0"
      ? "Messages of any size are taken"
      : `Messages of at most ${Number(value).toLocaleString("en-US")} bytes are taken`,
  ptime: (value) => `${value} ms of sound in a packet`,
  minptime: (value) => `At least ${value} ms of sound in a packet`,
  "bundle-only": () => "Only together with the section that it is bundled with",
};

const FEEDBACK: Readonly<Record<string, string>> = {
  nack: "lost packets are asked for again",
  "nack pli": "a new picture is asked for after a loss",
  "ccm fir": "a whole picture can be demanded",
  "goog-remb": "the receiver estimates the bandwidth",
  "transport-cc": "each packet's arrival is told, for the sender's estimate",
  rrtr: "the receiver's clock is told",
};

const EXTENSIONS: Readonly<Record<string, string>> = {
  "urn:ietf:params:rtp-hdrext:sdes:mid": "which section a packet belongs to",
  "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id": "which simulcast layer it is of",
  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id": "which layer it retransmits",
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level": "how loud it is",
  "urn:ietf:params:rtp-hdrext:toffset": "when it was sent",
  "urn:3gpp:video-orientation": "how the camera is turned",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time": "when it was sent",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01":
    "a number for the bandwidth estimate",
};

function attributeMeans(rest: string, codecs: ReadonlyMap<string, string>): string {
  const [name = "", value = ""] = rest.split(/:(.*)/s);
  return under(DIRECTIONS, name) ?? under(ATTRIBUTES, name)?.(value, codecs) ?? "";
}
