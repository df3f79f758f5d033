// Written by `just docs` from the records of Python; do not edit.


/**
 * Page: the batch with this number has been shown.
 */
export interface Ack {
  type: "ack";
  number: number;
}

/**
 * What a capture means, so far.
 *
 * Attributes:
 *     revision: rises whenever something changed.
 *     complete: whether everything that was captured has been looked through.
 *     verdict: what happened, in a sentence.
 *     advice: what to do; may be empty.
 *     findings: the worst first.
 *     proven: what was wrong when this endpoint was connected to before, and no longer is.
 *     unproven: what was wrong then and has not come up, in a capture too short to tell.
 *     metrics: those of WebSocket connections, as `wirescope analyze --format json` gives them; of
 *         a capture without one they have no connection.
 *     rules: how many rules were applied.
 */
export interface Analysis {
  revision: number;
  complete: boolean;
  verdict: string;
  advice: string;
  findings: FindingState[];
  proven: Proven[];
  unproven: Unproven[];
  metrics: Record<string, unknown>;
  rules: number;
}

/**
 * Server: what happened since the batch before.
 *
 * Attributes:
 *     number: 1, 2, 3 …; the page acknowledges it.
 *     sessions: those that changed; all of them in the first batch.
 *     forgotten: ids of sessions that are gone.
 *     captures: those that changed.
 *     deleted: ids of captures that are gone.
 *     views: of each watch that changed.
 *     rates: of captures that are being recorded.
 *     analyses: capture -> revision of its analysis, where it rose.
 *     workspace: revision of the workspace; the page reads it anew when it rises.
 */
export interface Batch {
  type: "batch";
  number: number;
  sessions: SessionState[];
  forgotten: string[];
  captures: CaptureState[];
  deleted: string[];
  views: ViewUpdate[];
  rates: Rates[];
  analyses: Record<string, number>;
  workspace: number;
}

/**
 * An endpoint that this machine offers for trying things out.
 */
export interface BuiltIn {
  name: string;
  path: string;
  url: string;
  summary: string;
}

/**
 * A capture's figures as they are now.
 *
 * Attributes:
 *     id: the capture's id.
 *     name: its name for people.
 *     file: the file's name.
 *     started: RFC 3339.
 *     recording: whether it is being written.
 *     last_seq: the last event.
 *     committed_seq: the last event that is saved.
 *     lost: events that could not be kept.
 *     bytes: the size of its files, recordings included.
 *     sent: messages.
 *     received: messages.
 *     sent_bytes: on the wire; of data channels the payload alone.
 *     received_bytes: likewise.
 *     findings: how many of each severity.
 *     verdict: how it ended, in a sentence; empty while another program records it.
 *     has_notes: whether a note or bookmark belongs to it.
 *     recordings: files of media that were recorded beside it; `recording` gives one.
 */
export interface CaptureState {
  id: string;
  name: string;
  file: string;
  started: string;
  recording: boolean;
  last_seq: number;
  committed_seq: number;
  lost: number;
  bytes: number;
  sent: number;
  received: number;
  sent_bytes: number;
  received_bytes: number;
  findings: Record<string, number>;
  verdict: string;
  has_notes: boolean;
  recordings: RecordedFile[];
}

/**
 * What a certificate says about itself (RFC 5280 section 4.1).
 *
 * Attributes:
 *     subject: whom it is about: common name, else organization, else unit.
 *     issuer: who signed it, the same way.
 *     names: the DNS names and addresses that it is for.
 *     not_before: when it begins to hold, UTC.
 *     not_after: when it ceases to, UTC.
 *     serial: the number that its issuer gave it, in hex.
 *     sha256: its fingerprint: the SHA-256 of its DER form, in hex.
 *     key: kind and size of its public key, as `RSA 2048` or `ECDSA P-256`; empty for a kind that
 *         is not known.
 */
export interface Certificate {
  subject: string;
  issuer: string;
  names: string[];
  not_before: string;
  not_after: string;
  serial: string;
  sha256: string;
  key: string;
}

/**
 * A data channel that is opened from this side (RFC 8831 section 6.4).
 *
 * Attributes:
 *     label: its name.
 *     protocol: the subprotocol that is spoken on it; empty for none.
 *     ordered: whether messages arrive in the order in which they were sent.
 *     max_retransmits: how often a message is sent again at most; null for ever.
 *     max_packet_life_time_ms: for how many milliseconds a message is sent again at most; null for
 *         ever. A channel has one of the two limits at most.
 *     id: of a channel that both sides open with this number by agreement; null announces it.
 */
export interface Channel {
  label?: string;
  protocol?: string;
  ordered?: boolean;
  max_retransmits?: number | null;
  max_packet_life_time_ms?: number | null;
  id?: number | null;
}

/**
 * What the charts show of a part of a capture.
 *
 * Attributes:
 *     overview: counts and bytes over time.
 *     latency: answers, pongs among them; where there are too many, the slowest of each bin, and
 *         the slowest pong.
 *     latency_total: how many there are in all, pongs among them.
 *     latency_pongs: how many of those are pongs.
 *     sizes: bit length of a message's length -> how many, sent and received.
 *     gaps: bit length of the microseconds between two messages -> how many, sent and received.
 *     sizes_share: the share of the part's events that sizes and compression were taken of.
 *     gaps_share: the share of the part's events that the gaps were taken of; 1 is all of them.
 *     compression: decoded and wire bytes of compressed messages, sent and received.
 */
export interface Charts {
  overview: Overview;
  latency: LatencyPoint[];
  latency_total: number;
  latency_pongs: number;
  sizes: Record<string, Record<string, number>>;
  sizes_share: number;
  gaps: Record<string, Record<string, number>>;
  gaps_share: number;
  compression: Record<string, [number, number]>;
}

/**
 * Whether an expression can be read.
 */
export interface CheckFilter {
  filter: string;
}

/**
 * Close a data channel, by its key.
 */
export interface CloseChannel {
  key: string;
}

/**
 * End a connection: with a Close frame, or at once with none; of WebRTC both say the same.
 */
export interface CloseSession {
  code?: number | null;
  reason?: string;
  drop?: boolean;
}

/**
 * Two messages, perhaps of two captures, as texts that a person can compare.
 */
export interface CompareEvents {
  one_seq: number;
  other_capture: string;
  other_seq: number;
  decoder?: string;
}

/**
 * Two captures side by side: figures by name, before and after; findings gone, new and kept.
 */
export interface ComparedCaptures {
  figures: [string, string, string][];
  gone: string[];
  new: string[];
  kept: string[];
}

/**
 * Two texts, line by line: `same`, `removed` or `added`, and the line.
 *
 * Attributes:
 *     one: what the first text is, in words.
 *     other: what the second one is.
 *     lines: of both.
 */
export interface Comparison {
  one: string;
  other: string;
  lines: (["added" | "removed" | "same", string])[];
}

/**
 * Events as a text for the clipboard.
 */
export interface CopyEvents {
  seqs: number[];
  form: "curl" | "hex" | "json" | "python" | "text" | "wscat";
}

/**
 * A payload as a decoder reads it.
 *
 * Attributes:
 *     decoder: the name of the decoder that was used.
 *     summary: the payload in a line, such as `subscribe quotes`.
 *     tree: JSON; bytes are `{"base64": …}`.
 *     problem: why another decoder could not read it; empty when nothing went wrong.
 *     available: names of the decoders that can be chosen.
 */
export interface Decoding {
  decoder: string;
  summary: string;
  tree: unknown;
  problem: string;
  available: string[];
}

