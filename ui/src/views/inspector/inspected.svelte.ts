// One event as the inspector shows it: what the server knows of it, its payload as far as that was
// fetched, and what is picked in it. A value, its bytes and the bits of the header are one selection.

import { fromHex, fromUtf8 } from "../../base/bytes";
import type { Detail, FrameDetail } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import { inWords } from "../../transport/api";
import { has } from "../timeline/words";
import { type FieldId, type HeaderField, headerFields } from "./header";
import { locate, type Path, pathAt, pathText } from "./json";

/** A payload is fetched without being asked for up to so many bytes. */
export const AUTOMATIC = 1 << 20;

/** A payload that was asked for may take so long. */
export const PAYLOAD_TIMEOUT_MS = 120_000;

/** What is picked: bytes of the payload, and the path of the value that they spell. */
export interface Picked {
  bytes: readonly [number, number] | null;
  path: Path | null;
}

const NOTHING: Picked = { bytes: null, path: null };
const NO_BYTES = new Uint8Array();

export class Inspected {
  readonly #app: App;
  #control: AbortController | null = null;
  #key = "";
  detail = $state.raw<Detail | null>(null);
  /** The whole payload; null while it is not fetched. */
  payload = $state.raw<Blob | null>(null);
  /** The payload as text, where it is one and not too long; null otherwise. */
  text = $state.raw<string | null>(null);
  /** Why the event cannot be shown. */
  problem = $state("");
  busy = $state(false);
  /** Whether the payload is on its way, and why it did not come. */
  fetching = $state(false);
  missing = $state("");
  decoder = $state("auto");
  picked = $state.raw<Picked>(NOTHING);
  /** A field of the header that is picked, and the frame whose it is. */
  field = $state.raw<{ seq: number; id: FieldId } | null>(null);
  /** Which of the frames is looked at. */
  frameAt = $state(0);

  /** The header that stands right before the payload: of one frame that is not compressed. */
  readonly header = $derived.by(() => {
    const [only, second] = this.frames;
    const row = this.detail?.row;
    if (only === undefined || second !== undefined || row === undefined) return NO_BYTES;
    return has(row, "COMPRESSED") ? NO_BYTES : fromHex(only.header);
  });

  /** Bytes of the header that the picked field is in: first and last. */
  readonly pickedHeader = $derived.by(() => {
    const { field } = this;
    const frame = this.frames.find((one) => one.row.seq === field?.seq);
    return frame && field
      ? (fieldsOf(frame).find((one) => one.id === field.id)?.bytes ?? null)
      : null;
  });

  constructor(app: App) {
    this.#app = app;
  }

  get frames(): readonly FrameDetail[] {
    return this.detail?.frames ?? [];
  }

  get frame(): FrameDetail | undefined {
    return this.frames[Math.min(this.frameAt, this.frames.length - 1)];
  }

  /** Read an event; 0 is none. The one before stays until the new one is here. */
  async read(capture: string, seq: number, revision = 0): Promise<void> {
    const key = `${capture} ${seq} ${this.decoder} ${revision}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#control?.abort();
    const control = (this.#control = new AbortController());
    const { signal } = control;
    this.busy = this.fetching = false;
    if (seq === 0 || capture === "") {
      this.#put(null);
      return;
    }
    this.busy = true;
    let length: number;
    try {
      const body = { seq, decoder: this.decoder };
      const detail = await this.#app.call("detail", { path: { capture }, body, signal });
      if (signal.aborted) return;
      if (this.detail?.row.seq === seq) this.detail = detail;
      else this.#put(detail);
      this.problem = "";
      length = detail.payload_length;
    } catch (error) {
      if (signal.aborted) return;
      this.#put(null);
      this.#key = ""; // whoever chooses it again asks again
      this.problem = inWords(error).said;
      return;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
    if (this.payload === null && length > 0 && length <= AUTOMATIC) await this.more(capture);
  }

  /** Fetch the whole payload. */
  async more(capture: string): Promise<void> {
    const seq = this.detail?.row.seq ?? 0;
    const signal = this.#control?.signal;
    if (seq === 0 || signal === undefined || this.fetching) return;
    this.fetching = true;
    this.missing = "";
    try {
      const path = { capture, seq: String(seq) };
      const asked = { path, signal, timeout: PAYLOAD_TIMEOUT_MS };
      const blob = await this.#app.call("payload", asked);
      const isShort = blob.size <= AUTOMATIC;
      const text = isShort ? fromUtf8(new Uint8Array(await blob.arrayBuffer())) : null;
      if (signal.aborted) return;
      this.payload = blob;
      this.text = text;
    } catch (error) {
      if (!signal.aborted) this.missing = inWords(error).said;
    } finally {
      if (!signal.aborted) this.fetching = false;
    }
  }

  #put(detail: Detail | null): void {
    this.detail = detail;
    this.payload = null;
    this.text = null;
    this.picked = NOTHING;
    this.field = null;
    this.frameAt = 0;
    this.problem = this.missing = "";
  }

  /** Pick a value by its path. */
  pickPath(path: Path): void {
    const span = this.text === null ? null : locate(this.text, path);
    this.field = null;
    this.picked = {
      path,
      bytes: span && this.text !== null ? bytesOf(this.text, span.keyFrom, span.to) : null,
    };
  }

  /** Pick a byte of the payload, and with it the value that it is a part of. */
  pickByte(at: number): void {
    this.field = null;
    const { text } = this;
    const path = text === null ? null : pathAt(text, characterOf(text, at));
    if (text === null || path === null || path.length === 0) {
      this.picked = { path: null, bytes: [at, at + 1] };
      return;
    }
    const span = locate(text, path);
    this.picked = { path, bytes: span ? bytesOf(text, span.keyFrom, span.to) : [at, at + 1] };
  }

  pickField(seq: number, id: FieldId): void {
    this.picked = NOTHING;
    this.field = { seq, id };
  }

  /** Pick the field of the header of the frame that is looked at, by one of its bytes. */
  pickHeaderByte(at: number): void {
    const { frame } = this;
    if (frame === undefined) return;
    const found = fieldsOf(frame).find((one) => at >= one.bytes[0] && at <= one.bytes[1]);
    if (found) this.pickField(frame.row.seq, found.id);
  }

  get pickedPath(): string {
    return this.picked.path === null ? "" : pathText(this.picked.path);
  }
}

function fieldsOf(frame: FrameDetail): HeaderField[] {
  return headerFields(fromHex(frame.header), frame.row.direction === "sent", []);
}

const ENCODER = new TextEncoder();

function bytesOf(text: string, from: number, to: number): readonly [number, number] {
  const start = ENCODER.encode(text.slice(0, from)).length;
  return [start, start + ENCODER.encode(text.slice(from, to)).length];
}

/** The character of which a byte of the UTF-8 is a part. */
function characterOf(text: string, byte: number): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > byte) return at;
    if (point >= 0x10000) at += 1;
  }
  return text.length;
}
