// Events for the clipboard: as what they say, or as the call that sends them again.

import { counted } from "../../base/format";
import type { CopyEvents } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";

export type Form = CopyEvents["form"];

export const FORMS: readonly { id: Form; name: string }[] = [
  { id: "text", name: "text" },
  { id: "hex", name: "hex" },
  { id: "json", name: "JSON" },
  { id: "curl", name: "cURL" },
  { id: "wscat", name: "wscat" },
  { id: "python", name: "Python" },
];

/** Copy events; what was done is said. */
export async function copyAs(app: App, capture: string, seqs: number[], form: Form): Promise<void> {
  const name = FORMS.find((one) => one.id === form)?.name ?? form;
  const copied = await app.call("copy", { path: { capture }, body: { seqs, form } });
  await copyText(app, copied.text, `${counted(seqs.length, "event")} copied as ${name}.`);
}

/** Put a text on the clipboard. */
export async function copyText(app: App, text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    throw new Error("The browser does not let the page write to the clipboard.");
  }
  app.announcer.say(said);
}