/**
 * Take a file or folder away; an undo brings it back.
 */
export interface DeleteItem {
  kind: "endpoint" | "environment" | "message";
  path: string;
}

/**
 * All about one event.
 *
 * Attributes:
 *     row: the event as a row.
 *     record: the event as in NDJSON.
 *     frames: those of a message, or the frame itself.
 *     decoding: of messages and data frames; None of anything else.
 *     payload_length: bytes that `payload` gives in all.
 *     answered_by: number of the message that answers this one; 0 for none.
 *     answered_latency_ns: how long that took; -1 for none.
 *     note: what the user wrote about it.
 *     bookmarked: whether the user marked it.
 */
export interface Detail {
  row: Row;
  record: Record<string, unknown>;
  frames: FrameDetail[];
  decoding: Decoding | null;
  payload_length: number;
  answered_by: number;
  answered_latency_ns: number;
  note: string;
  bookmarked: boolean;
}

/**
 * It is done; what was, in words, where there is something to say.
 */
export interface Done {
  said?: string;
}

/**
 * The page of a finding, as Markdown.
 */
export interface ExplainedRule {
  code: string;
  title: string;
  severity: string;
  markdown: string;
}

/**
 * Write endpoints for another tool, with their messages and the environments.
 *
 * Attributes:
 *     format: the other tool's.
 *     paths: of saved endpoints; with neither these nor drafts it is all of them.
 *     drafts: endpoints as they stand in the page, by name.
 */
export interface ExportItems {
  format: string;
  paths?: string[];
  drafts?: Record<string, Record<string, unknown>>;
}

/**
 * A parameter of an extension, and what it means.
 */
export interface ExtensionParameter {
  text: string;
  meaning: string;
}

/**
 * Why a request was not done, with any status of 400 and above.
 */
export interface Failure {
  error: string;
  hint?: string;
  field?: string;
  current?: Item | null;
}

/**
 * What is wrong with an expression, and where; empty and -1 when nothing is.
 */
export interface FilterCheck {
  problem: string;
  at: number;
}

/**
 * Where an event is in a view, or the next row that a filter lets through.
 *
 * Attributes:
 *     view: the view.
 *     seq: the event's number, or where the search begins.
 *     matching: an expression; empty finds the event itself.
 *     backward: search towards the beginning.
 *     at_ns: find what happened at this time instead, or last before it; -1 goes by `seq`.
 */
export interface FindRow {
  view: View;
  seq?: number;
  matching?: string;
  backward?: boolean;
  at_ns?: number;
}

/**
 * A finding, and what can be done about it here.
 *
 * Attributes:
 *     seq: its number in the capture; 0 for one that is not kept in it.
 *     connection: whose it is.
 *     code: of the rule, as `WS501`.
 *     severity: how bad it is.
 *     title: the fact.
 *     cause: what is to blame, with the numbers.
 *     fix: what to do.
 *     evidence: numbers of the events that show it.
 *     before_bytes: what the messages took; -1 where no gain was computed.
 *     after_bytes: what they would have taken; -1 likewise.
 *     method: how the gain was computed.
 *     change: fields of the endpoint that put the fix into effect, to be merged into those that
 *         it has (RFC 7396); None where none does.
 *     button: what the button for that says; empty without one.
 */
export interface FindingState {
  seq: number;
  connection: string;
  code: string;
  severity: "error" | "info" | "warning";
  title: string;
  cause: string;
  fix: string;
  evidence: number[];
  before_bytes: number;
  after_bytes: number;
  method: string;
  change: Record<string, unknown> | null;
  button: string;
}

/**
 * One frame of a message, with its header bytes.
 *
 * Attributes:
 *     row: the frame as a row.
 *     header: the header's bytes in hex.
 *     masking_key: in hex, empty when the frame is not masked.
 *     offset: where it began in the direction's bytes.
 *     violations: what is wrong with it: clause and sentence.
 */
export interface FrameDetail {
  row: Row;
  header: string;
  masking_key: string;
  offset: number;
  violations: [string, string][];
}

/**
 * Read what another tool wrote; nothing is saved while `apply` is false.
 *
 * Attributes:
 *     name: what the file is called.
 *     text: what it holds.
 *     folder: of endpoints and messages, where they go; without it, beside the others.
 *     apply: save it.
 */
export interface ImportText {
  name: string;
  text: string;
  folder?: string;
  apply?: boolean;
}

/**
 * What was read.
 *
 * Attributes:
 *     format: whose file it is.
 *     items: what stands in it, by the paths that it has in the workspace; secrets have become
 *         variables.
 *     made: files of the workspace that are made or added to by it.
 *     secrets: values by the names of the variables that they became; the items hold none of
 *         them, and with `apply` they go into `.env`.
 *     notes: what was not understood, and where it stands.
 */
export interface Imported {
  format: string;
  items: Item[];
  made: string[];
  secrets: Record<string, string>;
  notes: string[];
}

/**
 * A capture that was taken in, and what could not be.
 */
export interface ImportedCapture {
  capture: CaptureState;
  notes: string[];
}

/**
 * A file of the workspace, read.
 *
 * Attributes:
 *     kind: what it is.
 *     path: its place below `endpoints/`, `messages/` or `environments/`, without the suffix.
 *     value: what it says, defaults filled in; None where the file is broken.
 *     digest: of the file as it was read; given back when it is saved.
 */
export interface Item {
  kind: "endpoint" | "environment" | "message";
  path: string;
  value: Record<string, unknown> | null;
  digest: string;
}

/**
 * One try to come together.
 *
 * Attributes:
 *     connection: `c1`, `c2` …
 *     attempt: 1 for the first one, one more for each restart of ICE.
 *     state: `climbing`, `stands` once data can pass, `failed`, or `ended` where it stood before.
 *     began_ns: when it began; None where the capture begins later.
 *     took_ns: from there until it stood; None where it does not, or that is not known.
 *     rungs: all of them, in order.
 *     failing: the rung on which it stuck; None for none.
 *     happened: what happened there, in a sentence or two; empty for none.
 *     advice: what to do.
 */
export interface Ladder {
  connection: string;
  attempt: number;
  state: "climbing" | "ended" | "failed" | "stands";
  began_ns: number | null;
  took_ns: number | null;
  rungs: Rung[];
  failing: "answer" | "channel" | "dtls" | "first-answer" | "first-check" | "gathering" | "media" | "nominated" | "offer" | "sctp" | "signaling" | "source" | null;
  happened: string;
  advice: string;
}

/**
 * An answer: when it came, which event it is, how long it took, whether it is a pong.
 */
export interface LatencyPoint {
  at_ns: number;
  seq: number;
  latency_ns: number;
  is_pong: boolean;
}

/**
 * Make a folder for endpoints or messages.
 */
export interface MakeFolder {
  kind: "endpoint" | "environment" | "message";
  path: string;
}

/**
 * A point on the overview: a finding, a note, an end of a connection.
 */
export interface Mark {
  at_ns: number;
  seq: number;
  kind: "closed" | "error" | "failed" | "gap" | "info" | "note" | "warning";
  label: string;
}

/**
 * Give a file or folder another place; `copy` keeps the one there is.
 */
export interface MoveItem {
  kind: "endpoint" | "environment" | "message";
  path: string;
  to: string;
  copy?: boolean;
}

/**
 * What the user wrote beside an event, or about the whole capture.
 *
 * Attributes:
 *     seq: the event's number; 0 for the whole capture, which has no bookmark.
 *     text: what was written.
 *     bookmarked: whether the event is to be found again.
 */
