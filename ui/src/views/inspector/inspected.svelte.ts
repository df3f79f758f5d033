// One event as the inspector shows it: what the server knows of it, its payload as far as that was
// fetched, and what is picked in it. A value, its bytes and the bits of the header are one selection.

import type { Detail } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import { inWords, isAbort } from "../../transport/api";
import { fromUtf8 } from "../../base/bytes";
import type { FieldId } from "./header";
import { locate, type Path, pathAt, pathText } from "./json";

/** A payload is fetched without being asked for up to so many bytes. */
export const AUTOMATIC = 1 << 20;

/** What is picked: bytes of the payload, and the path of the value that they spell. */
export interface Picked {
  bytes: readonly [number, number] | null;
  path: Path | null;
}

const NOTHING: Picked = { bytes: null, path: null };

export class Inspected {
  readonly #app: App;
  #control: AbortController | null = null;
  #key = "";
  detail = $state.raw<Detail | null>(null);
  /** The whole payload; null while it is not fetched. */
  payload = $state.raw<Blob | null>(null);
  /** The payload as text, where it is one and not too long; null otherwise. */
  text = $state.raw<string | null>(null);
  problem = $state("");
  busy = $state(false);
  decoder = $state("auto");
  picked = $state.raw<Picked>(NOTHING);
  /** A field of the header that is picked, and the frame whose it is. */
  field = $state.raw<{ seq: number; id: FieldId } | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** Read an event; 0 is none. The one before stays until the new one is here. */
  async read(capture: string, seq: number, revision = 0): Promise<void> {
    const key = `${capture} ${seq} ${this.decoder} ${revision}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#control?.abort();
    const control = (this.#control = new AbortController());
    if (seq === 0 || capture === "") {
      this.#put(null);
      return;
    }
    this.busy = true;
    try {
      const body = { seq, decoder: this.decoder };
      const { signal } = control;
      const detail = await this.#app.call("detail", { path: { capture }, body, signal });
      if (signal.aborted) return;
      this.problem = "";
      const same = this.detail?.row.seq === seq;
      if (same) this.detail = detail;
      else {
        this.#put(detail);
        if (detail.payload_length > 0 && detail.payload_length <= AUTOMATIC) {
          await this.#fetch(capture, seq, signal);
        }
      }
    } catch (error) {
      if (isAbort(error) || control.signal.aborted) return;
      this.#put(null);
      this.problem = inWords(error).said;
    } finally {
      if (this.#control === control) this.busy = false;
    }
  }

  /** Fetch the whole payload of a long message. */
  async more(capture: string): Promise<void> {
    const seq = this.detail?.row.seq ?? 0;
    if (seq > 0) await this.#fetch(capture, seq, this.#control?.signal);
  }

  async #fetch(capture: string, seq: number, signal: AbortSignal | undefined): Promise<void> {
    const path = { capture, seq: String(seq) };
    const blob = await this.#app.call("payload", {
      path,
      timeout: 120_000,
      ...(signal && { signal }),
    });
    if (this.detail?.row.seq !== seq) return;
    this.payload = blob;
    if (blob.size > AUTOMATIC) return;
    const text = fromUtf8(new Uint8Array(await blob.arrayBuffer()));
    if (this.detail?.row.seq === seq) this.text = text;
  }

  #put(detail: Detail | null): void {
    this.detail = detail;
    this.payload = null;
    this.text = null;
    this.picked = NOTHING;
    this.field = null;
    this.problem = "";
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

  get pickedPath(): string {
    return this.picked.path === null ? "" : pathText(this.picked.path);
  }

  /** The picked value as it is written, name included; empty without one. */
  get pickedSource(): string {
    const path = this.picked.path;
    const span = path === null || this.text === null ? null : locate(this.text, path);
    return span && this.text !== null ? this.text.slice(span.keyFrom, span.to) : "";
  }
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
