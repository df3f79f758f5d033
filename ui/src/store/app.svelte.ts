// The page's state in one place: what the server said, what is open, what is chosen, and the orders
// that concern more than one of these. Components read it and call it; only it talks to the server
// for them all.

import { readPasted } from "../base/address";
import { isMac } from "../base/keys";
import type { Batch, CaptureState, Item, State } from "../protocol/generated";
import { type Call, connectApi, inWords, Refusal, Unreachable } from "../transport/api";
import { Live, liveAddress, type LiveState } from "../transport/live";
import { Announcer } from "./announcer.svelte";
import { Commands } from "./commands.svelte";
import { addressWithoutSecrets } from "./concealed";
import { changedSince, fieldsOf, isChanged, withField } from "./connecting";
import { Environments } from "./environments.svelte";
import { drawerAt, Kept } from "./kept";
import { Link } from "./link.svelte";
import { Preferences } from "./preferences.svelte";
import { Sent } from "./sent.svelte";
import { type Question, questionOfPath } from "./question";
import { Captures, isUp, Sessions } from "./sessions.svelte";
import { type Fields, type Tab, Tabs, type TabTrouble } from "./tabs.svelte";
import { followed } from "./tree";
import type { TimelineStore } from "./timeline.svelte";
import { Timelines } from "./timelines.svelte";
import { Workspace } from "./workspace.svelte";

/** A sentence about something that was not done, or not wholly, shown above what it concerns. */
export interface Trouble {
  severity: "error" | "warning" | "advice";
  said: string;
  hint: string;
}

/** A sheet that floats above the page, by its name in the registry, and what it is about. */
export interface OpenSheet {
  id: string;
  /** What it is about: a variable to define, an endpoint to export; empty for nothing. */
  about: string;
}

/** What was read of something that was pasted. */
export interface ReadAddress {
  fields: Fields;
  notes: readonly string[];
  /** Values that were taken out of it and have `{{names}}` in the fields now. */
  secrets: Readonly<Record<string, string>>;
}

/** When what the server could not say is asked for again. */
const AGAIN_MS = 5000;

/** What became of a connection whose server ended. */
const ENDED: TabTrouble = {
  severity: "warning",
  said: "The connection ended with the workbench’s server.",
  hint: "What came until then is recorded. Connect again to go on.",
  field: "",
};

export class App {
  readonly call: Call;
  readonly live: Live;
  readonly link = new Link();
  readonly announcer = new Announcer();
  readonly preferences: Preferences;
  readonly workspace: Workspace;
  readonly tabs: Tabs;
  readonly sessions = new Sessions();
  readonly captures = new Captures();
  readonly commands: Commands;
  readonly sent: Sent;
  readonly environments: Environments;
  readonly #kept: Kept;
  /** Whether the trouble is that the server does not answer. */
  #gone = false;
  /** How often all that the server says was asked for: an answer to an earlier question is void. */
  #asked = 0;
  /** The trouble that it could not be read. */
  #unread: Trouble | null = null;
  readonly #timelines: Timelines;
  #state = $state.raw<State | null>(null);
  /** Which page is shown: `workbench`, or one of the registry, such as `start`. */
  page = $state("start");
  /** What is shown on a phone, where one pane has the screen: `side`, `main`, or one of a view. */
  pane = $state("main");
  /** What stands in the address field of the start page. */
  startDraft = $state("");
  /** What the palette asks; null while it is closed. */
  asking = $state.raw<Question | null>(null);
  /** The sheet that is open; null while none is. */
  sheet = $state.raw<OpenSheet | null>(null);
  /** Whether the sheet of keys is open. */
  showsKeys = $state(false);
  /** Whether the browser keeps nothing of what is typed, since its storage is full or forbidden. */
  full = $state(false);
  /** What was ordered and not done, if nothing nearer to it can say so. */
  trouble = $state.raw<Trouble | null>(null);
  /** A tab that was closed with what was typed in it, and where it was; it can be had back. */
  closed = $state.raw<{ tab: Tab; at: number } | null>(null);

