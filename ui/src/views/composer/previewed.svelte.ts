// What would go out of a composer, as the server says it a moment after the last letter. What it says
// of a text holds for this very text alone: the answer to an older one is no answer.

import type { Outgoing, Preview, PreviewMessage, SessionState } from "../../protocol/generated";
import { type Call, inWords, Refusal } from "../../transport/api";

/** What it would go out through. */
type Transport = SessionState["transport"];

const SETTLED_MS = 120;

export class Previewed {
  readonly #call: Call;
  /** The last answer, and what it was an answer to. */
  #last = $state.raw<{ to: Outgoing; preview: Preview | null; refused: string } | null>(null);

  constructor(call: Call) {
    this.#call = call;
  }

  /** Ask soon; returns what gives that up. */
  ask(outgoing: Outgoing, environment: string, transport: Transport): () => void {
    const control = new AbortController();
    const timer = setTimeout(
      () => void this.#ask({ outgoing, environment, transport }, control.signal),
      SETTLED_MS,
    );
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }

  /** What is known of something; null while it is not. */
  of(outgoing: Outgoing): Preview | null {
    return this.#last?.to === outgoing ? this.#last.preview : null;
  }

  /** Why the server will not say; empty where it does, or did not answer at all. */
  refusalOf(outgoing: Outgoing): string {
    return this.#last?.to === outgoing ? this.#last.refused : "";
  }

  /** The last that was known, so that figures need not vanish with each letter. */
  get last(): Preview | null {
    return this.#last?.preview ?? null;
  }

  async #ask(body: PreviewMessage, signal: AbortSignal): Promise<void> {
    const { outgoing } = body;
    try {
      const preview = await this.#call("preview", { body, signal });
      if (!signal.aborted) this.#last = { to: outgoing, preview, refused: "" };
    } catch (error) {
      if (signal.aborted) return;
      const refused = error instanceof Refusal ? inWords(error).said : "";
      this.#last = { to: outgoing, preview: null, refused };
    }
  }
}