export interface Note {
  seq: number;
  text: string;
  bookmarked: boolean;
}

/**
 * Open a data channel; the fields are those of an endpoint's `webrtc.channels`.
 */
export interface OpenChannel {
  channel: Channel;
}

/**
 * Connect.
 *
 * Attributes:
 *     endpoint: an Endpoint's fields; those that are missing have their defaults.
 *     path: of the saved endpoint it is; empty for none.
 *     environment: whose variables are resolved; empty for none.
 *     name: for people; empty for the host.
 */
export interface OpenSession {
  endpoint: Record<string, unknown>;
  path?: string;
  environment?: string;
  name?: string;
}

/**
 * One attempt to open a connection.
 *
 * Attributes:
 *     connection: `c1`, `c2` …
 *     transport: of WebRTC there is a failure alone; the rest is `PeerView`.
 *     url: where to.
 *     steps: what was done, in order; of WebRTC none, which has `PeerView.ladders`.
 *     request: the request's head, each byte as the character of that number.
 *     response: the response's head, likewise.
 *     status: of the response; 0 for none.
 *     subprotocol: the one that was agreed on.
 *     extensions: the parameters that were agreed on, in words.
 *     reached: whom it leads to; None where TCP did not come about, or nobody wrote it down.
 *     tls: how it is secured; None without TLS, where that failed, or where nobody wrote it down.
 *     failure: why it failed: the sentence, the hint and the body; empty when it did not.
 *     seq: number of the event that says most.
 */
export interface Opening {
  connection: string;
  transport: "webrtc" | "websocket";
  url: string;
  steps: Step[];
  request: string;
  response: string;
  status: number;
  subprotocol: string;
  extensions: ExtensionParameter[];
  reached: Reached | null;
  tls: Secured | null;
  failure: Record<string, string>;
  seq: number;
}

/**
 * Something to send, as it was typed.
 *
 * Attributes:
 *     form: how `body` spells it: text and JSON go out as text, hex, base64 and file as binary.
 *     body: what was typed, variables and all; for a file its path.
 *     opcode: a frame of this opcode instead of a message; with it the header bits below count.
 *     fin: the frame's FIN bit.
 *     rsv: its three reserved bits, 0 to 7.
 *     masked: whether it is masked.
 *     code: the close code of a Close frame; None sends none.
 *     reason: the close reason.
 *     binary: send text as a binary message, or bytes as text; None decides by `form`.
 *     fragments: cut the message into this many frames.
 *     channel: key of the data channel that it goes through; empty takes the first that is open.
 *         Through one goes a whole message, never a frame.
 */
export interface Outgoing {
  form?: "base64" | "file" | "hex" | "json" | "text";
  body?: string;
  opcode?: number | null;
  fin?: boolean;
  rsv?: number;
  masked?: boolean;
  code?: number | null;
  reason?: string;
  binary?: boolean | null;
  fragments?: number;
  channel?: string;
}

/**
 * A whole capture, or a part of it, in bins of equal time.
 *
 * Attributes:
 *     from_ns: where the first bin begins.
 *     to_ns: where the last one ends.
 *     sent_bytes: on the wire, a bin each; of data channels the payload alone, since what SCTP and
 *         DTLS add is not known. Likewise the other lists.
 *     received_bytes: likewise.
 *     sent: messages.
 *     received: messages.
 *     control: control frames of both directions.
 *     hits: rows of the view that the filter lets through; empty without a filter.
 *     marks: findings, notes, ends.
 */
export interface Overview {
  from_ns: number;
  to_ns: number;
  sent_bytes: number[];
  received_bytes: number[];
  sent: number[];
  received: number[];
  control: number[];
  hits: number[];
  marks: Mark[];
}

/**
 * Take the code that the other side of a WebRTC connection has handed over.
 */
export interface PasteCode {
  code: string;
}

/**
 * A transport address that one side told the other.
 *
 * Attributes:
 *     seq: number of the event.
 *     at_ns: when it was found, or came.
 *     side: whose it is.
 *     kind: how it was found.
 *     address: with its port, an IPv6 address in brackets; a name that ends in `.local` hides it.
 *     protocol: `udp` or `tcp`.
 *     tcp_type: of TCP who connects; empty for UDP.
 *     priority: the higher, the earlier it is tried.
 *     foundation: candidates that share it are found to work or fail together.
 *     mid: the media section that it belongs to.
 *     related: the base of a reflexive one, the mapped address of a relayed one; empty for none.
 *     url: the server that a local one was learned from; empty for none.
 */
export interface PeerCandidate {
  seq: number;
  at_ns: number;
  side: "local" | "remote";
  kind: "host" | "prflx" | "relay" | "srflx";
  address: string;
  protocol: string;
  tcp_type: string;
  priority: number;
  foundation: string;
  mid: string;
  related: string;
  url: string;
}

/**
 * A data channel that was open.
 *
 * Attributes:
 *     opened_seq: number of the event that says so.
 *     closed_seq: number of the event of its end; 0 while it has none.
 *     at_ns: when it opened.
 *     id: the number of its SCTP streams.
 *     label: its name.
 *     protocol: its subprotocol; empty for none.
 *     ordered: whether messages keep their order.
 *     max_retransmits: how often a message is sent again at most; null for ever.
 *     max_packet_life_time: for how many milliseconds at most; null for ever.
 *     negotiated: whether both sides agreed on it by other means.
 *     initiator: who announced it.
 */
export interface PeerChannel {
  opened_seq: number;
  closed_seq: number;
  at_ns: number;
  id: number;
  label: string;
  protocol: string;
  ordered: boolean;
  max_retransmits: number | null;
  max_packet_life_time: number | null;
  negotiated: boolean;
  initiator: "local" | "remote";
}

/**
 * A session description that was set.
 *
 * Attributes:
 *     seq: number of the event.
 *     at_ns: when it was set.
 *     side: whose it is.
 *     kind: what it is for.
 *     sdp: its text as it was exchanged; empty for a `rollback`.
 */
export interface PeerDescription {
  seq: number;
  at_ns: number;
  side: "local" | "remote";
  kind: "answer" | "offer" | "pranswer" | "rollback";
  sdp: string;
}

/**
 * A request of HTTP that carried signaling, and its answer.
 *
 * Attributes:
 *     seq: number of the event.
 *     at_ns: when the answer was there.
 *     method: as `POST`.
 *     url: where to.
 *     status: of the answer; 0 when nothing came back.
 *     request: the fields of the request's head, a line each.
 *     request_body: what it carried.
 *     response: the fields of the answer's head, likewise.
 *     response_body: what it carried.
 *     duration_ns: from the request to the whole answer.
 */
export interface PeerExchange {
  seq: number;
  at_ns: number;
  method: string;
  url: string;
  status: number;
  request: string;
  request_body: string;
  response: string;
  response_body: string;
  duration_ns: number;
}

/**
 * A STUN or TURN server that gave no address: its code is 701 when it was not reached.
 */
export interface PeerIceError {
  seq: number;
  at_ns: number;
  url: string;
  code: number;
  message: string;
}

/**
 * A machine of the connection that went from one state to another.
 */
export interface PeerMove {
  seq: number;
  at_ns: number;
  machine: "connection" | "dtls" | "gathering" | "ice" | "sctp" | "signaling";
  before: string;
  after: string;
}

