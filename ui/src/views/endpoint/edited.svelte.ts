// A tab's endpoint while it is edited: what each field says, what it is by default, whether it was
// changed, and why it is to blame for the last failure.

import type { App } from "../../store/app.svelte";
import type { Blame, Tab } from "../../store/tabs.svelte";
import type { Analysis } from "../../protocol/generated";
import { concerns, type Endpoint, endpointOf, same, valueAt, withValueAt } from "./model";

export class Edited {
  constructor(
    readonly app: App,
    readonly tab: Tab,
  ) {}

  /** All fields, as they would be connected with. */
  get of(): Endpoint {
    return endpointOf(this.app.fieldsOf(this.tab));
  }

  /** What a new endpoint says. */
  get plain(): Endpoint {
    return endpointOf({ ...this.app.state?.defaults });
  }

  /** Set the field at a path, as `tls.insecure`. */
  set(path: string, value: unknown): void {
    const [name = ""] = path.split(".");
    const whole = withValueAt(this.of, path, value) as Record<string, unknown>;
    this.app.setField(this.tab, name, whole[name]);
  }

  /** Whether a field is not what a new endpoint has. */
  changed(path: string): boolean {
    return !same(valueAt(this.of, path), valueAt(this.plain, path));
  }

  /** Why the field at a path caused the last failure; empty where it did not. */
  blame(path: string): string {
    return blamesOf(this.tab).find((one) => concerns(one.field, path))?.said ?? "";
  }
}

/** Everything that is to blame for how a tab's endpoint fared. */
export function blamesOf(tab: Tab): readonly Blame[] {
  const refused = tab.trouble?.field ?? "";
  if (refused === "" || tab.trouble === null) return tab.blames;
  return [{ field: refused, said: tab.trouble.said }, ...tab.blames];
}

/** Fields that a capture's findings would change, with what each finding says. */
export function blamesIn(analysis: Analysis): Blame[] {
  return analysis.findings
    .filter((finding) => finding.severity === "error" && finding.change !== null)
    .flatMap((finding) =>
      leaves(finding.change, "").map((field) => ({ field, said: `${finding.title}.` })),
    );
}

function leaves(change: unknown, path: string): string[] {
  if (typeof change !== "object" || change === null || Array.isArray(change)) return [path];
  return Object.entries(change).flatMap(([name, inner]) =>
    leaves(inner, path === "" ? name : `${path}.${name}`),
  );
}
