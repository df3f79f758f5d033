// What stands beside the name of each option, so that the row of options is a summary of the
// endpoint.

import { spokenWith } from "../../base/address";
import { limitWith } from "../../base/format";
import type { SessionState } from "../../protocol/generated";
import type { Endpoint, Network } from "./model";
import { ownQuery } from "./query";

const some = (count: number) => (count === 0 ? "" : String(count));

const on = (list: readonly { enabled: boolean }[]) => list.filter((one) => one.enabled).length;

const secondsOf = (value: number) => `${Number(value.toFixed(3))} s`;

export const queryNote = (of: Endpoint) => some(on(of.query) + ownQuery(of.url).length);

export const headersNote = (of: Endpoint) => some(on(of.headers));

export const cookiesNote = (of: Endpoint) => some(on(of.cookies));

export const authNote = (of: Endpoint) => of.auth.kind;

export const originNote = (of: Endpoint) => (of.origin === null ? "none" : of.origin);

export const subprotocolsNote = (of: Endpoint) => some(of.subprotocols.length);

/** What was offered, or what came of it while the connection is open. */
export function compressionNote(of: Endpoint, session?: SessionState): string {
  if (!of.compression.offer) return "off";
  if (session?.phase !== "open") return "offered";
  const agreed = session.extensions.some((one) => one.startsWith("permessage-deflate"));
  return agreed ? "agreed" : "declined";
}

export function heartbeatNote({ heartbeat }: Endpoint): string {
  const interval = heartbeat.interval_s === null ? "off" : secondsOf(heartbeat.interval_s);
  return heartbeat.auto_pong ? interval : `${interval}, no pongs`;
}

export const limitsNote = ({ limits }: Endpoint) =>
  limits.max_message_size === null ? "none" : limitWith(limits.max_message_size);

export function tlsNote(of: Endpoint): string {
  if (of.tls.insecure) return "insecure";
  return /^ws:/i.test(of.url.trim()) ? "not used" : "verified";
}

export function networkNote({ network }: Endpoint): string {
  if (network.unix_socket !== null) return "unix socket";
  const parts = [
    proxyNote(network),
    network.ip === "any" ? "" : `IPv${network.ip}`,
    network.retry.attempts > 0 ? `${network.retry.attempts} retries` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

function proxyNote({ proxy }: Network): string {
  if (proxy === null) return "auto";
  return proxy === "" ? "direct" : "proxy";
}

export const decoderNote = (of: Endpoint) => of.decoder;

export const rulesNote = (of: Endpoint) => some(on(of.on_message));

export const descriptionNote = (of: Endpoint) => (of.description === "" ? "" : "written");

export function iceNote({ webrtc }: Endpoint): string {
  const servers = some(webrtc.ice_servers.length + (webrtc.own_ice_server ? 1 : 0));
  return [servers, webrtc.relay_only ? "relay only" : ""].filter(Boolean).join(", ");
}

export const channelsNote = ({ webrtc }: Endpoint) => some(webrtc.channels.length);

/** What is sent, and whether what comes is recorded. */
export function mediaNote({ url, webrtc }: Endpoint): string {
  const sent = [webrtc.audio, webrtc.video].filter((one) => one !== "none").map(baseName);
  const parts = spokenWith(url) === "whep" ? [] : sent;
  return [...parts, webrtc.record ? "recorded" : ""].filter(Boolean).join(", ");
}

const baseName = (path: string) => path.split(/[\\/]/).at(-1) ?? path;

export const signalingNote = ({ webrtc }: Endpoint) => webrtc.adapter;