/**
 * A pair of candidates, as it was said last.
 *
 * Attributes:
 *     seq: number of the event that said so.
 *     first_seq: number of the first event that named it.
 *     at_ns: when it was said.
 *     local: the local candidate in words, `host udp 192.0.2.1:50000`.
 *     remote: the remote one.
 *     state: how far its checks have come.
 *     nominated: whether the controlling side chose it.
 *     selected: whether data takes this way.
 */
export interface PeerPair {
  seq: number;
  first_seq: number;
  at_ns: number;
  local: string;
  remote: string;
  state: "failed" | "frozen" | "in-progress" | "succeeded" | "waiting";
  nominated: boolean;
  selected: boolean;
}

/**
 * A track of audio or video that is sent or received; `mid` names its media section.
 */
export interface PeerTrack {
  seq: number;
  at_ns: number;
  direction: "received" | "sent";
  kind: "audio" | "video";
  mid: string;
  track: string;
  streams: string[];
}

/**
 * A WebRTC connection, as far as it was recorded; each list in the order of its events.
 *
 * Attributes:
 *     connection: `c1`, `c2` …
 *     url: where it leads, as it was asked for.
 *     ladders: how it came together, or where it stuck; one for each restart of ICE as well.
 *     states: where each machine is; one that has not moved is not among them.
 *     descriptions: of both sides.
 *     exchanges: requests of HTTP that carried them.
 *     candidates: of both sides.
 *     pairs: those that were told of.
 *     moves: of all machines.
 *     ice_errors: servers that gave no address.
 *     channels: those that were open.
 *     tracks: audio and video.
 *     dtls_version: of DTLS as OpenSSL writes it, `DTLS 1.3`; empty while it is not known.
 *     dtls_cipher: the cipher suite, likewise.
 *     srtp_cipher: the protection profile of media, likewise.
 *     left_out: entries of the lists that were too many; the newest are there.
 *     last_seq: the last event of the capture that was looked at.
 */
export interface PeerView {
  connection: string;
  url: string;
  ladders: Ladder[];
  states: Record<string, string>;
  descriptions: PeerDescription[];
  exchanges: PeerExchange[];
  candidates: PeerCandidate[];
  pairs: PeerPair[];
  moves: PeerMove[];
  ice_errors: PeerIceError[];
  channels: PeerChannel[];
  tracks: PeerTrack[];
  dtls_version: string;
  dtls_cipher: string;
  srtp_cipher: string;
  left_out: number;
  last_seq: number;
}

/**
 * Where an event is in a view: the index of its row, or of the nearest row before it.
 */
export interface Place {
  index: number;
  exact: boolean;
}

/**
 * What would go out: sizes, and what is wrong with it.
 *
 * Attributes:
 *     length: bytes of payload.
 *     wire_length: bytes on the wire, without compression; -1 through a data channel, where that
 *         is not known before.
 *     text: the payload with its variables resolved, secrets hidden and not counted.
 *     problem: why it cannot be sent; empty if it can.
 *     warning: what is wrong with it though it can be sent, as JSON that is none.
 *     unresolved: variables without a value.
 */
export interface Preview {
  length: number;
  wire_length: number;
  text: string;
  problem: string;
  warning: string;
  unresolved: string[];
}

/**
 * Say what would go out, as a message of this transport; nothing does.
 */
export interface PreviewMessage {
  outgoing: Outgoing;
  environment?: string;
  transport?: "webrtc" | "websocket";
}

/**
 * A finding of the endpoint's capture before that is gone in this one.
 *
 * Attributes:
 *     code: of the rule.
 *     title: the fact, as it was.
 *     before: the figure then, with its unit and the capture's time.
 *     after: the same figure now.
 *     promised: what the finding had promised; empty where it promised nothing.
 */
export interface Proven {
  code: string;
  title: string;
  before: string;
  after: string;
  promised: string;
}

/**
 * Messages and bytes a second of a capture over the last second, as `CaptureState` has them.
 */
export interface Rates {
  capture: string;
  sent: number;
  received: number;
  sent_bytes: number;
  received_bytes: number;
}

/**
 * Between which addresses the TCP connection of an attempt runs.
 *
 * Attributes:
 *     address: of the server, or of the proxy; of the client where this is a server's capture.
 *     port: likewise.
 *     local_address: of this end.
 *     local_port: likewise.
 *     proxy: the proxy's URL, without credentials; empty without one.
 *     seq: number of the event that says so.
 */
export interface Reached {
  address: string;
  port: number;
  local_address: string;
  local_port: number;
  proxy: string;
  seq: number;
}

/**
 * All about an event; `decoder` chooses one by hand.
 */
export interface ReadDetail {
  seq: number;
  decoder?: string;
}

/**
 * A capture in bins; `to_ns` 0 is its end; `search` marks hits.
 */
export interface ReadOverview {
  view: View;
  bins?: number;
  from_ns?: number;
  to_ns?: number;
  search?: string;
}

/**
 * Rows of a view, from an index on, 1000 at most.
 */
export interface ReadRows {
  view: View;
  start?: number;
  count?: number;
}

/**
 * The main statistics of a WebRTC connection over time.
 *
 * Attributes:
 *     capture: the capture's id.
 *     connection: `c1`, `c2` …
 *     from_ns: where the part begins that is wanted; a negative one is counted back from the last
 *         sample.
 *     to_ns: where it ends; 0 is the end of the capture.
 *     points: how many values a series has at most, 2000 at most.
 */
export interface ReadStatistics {
  capture: string;
  connection: string;
  from_ns?: number;
  to_ns?: number;
  points?: number;
}

/**
 * A file of media that was recorded beside a capture.
 *
 * Attributes:
 *     name: the file's name.
 *     media_type: what it is.
 *     bytes: its size.
 */
export interface RecordedFile {
  name: string;
  media_type: string;
  bytes: number;
}

/**
 * Give a capture another name for people; its time stays.
 */
export interface RenameCapture {
  to: string;
}

/**
 * A message that is sent again and again.
 */
export interface Repeat {
  id: string;
  summary: string;
  interval_s: number;
  sent: number;
}

/**
 * What retention would delete now.
 *
 * Attributes:
 *     captures: id and reason of each.
 *     freed: bytes of these, and of what would go from the trash.
 *     total: bytes of all captures and of the trash.
 *     left_over: bytes above the limit that stay, since nothing more may be deleted.
 *     trash: bytes of the trash alone.
 *     emptied: how many things would go from the trash.
 */
export interface Retention {
  captures: [string, string][];
  freed: number;
  total: number;
  left_over: number;
  trash: number;
  emptied: number;
}

/**
 * One line of a timeline.
 *
 * Attributes:
 *     seq: the number of the event that it stands for, of a fold that of the first.
 *     last_seq: of a fold the number of the last event in it, otherwise `seq`.
 *     at_ns: when it happened.
 *     gap_ns: time since the row before; -1 in the first row.
 *     layer: what it is.
 *     kind: `text` or `binary` of a message, the opcode's name of a frame, the event's type of
 *         anything else; of a fold `heartbeat`, `alike` or `statistics`.
 *     direction: of messages, frames, violations, tracks, and of descriptions and candidates,
 *         which one side tells the other; empty of anything else.
 *     connection: `c1`, `c2` …
 *     flags: `Flags`.
 *     length: bytes of payload, decoded of a message.
 *     wire_length: bytes on the wire, headers included; 0 of a data channel's message, where what
 *         SCTP and DTLS add is not known.
 *     count: frames of a message that came in frames; events of a fold; 0 of anything else.
 *     text: the beginning of the payload, or the event in a sentence; 240 characters at most.
 *     is_hex: whether `text` spells bytes in hex.
 *     answers: number of the message that this one answers; 0 when it answers none.
 *     latency_ns: how long that took; -1 when it answers none.
 *     channel: the number of the data channel that it is about; -1 of anything else.
 */
