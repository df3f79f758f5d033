// What became of an attempt to connect, as a sentence that could be sent to a colleague.

import { durationWith } from "../../base/format";
import type { FindingState, Opening } from "../../protocol/generated";
import type { SeverityName } from "../../widgets/Severity.svelte";
import { readHead, valueOf } from "./head";
import { nameOfStep, openingNs } from "./waterfall";

export interface Verdict {
  severity: SeverityName;
  title: string;
  text: string;
  /** The finding about it that has a fix, where there is one. */
  finding: FindingState | null;
}

/** Codes of findings that are about how a connection is opened. */
const ABOUT_OPENING = /^(WS1|NET|TLS)/;

/**
 * Say it. `last` is whether no attempt came after this one; `told`, what the strip above says of it
 * already: what happened and what to do, which is not said once more.
 */
export function verdictOf(
  opening: Opening,
  findings: readonly FindingState[],
  last: boolean,
  told = "",
): Verdict {
  const about = findings.filter(
    (one) => one.connection === opening.connection && ABOUT_OPENING.test(one.code),
  );
  const worst = about.find((one) => one.severity === "error") ?? about[0] ?? null;
  if (opening.failure["message"] !== undefined) return failed(opening, worst, last, told);
  const running = opening.steps.find((step) => step.duration_ns < 0 && step.name !== "message");
  if (running) {
    const title = `Connecting: ${nameOfStep(running.name).toLowerCase()}`;
    return { severity: "none", title, text: "This step is not done yet.", finding: null };
  }
  const took = openingNs(opening.steps);
  const title = took < 0 ? "Open" : `Open after ${durationWith(took)}`;
  const severity = worst ? worst.severity : "pass";
  const text = worst ? `${worst.title}. ${worst.cause}` : agreed(opening);
  return { severity, title, text, finding: worst };
}

function failed(
  opening: Opening,
  finding: FindingState | null,
  last: boolean,
  told: string,
): Verdict {
  const { message = "", hint = "", kind = "" } = opening.failure;
  const to = valueOf(readHead(opening.response), "Location");
  if (kind === "redirected" && !last && to !== undefined) {
    const text = "The server named another address, and that one was asked next.";
    return { severity: "pass", title: `Sent on to ${to}`, text, finding: null };
  }
  const isTold = told !== "" && told.includes(message);
  const title = finding && isTold ? finding.title : message;
  const parts = finding ? [finding.cause, finding.fix] : [hint];
  const said = isTold ? told : message;
  const rest = parts.filter((part) => part !== "" && !said.includes(part)).join(" ");
  const text = rest || whereItFailed(opening);
  return { severity: "error", title: sentence(title), text, finding };
}

/** Which step failed and after how long, where that is known. */
function whereItFailed(opening: Opening): string {
  const step = opening.steps.find((one) => one.failed);
  if (step === undefined || step.duration_ns < 0) return "";
  return `The step ${nameOfStep(step.name)} failed after ${durationWith(step.duration_ns)}.`;
}

/** A heading has no full stop. */
function sentence(text: string): string {
  return text.replace(/\.$/, "");
}

function agreed(opening: Opening): string {
  const [extension] = opening.extensions;
  const parts = [
    extension ? `messages may be compressed (${extension.text})` : "messages go uncompressed",
    opening.subprotocol ? `the subprotocol is ${opening.subprotocol}` : "no subprotocol",
  ];
  const text = `The server agreed to WebSocket: ${parts.join(", ")}.`;
  return text;
}