  constructor(call: Call, liveUrl: string, session: Kept, local: Kept, mac: boolean) {
    this.call = call;
    this.#kept = session;
    this.startDraft = session.read("start", "");
    this.preferences = new Preferences(local);
    this.tabs = new Tabs(session);
    this.sent = new Sent(session);
    this.environments = new Environments(session);
    this.sent.keepOnly(this.tabs.all.map((tab) => tab.id));
    this.workspace = new Workspace(call, this.preferences, (before, after) => {
      const endpoints = (items: Item[]) => items.filter((item) => item.kind === "endpoint");
      const paths = followed(endpoints(before.items), endpoints(after.items));
      const valueOf = (path: string) =>
        endpoints(before.items).find((item) => item.path === path)?.value ?? {};
      this.tabs.follow(paths, valueOf);
    });
    this.commands = new Commands(mac, (error) => this.fail(error));
    this.live = new Live({
      url: liveUrl,
      onBatch: (batch) => this.take(batch),
      onState: (state) => this.heard(state),
    });
    this.#timelines = new Timelines(call, this.live.watch.bind(this.live));
    if (this.tabs.current) this.page = "workbench";
  }

  /** What the server said when the page began; null until then. */
  get state(): State | null {
    return this.#state;
  }

  start(): void {
    this.live.start();
  }

  /** Take a batch of what happens. */
  take(batch: Batch): void {
    this.#followCaptures(batch);
    this.sessions.take(batch);
    this.captures.take(batch);
    this.workspace.heard(batch.workspace).catch((error: unknown) => this.fail(error));
  }