export interface Row {
  seq: number;
  last_seq: number;
  at_ns: number;
  gap_ns: number;
  layer: "event" | "fold" | "frame" | "message";
  kind: string;
  direction: "received" | "sent" | "";
  connection: string;
  flags: number;
  length: number;
  wire_length: number;
  count: number;
  text: string;
  is_hex: boolean;
  answers: number;
  latency_ns: number;
  channel: number;
}

/**
 * A rung of the ladder.
 *
 * Attributes:
 *     name: which one.
 *     title: what it is called.
 *     state: `waiting` for those before it, `running`, `done`, `failed`, or `not-needed`.
 *     began_ns: when it began; None where that is not known.
 *     took_ns: how long it took, or until it failed; None where that is not known.
 *     at_most: whether it took no longer than that, since a sample showed it after it was done.
 *     evidence: numbers of the events that show it.
 *     words: what happened, in a sentence.
 */
export interface Rung {
  name: "answer" | "channel" | "dtls" | "first-answer" | "first-check" | "gathering" | "media" | "nominated" | "offer" | "sctp" | "signaling" | "source";
  title: string;
  state: "done" | "failed" | "not-needed" | "running" | "waiting";
  began_ns: number | null;
  took_ns: number | null;
  at_most: boolean;
  evidence: number[];
  words: string;
}

/**
 * Write a file of the workspace; `digest` is that of the file as it was read, empty if new.
 */
export interface SaveItem {
  kind: "endpoint" | "environment" | "message";
  path: string;
  value: Record<string, unknown>;
  digest?: string;
}

/**
 * Keep a secret, in the system's keyring or in the ignored `.env`.
 */
export interface SaveSecret {
  name: string;
  value: string;
  where?: ".env" | "keyring";
}

/**
 * What TLS agreed on, and what the peer showed.
 *
 * Attributes:
 *     version: as OpenSSL names it, `TLSv1.3`.
 *     cipher: the cipher suite, likewise.
 *     alpn: the protocol that was chosen; empty for none.
 *     server_name: the name that was asked for; empty in a server's capture.
 *     verified: whether the peer's certificate was checked and accepted.
 *     certificates: as the peer sent them, its own first.
 *     refused: whether TLS failed over the certificate, so that this is from a second look.
 *     seq: number of the event that says so.
 */
export interface Secured {
  version: string;
  cipher: string;
  alpn: string;
  server_name: string;
  verified: boolean;
  certificates: Certificate[];
  refused: boolean;
  seq: number;
}

/**
 * Send something, once or every `repeat_s` seconds.
 */
export interface SendMessage {
  outgoing: Outgoing;
  environment?: string;
  repeat_s?: number;
}

/**
 * It went out; the id to stop it by where it goes out again and again.
 */
export interface Sent {
  repeat: string;
}

/**
 * One figure of `getStats` over time.
 *
 * Attributes:
 *     object: the W3C `type` of the object, as `inbound-rtp`.
 *     id: the object's id.
 *     name: the W3C member that it is made of, as `bytesReceived`.
 *     unit: of the values: a counter of bytes is given in bit/s, any other counter in 1/s, a share
 *         in parts of 1.
 *     kind: `audio` or `video` of a stream of RTP; empty of anything else.
 *     label: what tells it from others of its kind: the mid, the rid, a channel's label.
 *     at_ns: when each value was taken.
 *     values: one a time; those of counters and shares are of the time since the one before.
 */
export interface Series {
  object: string;
  id: string;
  name: string;
  unit: "1/s" | "bit" | "bit/s" | "px" | "s" | "share";
  kind: "audio" | "video" | "";
  label: string;
  at_ns: number[];
  values: number[];
}

/**
 * A data channel of a connection, as it is now.
 *
 * Attributes:
 *     key: names it among the channels of this connection, `d1`, `d2` …; orders name it by this.
 *     id: the number of its SCTP streams, by which events name it; -1 while it has none.
 *     label: its name.
 *     protocol: its subprotocol; empty for none.
 *     ordered: whether messages keep their order.
 *     max_retransmits: how often a message is sent again at most; null for ever.
 *     max_packet_life_time: for how many milliseconds at most; null for ever.
 *     state: where it is in its life.
 *     initiator: who made it.
 *     buffered: bytes that were sent and have not gone out yet.
 */
export interface SessionChannel {
  key: string;
  id: number;
  label: string;
  protocol: string;
  ordered: boolean;
  max_retransmits: number | null;
  max_packet_life_time: number | null;
  state: "closed" | "closing" | "connecting" | "open";
  initiator: "local" | "remote";
  buffered: number;
}

/**
 * How two people carry the descriptions themselves, as codes.
 *
 * Attributes:
 *     kind: what `text` is, an offer to be answered or the answer to one.
 *     text: what to hand over to the other side; empty while it is being made.
 *     waiting: whether the other side's code is waited for, which `paste_code` takes.
 */
export interface SessionCode {
  kind: "answer" | "offer" | "pranswer" | "rollback";
  text: string;
  waiting: boolean;
}

/**
 * A track of audio or video, as it is now.
 *
 * Attributes:
 *     direction: whether it is sent or received.
 *     kind: audio or video.
 *     mid: its media section; empty while it has none.
 *     codec: its codec's name; empty while that is not known.
 */
export interface SessionMedia {
  direction: "received" | "sent";
  kind: "audio" | "video";
  mid: string;
  codec: string;
}

/**
 * What a session has because it is one of WebRTC.
 *
 * Attributes:
 *     states: where each machine is; one that has not moved is not among them.
 *     channels: all that there were, in the order in which they were made.
 *     code: where the descriptions travel as codes; null where they do not.
 *     media: the tracks that are sent and received.
 *     can_watch: whether `session_media` plays what is received.
 *     watched_by: how many look on through it now.
 *     recording: null where nothing is recorded.
 *     can_restart: whether ICE can be restarted from here.
 */
export interface SessionPeer {
  states: Record<string, string>;
  channels: SessionChannel[];
  code: SessionCode | null;
  media: SessionMedia[];
  can_watch: boolean;
  watched_by: number;
  recording: SessionRecording | null;
  can_restart: boolean;
}

/**
 * What becomes of received media that is recorded.
 *
 * Attributes:
 *     file: the file's name, beside the capture; it is there once the first frames have come.
 *     begun: whether it is there.
 *     left_out: what is not in it, and why, in words; empty where all is.
 *     problem: why nothing more is recorded; empty while it is.
 */
export interface SessionRecording {
  file: string;
  begun: boolean;
  left_out: string[];
  problem: string;
}

/**
 * A connection that this workbench opened, as it is now.
 *
 * Attributes:
 *     id: `s1`, `s2` …
 *     name: the endpoint's name, or its host.
 *     endpoint: path of the endpoint in the workspace; empty for one that is not saved.
 *     url: as it was resolved, credentials hidden.
 *     transport: what it is.
 *     capture: id of the capture that records it.
 *     connection: `c1` … the latest attempt's.
 *     phase: where it is.
 *     step: the step that is being taken while it connects.
 *     since: when it came into this phase, RFC 3339.
 *     attempt: of how many, when it is tried again; both 0 otherwise.
 *     attempts: see `attempt`.
 *     sentence: how it stands, as a person would say it.
 *     advice: what to do; may be empty.
 *     code: the close code of a WebSocket once it is closed.
 *     insecure: whether the server's certificate is not checked.
 *     subprotocol: what was agreed on.
 *     extensions: what was agreed on.
 *     repeats: messages that are sent again and again.
 *     notices: what a person should know of it beside that, the newest last.
 *     peer: what it has because it is one of WebRTC; null of a WebSocket.
 *     revision: rises with every change, so that of two answers the newer is known.
 */
