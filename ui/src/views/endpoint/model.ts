// An endpoint's fields as the page edits them: the same names as in its file, and where one field
// stands in the whole, spelled `tls.insecure` or `headers[2].value`.

import type { Fields } from "../../store/tabs.svelte";

/** A parameter, header or cookie; null is "no value at all". */
export interface Pair {
  name: string;
  value: string | null;
  enabled: boolean;
}

export type AuthKind = "none" | "basic" | "bearer" | "digest";

export interface Auth {
  kind: AuthKind;
  user: string;
  password: string;
  token: string;
}

export interface Compression {
  offer: boolean;
  server_no_context_takeover: boolean;
  client_no_context_takeover: boolean;
  server_max_window_bits: number | null;
  client_max_window_bits: number | "any" | null;
}

export interface Heartbeat {
  interval_s: number | null;
  timeout_s: number | null;
  payload: string;
  auto_pong: boolean;
}

export interface Limits {
  max_message_size: number | null;
  open_timeout_s: number;
  close_timeout_s: number;
}

export interface Tls {
  insecure: boolean;
  ca: string | null;
  certificate: string | null;
  key: string | null;
  key_password: string | null;
  server_name: string | null;
}

export interface Network {
  proxy: string | null;
  resolve: string[];
  ip: "any" | 4 | 6;
  unix_socket: string | null;
  redirects: number;
  retry: { attempts: number; delay_s: number };
}

export interface Rule {
  when: string;
  send: string;
  body: string;
  enabled: boolean;
}

export interface IceServer {
  url: string;
  username: string;
  credential: string;
}

/** A data channel to open; null leaves a limit or the number to the connection. */
export interface Channel {
  label: string;
  protocol: string;
  ordered: boolean;
  max_retransmits: number | null;
  max_packet_life_time_ms: number | null;
  id: number | null;
}

/** A channel as it is before anything was typed. */
export const FRESH_CHANNEL: Channel = {
  label: "",
  protocol: "",
  ordered: true,
  max_retransmits: null,
  max_packet_life_time_ms: null,
  id: null,
};

export interface WebRtc {
  ice_servers: IceServer[];
  own_ice_server: boolean;
  relay_only: boolean;
  codecs: string[];
  channels: Channel[];
  /** `none`, `tone`, or the path of a file. */
  audio: string;
  /** `none`, `bars`, or the path of a file. */
  video: string;
  adapter: string;
  record: boolean;
}

export interface Endpoint {
  url: string;
  description: string;
  query: Pair[];
  headers: Pair[];
  origin: string | null;
  cookies: Pair[];
  auth: Auth;
  subprotocols: string[];
  compression: Compression;
  heartbeat: Heartbeat;
  limits: Limits;
  tls: Tls;
  network: Network;
  strict: boolean;
  decoder: string;
  on_message: Rule[];
  webrtc: WebRtc;
}

/** What the server takes for granted; its own defaults take the place of these as soon as it speaks. */
const PLAIN: Endpoint = {
  url: "",
  description: "",
  query: [],
  headers: [],
  origin: null,
  cookies: [],
  auth: { kind: "none", user: "", password: "", token: "" },
  subprotocols: [],
  compression: {
    offer: true,
    server_no_context_takeover: false,
    client_no_context_takeover: false,
    server_max_window_bits: null,
    client_max_window_bits: "any",
  },
  heartbeat: { interval_s: null, timeout_s: 20, payload: "", auto_pong: true },
  limits: { max_message_size: 16 << 20, open_timeout_s: 30, close_timeout_s: 5 },
  tls: {
    insecure: false,
    ca: null,
    certificate: null,
    key: null,
    key_password: null,
    server_name: null,
  },
  network: {
    proxy: null,
    resolve: [],
    ip: "any",
    unix_socket: null,
    redirects: 0,
    retry: { attempts: 0, delay_s: 1 },
  },
  strict: true,
  decoder: "auto",
  on_message: [],
  webrtc: {
    ice_servers: [],
    own_ice_server: false,
    relay_only: false,
    codecs: [],
    channels: [],
    audio: "none",
    video: "none",
    adapter: "json",
    record: false,
  },
};

/** Fields with everything that is missing in them. */
export function endpointOf(fields: Fields): Endpoint {
  return filled(PLAIN, fields) as Endpoint;
}

function filled(plain: unknown, given: unknown): unknown {
  if (given === undefined) return plain;
  if (!isRecord(plain) || !isRecord(given)) return given;
  const names = new Set([...Object.keys(plain), ...Object.keys(given)]);
  return Object.fromEntries([...names].map((name) => [name, filled(plain[name], given[name])]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path such as `network.retry.delay_s`; undefined where there is none. */
export function valueAt(whole: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), whole);
}

/** A copy of `whole` with another value at a path. */
export function withValueAt(whole: unknown, path: string, value: unknown): unknown {
  const [name = "", ...rest] = path.split(".");
  const before = isRecord(whole) ? whole : {};
  const inner = rest.length === 0 ? value : withValueAt(before[name], rest.join("."), value);
  return { ...before, [name]: inner };
}

/** Whether two values say the same. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether `blamed`, as `headers[2].value`, is the field at `path` or lies in it. */
export function concerns(blamed: string, path: string): boolean {
  if (blamed === path) return true;
  return blamed.startsWith(path) && /^[.[]/.test(blamed.slice(path.length));
}

/** The list with the item at `at` changed. */
export function replaced<Item>(list: readonly Item[], at: number, change: Partial<Item>): Item[] {
  return list.map((item, index) => (index === at ? { ...item, ...change } : item));
}

/** The list with the item at `at` moved by some places, as far as there are any. */
export function moved<Item>(list: readonly Item[], at: number, by: number): Item[] {
  const to = Math.max(0, Math.min(list.length - 1, at + by));
  const rest = list.filter((_, index) => index !== at);
  const item = list[at];
  return item === undefined ? [...list] : [...rest.slice(0, to), item, ...rest.slice(to)];
}
