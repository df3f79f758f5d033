// What the data channels of a capture are called: rows name them by number alone.

import { untrack } from "svelte";

import type { Opening, PeerChannel, Row } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";

/** Connections whose channels are asked for, the newest. */
const MOST = 8;

/** A channel is told of a moment before it is in the capture, which is asked. */
const AGAIN_MS = 250;
const TRIES = 8;

export class ChannelNames {
  #channels = $state.raw<ReadonlyMap<string, readonly PeerChannel[]>>(new Map());

  /** What a row's channel is called: its label, or its number where it has none. */
  of(row: Pick<Row, "connection" | "channel" | "seq">): string {
    // A number is used again once its channel is over (RFC 8832 section 6).
    const own = this.#channels.get(`${row.connection} ${row.channel}`) ?? [];
    const channel = own.findLast((one) => one.opened_seq <= row.seq) ?? own[0];
    return channel?.label || `id ${row.channel}`;
  }

  /** Whether a connection is known to have a channel of this label. */
  has(connection: string, id: number, label: string): boolean {
    const own = this.#channels.get(`${connection} ${id}`) ?? [];
    return own.some((one) => one.label === label);
  }

  /** Ask for those of the WebRTC connections of a capture. */
  async read(app: App, capture: string, openings: readonly Opening[]): Promise<void> {
    const peers = openings.filter((one) => one.transport === "webrtc").slice(-MOST);
    const asked = peers.map(({ connection }) =>
      app.call("peer", { path: { capture, connection } }),
    );
    const found = await Promise.all(asked);
    const channels = new Map<string, PeerChannel[]>();
    for (const peer of found) {
      for (const one of peer.channels) {
        const key = `${peer.connection} ${one.id}`;
        channels.set(key, [...(channels.get(key) ?? []), one]);
      }
    }
    this.#channels = channels;
  }
}

/** The names of a tab's channels, followed as they open. */
export function followChannels(
  app: App,
  tab: () => Tab,
  openings: () => readonly Opening[],
): ChannelNames {
  const names = new ChannelNames();
  const open = $derived(
    app
      .sessionOf(tab())
      ?.peer?.channels.map((one) => `${one.id} ${one.state}`)
      .join() ?? "",
  );
  $effect(() => {
    void open;
    const { capture } = tab();
    const all = openings();
    if (!all.some((one) => one.transport === "webrtc")) return;
    const session = untrack(() => app.sessionOf(tab()));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const read = async (left: number): Promise<void> => {
      // Without labels the rows have numbers.
      await names.read(app, capture, all).catch(() => undefined);
      const lacks = session?.peer?.channels.some(
        (one) => one.id >= 0 && !names.has(session.connection, one.id, one.label),
      );
      if (lacks && left > 0 && !over) timer = setTimeout(() => void read(left - 1), AGAIN_MS);
    };
    void read(TRIES);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  });
  return names;
}