export interface SessionState {
  id: string;
  name: string;
  endpoint: string;
  url: string;
  transport: "webrtc" | "websocket";
  capture: string;
  connection: string;
  phase: "closed" | "closing" | "connecting" | "failed" | "open" | "waiting";
  step: string;
  since: string;
  attempt: number;
  attempts: number;
  sentence: string;
  advice: string;
  code: number | null;
  insecure: boolean;
  subprotocol: string;
  extensions: string[];
  repeats: Repeat[];
  notices: string[];
  peer: SessionPeer | null;
  revision: number;
}

/**
 * What the page needs to begin.
 */
export interface State {
  version: string;
  workspace: WorkspaceState;
  built_in: BuiltIn[];
  sessions: SessionState[];
  captures: CaptureState[];
  defaults: Record<string, unknown>;
  decoders: string[];
  filter_fields: string[];
  event_types: string[];
  url: string;
}

/**
 * The main statistics of a connection over time.
 *
 * Attributes:
 *     connection: `c1`, `c2` …
 *     series: sorted by what they are of.
 *     samples: how many samples were taken in the time that was asked for.
 *     together: how many of them make one value, so that there are no more than were asked for.
 *     left_out: series that were too many.
 *     last_seq: the last event of the capture that was looked at.
 */
export interface StatisticsSeries {
  connection: string;
  series: Series[];
  samples: number;
  together: number;
  left_out: number;
  last_seq: number;
}

/**
 * A step of opening a WebSocket, for the waterfall.
 *
 * Attributes:
 *     name: `dns`, `tcp`, `proxy`, `tls`, `upgrade`, then `message` for the first message.
 *     start_ns: when it began.
 *     duration_ns: how long it took; -1 while it is not done.
 *     failed: whether it failed.
 */
export interface Step {
  name: string;
  start_ns: number;
  duration_ns: number;
  failed: boolean;
}

/**
 * Stop sending a message again and again.
 */
export interface StopRepeat {
  id: string;
}

/**
 * A text, and the name of the file it could be.
 */
export interface Text {
  name: string;
  text: string;
}

/**
 * Something in a file of the workspace that a person should look at.
 */
export interface Trouble {
  file: string;
  line: number;
  message: string;
  hint: string;
  severity: "error" | "warning";
}

/**
 * A finding of the endpoint's capture before that this one is too short to say anything about.
 *
 * Attributes:
 *     code: of the rule.
 *     title: the fact, as it was.
 *     lacks: how much it takes to see whether it is gone, and how much there is, in a sentence.
 */
export interface Unproven {
  code: string;
  title: string;
  lacks: string;
}

/**
 * Page: the view with this id is no longer looked at.
 */
export interface Unwatch {
  type: "unwatch";
  id: number;
}

/**
 * Which rows of a capture are looked at, and how.
 *
 * Attributes:
 *     capture: the capture's id.
 *     mode: messages or frames.
 *     filter: an expression of the filter language; empty lets everything through.
 *     fold: whether heartbeats and runs of alike messages are one row.
 *     connection: only this connection; empty is all.
 */
export interface View {
  capture: string;
  mode?: "frames" | "messages";
  filter?: string;
  fold?: boolean;
  connection?: string;
}

/**
 * What is new in a view.
 *
 * Attributes:
 *     id: the watch's.
 *     total: rows so far.
 *     complete: whether all events so far have been looked through.
 *     read_seq: up to which event they have.
 *     last_seq: the last event there is.
 *     tail_start: index of the first row of `tail`.
 *     tail: the newest rows, `Watch.tail` at most, from the first one that is new or has changed:
 *         a run that is folded takes the place of rows that were there before, so what the page
 *         has from `tail_start` on is void.
 *     skipped: rows before `tail_start` that are new or have changed; they are in the store.
 *     problem: why the view cannot be shown, such as a filter that cannot be read.
 */
export interface ViewUpdate {
  id: number;
  total: number;
  complete: boolean;
  read_seq: number;
  last_seq: number;
  tail_start: number;
  tail: Row[];
  skipped: number;
  problem: string;
}

/**
 * Page: tell me about this view from now on; `id` names it in batches.
 *
 * `tail` is how many of the newest rows are wanted with each batch; 0 for their number alone.
 */
export interface Watch {
  type: "watch";
  id: number;
  view: View;
  tail: number;
}

/**
 * A candidate with its class.
 *
 * Attributes:
 *     side: whose it is.
 *     kind: `host`, `srflx`, `prflx` or `relay`.
 *     protocol: `udp` or `tcp`.
 *     address: its IP address, or a name of mDNS.
 *     port: of it.
 *     family: 4 or 6; None of a name.
 *     reach: from how far away it can be reached, in a word.
 *     over: `vpn` or `bridge`; None where that is not told.
 *     tcp_type: `active`, `passive` or `so`; None of UDP.
 *     server: the server that gave it, of local ones; else None.
 *     relayed_over: `udp`, `tcp` or `tls` to the server that relays; None of others.
 *     about: all of its class in words.
 *     event: number of its event.
 */
export interface WayCandidate {
  side: "local" | "remote";
  kind: string;
  protocol: string;
  address: string;
  port: number;
  family: number | null;
  reach: string;
  over: string | null;
  tcp_type: string | null;
  server: string | null;
  relayed_over: string | null;
  about: string;
  event: number;
}

/**
 * What a server said instead of an address.
 *
 * Attributes:
 *     at_ms: when.
 *     code: the server's, or 701.
 *     message: the words that came with it.
 *     meaning: of the code, in a sentence.
 *     advice: what to do; empty for the usual first answer.
 *     normal: whether it is that.
 *     event: number of the event.
 */
export interface WayError {
  at_ms: number;
  code: number;
  message: string;
  meaning: string;
  advice: string;
  normal: boolean;
  event: number;
}

/**
 * One time of gathering.
 *
 * Attributes:
 *     at_ms: when it began.
 *     took_ms: until it was complete; None while it is not.
 */
export interface WayGathering {
  at_ms: number;
  took_ms: number | null;
}

/**
 * A time without a path.
 *
 * Attributes:
 *     at_ms: from when on.
 *     lasted_ms: until there was one again; None if none was found.
 *     gave_up: whether ICE was `failed`.
 *     event: number of the event.
 */
export interface WayLoss {
  at_ms: number;
  lasted_ms: number | null;
  gave_up: boolean;
  event: number;
}

/**
 * A pair that was tried.
 *
 * Attributes:
 *     local: this end's candidate, as `host udp 192.0.2.1:50000`.
 *     remote: the other side's.
 *     state: how far the checks came last (RFC 8445 section 6.1.2.6).
 *     nominated: whether the controlling side chose it.
 *     selected: whether data takes this way, or took it last.
 *     event: number of the last event about it.
 */
export interface WayPair {
  local: string;
  remote: string;
  state: string;
  nominated: boolean;
  selected: boolean;
  event: number;
}