  /** Take how the live socket stands. */
  heard(state: LiveState): void {
    this.link.take(state);
    if (this.#gone && this.link.broken) this.trouble = null;
    if (state.phase === "open") void this.#begin();
    if (state.phase === "lost") {
      this.#asked += 1;
      this.sessions.lose();
      this.workspace.lose();
      void this.#askWhy();
    }
  }

  /** Say that something was not done. */
  fail(error: unknown): void {
    this.#gone = error instanceof Unreachable;
    if (this.#gone && this.link.broken) return; // which is said already
    const { said, hint } = inWords(error);
    this.trouble = { severity: "error", said, hint };
    this.announcer.say(`${said} ${hint}`);
  }

  /** Write down what was typed and is neither saved nor sent. */
  keep(): void {
    const started = this.#kept.write("start", addressWithoutSecrets(this.startDraft));
    this.full = !(this.tabs.keep((tab) => this.itemOf(tab)) && started);
  }

  /** Show a page; `workbench` shows the current tab. */
  go(page: string): void {
    if (page !== this.page) this.trouble = null;
    this.page = page;
    this.pane = "main";
  }

  /** Show a tab. */
  goTo(tab: Tab): void {
    this.tabs.go(tab);
    this.go("workbench");
  }

  itemOf(tab: Tab): Item | undefined {
    return tab.path === "" ? undefined : this.workspace.find("endpoint", tab.path);
  }

  /** All fields of a tab's endpoint, as they would be connected with. */
  fieldsOf(tab: Tab): Fields {
    return fieldsOf(this.#state?.defaults ?? {}, this.itemOf(tab), tab.draft);
  }

  /** All fields as they are without what was typed: the file, or the defaults. */
  savedFieldsOf(tab: Tab): Fields {
    return fieldsOf(this.#state?.defaults ?? {}, this.itemOf(tab), {});
  }

  /** Type into a field of a tab's endpoint. */
  setField(tab: Tab, name: string, value: unknown): void {
    this.setFields(tab, { [name]: value });
  }

  /** Set several fields of a tab's endpoint at once. */
  setFields(tab: Tab, fields: Fields): void {
    const item = this.itemOf(tab);
    if (!isChanged(tab.draft)) tab.base = item?.digest ?? "";
    for (const [name, value] of Object.entries(fields)) {
      tab.draft = withField(this.#state?.defaults ?? {}, item, tab.draft, name, value);
    }
    if (!isChanged(tab.draft)) tab.base = "";
  }

  /** Fill a tab's endpoint with what was pasted. */
  fill(tab: Tab, read: ReadAddress): void {
    this.setFields(tab, read.fields);
    const named = Object.keys(read.secrets).map((name) => `{{${name}}}.`);
    tab.notes = read.notes.filter((note) => !named.some((name) => note.endsWith(name)));
    tab.secrets = read.secrets;
  }

  /** Open an endpoint for what was pasted: the tab that is shown if nothing is in it yet. */
  openPasted(read: ReadAddress): Tab {
    const current = this.page === "workbench" ? this.tabs.current : undefined;
    const empty = current?.path === "" && current.draft["url"] === "";
    const tab = empty ? current : this.openDraft({});
    this.fill(tab, read);
    return tab;
  }

  /** Drop what was typed and take what the file says. */
  revert(tab: Tab): void {
    tab.draft = {};
    tab.base = "";
    tab.conflict = null;
  }

  isChanged(tab: Tab): boolean {
    return isChanged(tab.draft);
  }

  sessionOf(tab: Tab) {
    return this.sessions.of(tab.session);
  }

  openEndpoint(path: string): Tab {
    const tab = this.tabs.openEndpoint(path);
    const session = this.sessions.ofEndpoint(path);
    if (session && tab.session === "") {
      tab.join(session);
    }
    this.go("workbench");
    return tab;
  }

  openCapture(capture: CaptureState): Tab {
    const tab = this.tabs.openCapture(capture);
    this.go("workbench");
    return tab;
  }

  openDraft(fields: Fields, title = ""): Tab {
    const tab = this.tabs.openDraft(fields, title);
    this.go("workbench");
    return tab;
  }

  /** Give a code that is an answer to the tab that waits for one; false for any other text. */
  takeAnswer(text: string): boolean {
    const pasted = readPasted(text);
    if (pasted.kind !== "answer") return false;
    const waiting = this.tabs.all.filter(
      (tab) => this.sessionOf(tab)?.peer?.code?.waiting === true,
    );
    // A code does not say which offer it answers: among several the person has to.
    const shown = this.page === "workbench" ? this.tabs.current : undefined;
    const tab = waiting.length > 1 ? waiting.find((one) => one === shown) : waiting[0];
    if (tab === undefined && waiting.length > 0) {
      throw new Error(
        `${waiting.length} connections wait for an answer. Open the one whose code you handed over, and paste it there.`,
      );
    }
    if (tab === undefined) {
      throw new Error(
        "This code is an answer, and no connection here waits for one. It belongs into the page that made the offer.",
      );
    }
    tab.answer = pasted.code;
    this.goTo(tab);
    return true;
  }

  /** Read an address or a command as somebody pasted it; null for an empty text. */
  async readAddress(text: string): Promise<ReadAddress | null> {
    const pasted = readPasted(text);
    if (pasted.kind === "nothing" || pasted.kind === "answer") return null;
    if (pasted.kind === "url") return { fields: { url: pasted.url }, notes: [], secrets: {} };
    // What it is has to be chosen, which the bar of the endpoint asks.
    if (pasted.kind === "either") return { fields: { url: text.trim() }, notes: [], secrets: {} };
    if (pasted.kind === "unknown") throw new Error(pasted.reason);
    const read = await this.call("import_text", { body: { name: "command", text: pasted.text } });
    const value = read.items.find((item) => item.kind === "endpoint")?.value;
    if (!value) throw new Error("There is no address in that command.");
    return { fields: value, notes: read.notes, secrets: read.secrets };
  }

  /** Keep the secrets of a pasted command on this machine, and name them in the environment. */
  async keepSecrets(tab: Tab, where: "keyring" | ".env"): Promise<void> {
    await this.#order(tab, "saving", async () => {
      for (const [name, value] of Object.entries(tab.secrets)) {
        await this.workspace.keepSecret(name, value, where);
      }
      tab.secrets = {};
    });
  }

  /** Open an endpoint that is not saved, and connect. */
  async connectTo(fields: Fields, title = ""): Promise<void> {
    await this.connect(this.openDraft(fields, title));
  }

  /** Connect a tab's endpoint; what went wrong stands in the tab. */
  async connect(tab: Tab): Promise<void> {
    if (tab.busy !== "" || isUp(this.sessionOf(tab))) return;
    await this.#order(tab, "connecting", async () => {
      const session = await this.call("open_session", {
        body: {
          endpoint: this.fieldsOf(tab),
          path: tab.path,
          environment: this.workspace.environment,
          name: tab.name,
        },
      });
      if (!this.tabs.all.includes(tab)) {
        // It was closed meanwhile, and nothing would show the connection, or end it.
        await this.call("forget_session", { path: { session: session.id } });
        return;
      }
      this.sessions.put(session);
      tab.join(session);
    });
  }

  /** End a tab's connection; one that is not there yet is given up without a Close frame. */
  async disconnect(tab: Tab): Promise<void> {
    const session = this.sessionOf(tab);
    if (session === undefined) return;
    const body = session.phase === "open" ? { code: 1000 } : { drop: true };
    await this.#order(tab, "closing", async () => {
      await this.call("close_session", { path: { session: session.id }, body });
    });
  }

  /** Write a tab's endpoint into the workspace; a file that was changed meanwhile is left alone. */
  async save(tab: Tab, path = tab.path, digest = this.#digestOf(tab, path)): Promise<void> {
    // A second one would have the digest that the first is about to change.
    if (path === "" || tab.busy === "saving") return;
    await this.#order(tab, "saving", async () => {
      const value = this.fieldsOf(tab);
      let saved: Item;
      try {
        saved = await this.workspace.save({ kind: "endpoint", path, value, digest });
      } catch (error) {
        const theirs = error instanceof Refusal ? error.failure.current : null;
        if (!theirs) throw error;
        tab.conflict = theirs;
        return;
      }
      tab.path = path;
      // What was typed while it was written is not in the file.
      tab.draft = changedSince(value, tab.draft);
      tab.base = isChanged(tab.draft) ? saved.digest : "";
      tab.conflict = null;
    });
  }

  /** Digest of the file that a draft was begun upon, so that what came between is not lost. */
  #digestOf(tab: Tab, path: string): string {
    if (path !== tab.path) return "";
    return tab.base || (this.itemOf(tab)?.digest ?? "");
  }

  /** Ask where in the workspace a tab's endpoint should be written, and write it there. */
  askPath(tab: Tab): void {
    this.asking = questionOfPath(tab.name, this.workspace, (path) => void this.save(tab, path));
  }

  /** Two people changed one endpoint: write mine over theirs, or take theirs and drop mine. */
  async settle(tab: Tab, mine: boolean): Promise<void> {
    const theirs = tab.conflict;
    if (theirs === null) return;
    tab.conflict = null;
    if (mine) {
      await this.save(tab, theirs.path, theirs.digest);
    } else {
      tab.path = theirs.path;
      tab.draft = {};
      tab.base = "";
      await this.workspace.read().catch((error: unknown) => this.fail(error));
    }
  }

  /** Close a tab; a connection of it ends, its capture stays, and what was typed can be had back. */
  async closeTab(tab: Tab): Promise<void> {
    const session = this.sessionOf(tab);
    if (tab.hasTyped) {
      this.closed = { tab, at: this.tabs.all.indexOf(tab) };
      this.announcer.say(`${tab.name} was closed. What was not saved in it can be had back.`);
    }
    this.tabs.close(tab);
    const kept = this.closed === null ? this.tabs.all : [...this.tabs.all, this.closed.tab];
    this.sent.keepOnly(kept.map((one) => one.id));
    this.#timelines.close(tab);
    if (this.tabs.current === undefined) this.go("start");
    if (session === undefined) return;
    try {
      await this.call("forget_session", { path: { session: session.id } });
      this.sessions.forget(session.id);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Open the tab again that was closed with what was typed in it; its connection has ended. */
  reopenTab(): void {
    if (this.closed === null) return;
    const { tab, at } = this.closed;
    this.closed = null;
    // Its file may be open again, or gone: then it is an endpoint of its own that is not saved.
    const isTaken = this.tabs.all.some((one) => one.path === tab.path);
    if (tab.path !== "" && (isTaken || this.itemOf(tab) === undefined)) {
      tab.title = tab.name;
      tab.draft = this.fieldsOf(tab);
      tab.path = tab.base = "";
    }
    tab.session = "";
    this.tabs.putBack(tab, at);
    this.go("workbench");
  }

  /** The timeline of a tab's capture, the same as long as the capture is; null until it is opened. */
  timelineOf(tab: Tab): TimelineStore | null {
    return this.#timelines.of(tab);
  }

  /** Make the timeline of a tab's capture, where there is none; in an effect, not while rendering. */
  openTimeline(tab: Tab): TimelineStore | null {
    return this.#timelines.open(tab);
  }

  /** Take in a file as a capture and show it. */
  async importCapture(file: File): Promise<void> {
    const { capture, notes } = await this.call("import_capture", {
      path: { name: file.name },
      body: file,
      timeout: 600_000,
    });
    this.captures.put(capture);
    this.openCapture(capture);
    if (notes.length > 0) {
      this.trouble = {
        severity: "advice",
        said: `${file.name} was taken in.`,
        hint: notes.join(" "),
      };
    }
  }

  async #order(tab: Tab, order: Tab["busy"], done: () => Promise<void>): Promise<void> {
    tab.busy = order;
    tab.trouble = null;
    try {
      await done();
    } catch (error) {
      const field = error instanceof Refusal ? (error.failure.field ?? "") : "";
      tab.trouble = { severity: "error", ...inWords(error), field };
    } finally {
      if (tab.busy === order) tab.busy = "";
    }
  }

  /** Give a capture that is over another name for people; tabs that show it go along. */
  async renameCapture(capture: CaptureState, name: string): Promise<CaptureState> {
    const path = { capture: capture.id };
    const renamed = await this.call("rename_capture", { path, body: { to: name } });
    this.tabs.followCapture(capture.id, renamed);
    this.captures.forget(capture.id);
    this.captures.put(renamed);
    await this.workspace.read(); // which says what an undo would take back
    this.workspace.said = `Renamed ${capture.name} to ${renamed.name}.`;
    return renamed;
  }

  /** Put a capture that is over into the workspace's trash; an undo brings it back. */
  async deleteCapture(capture: CaptureState): Promise<void> {
    await this.call("delete_capture", { path: { capture: capture.id } });
    this.captures.forget(capture.id);
    await this.workspace.read();
    this.workspace.said = `Deleted ${capture.name}.`;
  }

  /** Captures that have another name have another id: the tabs that show them go along. */
  #followCaptures(batch: Batch): void {
    for (const { id, capture, name } of batch.sessions) {
      const before = this.sessions.isStale(id) ? undefined : this.sessions.of(id)?.capture;
      if (before !== undefined) this.tabs.followCapture(before, { id: capture, name });
    }
    for (const [id, capture] of this.captures.renamedIn(batch)) {
      this.tabs.followCapture(id, capture);
    }
  }

  /** Take all that the server says, at first and after a break, when it may all be different. */
  begin(state: State): void {
    this.#state = state;
    this.workspace.take(state.workspace);
    for (const tab of this.tabs.all) tab.fillIn(this.itemOf(tab));
    this.sessions.begin(state);
    this.captures.begin(state);
    this.#dropMissing();
    this.#adopt();
    this.#timelines.refresh();
  }

  /** Ask for everything that a socket does not tell; again while it is not told. */
  async #begin(): Promise<void> {
    const asked = (this.#asked += 1);
    this.sessions.ask();
    this.captures.ask();
    try {
      const state = await this.call("state");
      if (asked !== this.#asked) return;
      if (this.#unread !== null && this.trouble === this.#unread) this.trouble = null;
      this.begin(state);
    } catch (error) {
      if (asked !== this.#asked) return;
      const before = this.trouble;
      this.fail(error);
      this.#unread = this.trouble === before ? null : this.trouble;
      setTimeout(() => {
        if (asked === this.#asked) void this.#begin();
      }, AGAIN_MS);
    }
  }

  /**
   * Files that went while the page was away, or that another workspace has not: their tabs keep what
   * was typed and what they recorded; those that have neither are closed.
   */
  #dropMissing(): void {
    const missing = this.tabs.all.filter((tab) => tab.path !== "" && !this.itemOf(tab));
    for (const tab of missing) {
      const url = tab.hasTyped ? { url: "" } : {};
      this.tabs.follow(new Map([[tab.path, null]]), () => url);
      if (!tab.hasTyped && tab.capture === "") this.tabs.close(tab);
    }
    if (this.tabs.current === undefined && this.page === "workbench") this.go("start");
  }

  /** Connections that another page opened, or that a new server does not know any more. */
  #adopt(): void {
    const current = this.tabs.current;
    for (const tab of this.tabs.all) {
      const there = this.sessions.of(tab.session);
      if (tab.session === "" || there?.capture === tab.capture) continue;
      tab.session = "";
      tab.trouble = ENDED;
    }
    for (const session of this.sessions.all.values()) {
      if (!this.tabs.all.some((tab) => tab.session === session.id)) this.tabs.openSession(session);
    }
    this.tabs.go(current ?? this.tabs.current);
  }

  /** A socket that does not open tells no reason; a plain question does. */
  async #askWhy(): Promise<void> {
    try {
      await this.call("state", { timeout: 5000 });
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.link.locked = error.message;
    }
  }
}

function makeApp(): App {
  // Tabs belong to this window; a window that has none yet begins with those that were kept last.
  const machine = drawerAt(() => localStorage);
  const session = new Kept(
    drawerAt(() => sessionStorage),
    machine,
  );
  const local = new Kept(machine);
  const mac = isMac(navigator.platform);
  const app = new App(connectApi(), liveAddress(location), session, local, mac);
  addEventListener("storage", () => app.preferences.reread());
  return app;
}

let made: App | undefined;

/** The page's own state. */
export function app(): App {
  made ??= makeApp();
  return made;
}