/**
 * Why pairs were not tried.
 *
 * Attributes:
 *     reason: in a word.
 *     words: in a sentence.
 *     count: how many there are.
 *     first: one of them, the first.
 */
export interface WayReason {
  reason: string;
  words: string;
  count: number;
  first: WayUntriedPair;
}

/**
 * A path that data took.
 *
 * Attributes:
 *     at_ms: from when on.
 *     local: this end's candidate.
 *     remote: the other side's.
 *     relayed: whether a relay passes the data on.
 *     over: `udp`, `tcp` or `tls`, to the relay where there is one.
 *     server: the relay of this end; None without one.
 *     event: number of the event.
 */
export interface WaySelected {
  at_ms: number;
  local: string;
  remote: string;
  relayed: boolean;
  over: string;
  server: string | null;
  event: number;
}

/**
 * A STUN or TURN server, or the machine itself, and what it gave.
 *
 * Attributes:
 *     url: of the server; None for the machine itself.
 *     transport: `udp`, `tcp` or `tls`, between this end and it; None for the machine itself.
 *     asked_ms: when gathering began; None if that was not seen.
 *     first_candidate_ms: how long after that its first address came; None without one.
 *     last_candidate_ms: how long after that its last one came.
 *     candidates: how many it gave.
 *     valid_s: how long the credentials held when it was named; None where they do not say.
 *     errors: what it said instead.
 */
export interface WayServer {
  url: string | null;
  transport: string | null;
  asked_ms: number | null;
  first_candidate_ms: number | null;
  last_candidate_ms: number | null;
  candidates: number;
  valid_s: number | null;
  errors: WayError[];
}

/**
 * A pair that was not tried.
 *
 * Attributes:
 *     local: this end's candidate; None where there is none.
 *     remote: the other side's; None where there is none.
 *     reason: why, in a word.
 *     words: in a sentence.
 *     events: numbers of those of the two candidates.
 */
export interface WayUntriedPair {
  local: string | null;
  remote: string | null;
  reason: string;
  words: string;
  events: number[];
}

/**
 * The ways of one connection.
 *
 * Attributes:
 *     relay_only: whether only relayed paths are wanted.
 *     servers: what the machine itself and each server gave.
 *     gathering: the times of it.
 *     candidates: of both sides, in the order in which they came.
 *     pairs: those that were tried.
 *     untried: those that were not.
 *     selected: the paths that data took, one after the other.
 *     losses: the times without one.
 *     left_out: how many earlier candidates, pairs, paths and losses are not kept.
 */
export interface Ways {
  relay_only: boolean;
  servers: WayServer[];
  gathering: WayGathering[];
  candidates: WayCandidate[];
  pairs: WayPair[];
  untried: WaysUntried;
  selected: WaySelected[];
  losses: WayLoss[];
  left_out: number;
}

/**
 * The pairs that were not tried.
 *
 * Attributes:
 *     count: how many were counted.
 *     at_least: whether there are more, which were not.
 *     reasons: of those that were counted, the most frequent first.
 *     first: the first hundred.
 */
export interface WaysUntried {
  count: number;
  at_least: boolean;
  reasons: WayReason[];
  first: WayUntriedPair[];
}

/**
 * Rows of a view from `start` on.
 *
 * Attributes:
 *     start: index of the first row.
 *     total: rows known so far.
 *     complete: whether all events of the capture so far have been looked through.
 *     read_seq: up to which event they have.
 *     last_seq: the last event there is.
 *     rows: the rows, in order.
 */
export interface Window {
  start: number;
  total: number;
  complete: boolean;
  read_seq: number;
  last_seq: number;
  rows: Row[];
}

/**
 * The whole workspace, small as it is.
 *
 * Attributes:
 *     name: its name.
 *     folder: where it is.
 *     trash_bytes: what was deleted and can come back takes this much.
 *     revision: rises with every change, made here or outside.
 *     items: endpoints, messages and environments, sorted by kind and path.
 *     folders: folders of endpoints and messages that hold nothing, too.
 *     troubles: what is wrong in its files.
 *     secrets: names of secrets -> where each comes from: `keyring`, `environment`, `.env`,
 *         or empty for one that is nowhere.
 *     retention_days: captures are kept this long; null for ever.
 *     retention_bytes: captures may take this much together; null for any.
 *     can_undo: what the next undo would take back, in words; empty for nothing.
 */
export interface WorkspaceState {
  name: string;
  folder: string;
  trash_bytes?: number;
  revision: number;
  items: Item[];
  folders: string[];
  troubles: Trouble[];
  secrets: Record<string, string>;
  retention_days: number | null;
  retention_bytes: number | null;
  can_undo: string;
}

/**
 * Files of another tool, by their path, and what it has no place for.
 */
export interface WrittenFiles {
  files: Text[];
  notes: string[];
}

/** What a row's marks are, besides its kind. */
export const Flags = {
  FIN: 1,
  RSV1: 2,
  RSV2: 4,
  RSV3: 8,
  MASKED: 16,
  COMPRESSED: 32,
  TRUNCATED: 64,
  ILLEGAL: 128,
  UNANSWERED: 256,
  NOTED: 512,
} as const;

/** Names of headers that usually carry a secret. */
export const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|set-cookie|.*(api-?key|token|secret|password).*)$/i;

/** Names of parameters and cookies that usually do, in small letters. */
export const SECRET_PARAMETERS: readonly string[] = [
  "token",
  "access_token",
  "refresh_token",
  "id_token",
  "auth_token",
  "session_token",
  "api_key",
  "api-key",
  "apikey",
  "key",
  "access_key",
  "password",
  "passwd",
  "pwd",
  "secret",
  "client_secret",
  "signature",
  "sig",
  "auth",
  "authorization",
  "jwt",
  "ticket",
  "session",
  "sessionid",
  "session_id",
  "sid",
  "code",
  "credential",
  "x-amz-signature",
  "x-amz-credential",
  "x-amz-security-token",
];

/** What can be asked of the server: parameters of the path, body, answer. */
export interface Operations {
  /** All that the page begins with. */
  state: { path: undefined; takes: undefined; gives: State };
  /** The workspace as it is. */
  workspace: { path: undefined; takes: undefined; gives: WorkspaceState };
  /** Write a file; 409 if it is not as it was read. */
  save_item: { path: undefined; takes: SaveItem; gives: Item };
  /** Make a folder. */
  make_folder: { path: undefined; takes: MakeFolder; gives: Done };
  /** Rename, move or copy. */
  move_item: { path: undefined; takes: MoveItem; gives: Done };
  /** Take a file or folder away. */
  delete_item: { path: undefined; takes: DeleteItem; gives: Done };
  /** Take the last change back. */
  undo: { path: undefined; takes: undefined; gives: Done };
  /** Keep a secret, not in the files. */
  save_secret: { path: undefined; takes: SaveSecret; gives: Done };
  /** Read another tool's file. */
  import_text: { path: undefined; takes: ImportText; gives: Imported };
  /** Write for another tool. */
  export_items: { path: undefined; takes: ExportItems; gives: WrittenFiles };
  /** Connect. */
  open_session: { path: undefined; takes: OpenSession; gives: SessionState };
  /** Send something. */
  send: { path: { session: string }; takes: SendMessage; gives: Sent };
  /** End the connection. */
  close_session: { path: { session: string }; takes: CloseSession; gives: Done };
  /** Take the other side's code. */
  paste_code: { path: { session: string }; takes: PasteCode; gives: Done };
  /** Open a data channel. */
  open_channel: { path: { session: string }; takes: OpenChannel; gives: SessionChannel };
  /** Close a data channel. */
  close_channel: { path: { session: string }; takes: CloseChannel; gives: Done };
  /** Look for a path anew. */
  restart_ice: { path: { session: string }; takes: undefined; gives: Done };
  /** What a WebRTC connection receives, as a stream that a player shows. */
  session_media: { path: { session: string }; takes: undefined; gives: Blob };
  /** Stop a repeated message. */
  stop_repeat: { path: { session: string }; takes: StopRepeat; gives: Done };
  /** Close and take it off the list; its capture stays. */
  forget_session: { path: { session: string }; takes: undefined; gives: Done };
  /** Say what would go out. */
  preview: { path: undefined; takes: PreviewMessage; gives: Preview };
  /** All captures, the newest first. */
  captures: { path: undefined; takes: undefined; gives: CaptureState[] };
  /** Rows of a view. */
  rows: { path: undefined; takes: ReadRows; gives: Window };
  /** Where an event or the next hit is in a view. */
  find: { path: undefined; takes: FindRow; gives: Place };
  /** A capture in bins. */
  overview: { path: undefined; takes: ReadOverview; gives: Overview };
  /** What the charts show. */
  charts: { path: undefined; takes: ReadOverview; gives: Charts };
  /** Whether an expression can be read. */
  check_filter: { path: undefined; takes: CheckFilter; gives: FilterCheck };
  /** All about an event. */
  detail: { path: { capture: string }; takes: ReadDetail; gives: Detail };
  /** A whole payload, decoded of a message. */
  payload: { path: { capture: string; seq: string }; takes: undefined; gives: Blob };
  /** How its connections were opened. */
  openings: { path: { capture: string }; takes: undefined; gives: Opening[] };
  /** What was agreed on, and where a WebRTC connection got to. */
  peer: { path: { capture: string; connection: string }; takes: undefined; gives: PeerView };
  /** The ways between the two sides: servers, addresses, pairs, paths. */
  ways: { path: { capture: string; connection: string }; takes: undefined; gives: Ways };
  /** The main statistics of a WebRTC connection over time. */
  statistics: { path: undefined; takes: ReadStatistics; gives: StatisticsSeries };
  /** What it means. */
  analysis: { path: { capture: string }; takes: undefined; gives: Analysis };
  /** Events for the clipboard. */
  copy: { path: { capture: string }; takes: CopyEvents; gives: Text };
  /** What was written beside events, and about the whole. */
  notes: { path: { capture: string }; takes: undefined; gives: Note[] };
  /** Write beside an event. */
  save_note: { path: { capture: string }; takes: Note; gives: Done };
  /** Two messages line by line. */
  compare_events: { path: { capture: string }; takes: CompareEvents; gives: Comparison };
  /** Two captures figure by figure. */
  compare_captures: { path: { capture: string; other: string }; takes: undefined; gives: ComparedCaptures };
  /** A capture as another program's file. */
  export_capture: { path: { capture: string; format: string }; takes: undefined; gives: Blob };
  /** Take in a capture or another program's file. */
  import_capture: { path: { name: string }; takes: Blob; gives: ImportedCapture };
  /** A file of media that was recorded beside a capture, also in ranges. */
  recording: { path: { capture: string; recording: string }; takes: undefined; gives: Blob };
  /** Give a capture another name; its id is another one then. */
  rename_capture: { path: { capture: string }; takes: RenameCapture; gives: CaptureState };
  /** Put a capture into the trash; an undo brings it back. */
  delete_capture: { path: { capture: string }; takes: undefined; gives: Done };
  /** What retention would delete now. */
  retention: { path: undefined; takes: undefined; gives: Retention };
  /** Delete for good what retention says. */
  apply_retention: { path: undefined; takes: undefined; gives: Done };
  /** The page of a finding. */
  explain: { path: { code: string }; takes: undefined; gives: ExplainedRule };
}

export const OPERATIONS: {
  readonly [name in keyof Operations]: {
    readonly method: "GET" | "POST";
    readonly path: string;
    readonly bytes?: true;
  };
} = {
  state: { method: "GET", path: "/api/state" },
  workspace: { method: "GET", path: "/api/workspace" },
  save_item: { method: "POST", path: "/api/workspace/save" },
  make_folder: { method: "POST", path: "/api/workspace/folder" },
  move_item: { method: "POST", path: "/api/workspace/move" },
  delete_item: { method: "POST", path: "/api/workspace/delete" },
  undo: { method: "POST", path: "/api/workspace/undo" },
  save_secret: { method: "POST", path: "/api/workspace/secret" },
  import_text: { method: "POST", path: "/api/workspace/import" },
  export_items: { method: "POST", path: "/api/workspace/export" },
  open_session: { method: "POST", path: "/api/sessions" },
  send: { method: "POST", path: "/api/sessions/{session}/send" },
  close_session: { method: "POST", path: "/api/sessions/{session}/close" },
  paste_code: { method: "POST", path: "/api/sessions/{session}/code" },
  open_channel: { method: "POST", path: "/api/sessions/{session}/channels" },
  close_channel: { method: "POST", path: "/api/sessions/{session}/channels/close" },
  restart_ice: { method: "POST", path: "/api/sessions/{session}/restart" },
  session_media: { method: "GET", path: "/api/sessions/{session}/media", bytes: true },
  stop_repeat: { method: "POST", path: "/api/sessions/{session}/stop" },
  forget_session: { method: "POST", path: "/api/sessions/{session}/forget" },
  preview: { method: "POST", path: "/api/preview" },
  captures: { method: "GET", path: "/api/captures" },
  rows: { method: "POST", path: "/api/rows" },
  find: { method: "POST", path: "/api/find" },
  overview: { method: "POST", path: "/api/overview" },
  charts: { method: "POST", path: "/api/charts" },
  check_filter: { method: "POST", path: "/api/filter" },
  detail: { method: "POST", path: "/api/captures/{capture}/detail" },
  payload: { method: "GET", path: "/api/captures/{capture}/payload/{seq}", bytes: true },
  openings: { method: "GET", path: "/api/captures/{capture}/openings" },
  peer: { method: "GET", path: "/api/captures/{capture}/peers/{connection}" },
  ways: { method: "GET", path: "/api/captures/{capture}/peers/{connection}/ways" },
  statistics: { method: "POST", path: "/api/statistics" },
  analysis: { method: "GET", path: "/api/captures/{capture}/analysis" },
  copy: { method: "POST", path: "/api/captures/{capture}/copy" },
  notes: { method: "GET", path: "/api/captures/{capture}/notes" },
  save_note: { method: "POST", path: "/api/captures/{capture}/note" },
  compare_events: { method: "POST", path: "/api/captures/{capture}/compare" },
  compare_captures: { method: "GET", path: "/api/captures/{capture}/compare/{other}" },
  export_capture: { method: "GET", path: "/api/captures/{capture}/export/{format}", bytes: true },
  import_capture: { method: "POST", path: "/api/captures/import/{name}" },
  recording: { method: "GET", path: "/api/captures/{capture}/recordings/{recording}", bytes: true },
  rename_capture: { method: "POST", path: "/api/captures/{capture}/rename" },
  delete_capture: { method: "POST", path: "/api/captures/{capture}/delete" },
  retention: { method: "GET", path: "/api/retention" },
  apply_retention: { method: "POST", path: "/api/retention" },
  explain: { method: "GET", path: "/api/explain/{code}" },
};
