// Keys by name: `Ctrl+K`, `Shift+F10`, `?`, `g w`. `Ctrl` is Cmd on a Mac. A chord is one press; a
// sequence is chords with a space between. What a key does is in the store's commands; here is only
// how it is spelled, compared and shown.

/** What of a keyboard event matters. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  /** Which key it was, whatever character it gives: `KeyN`. */
  code?: string;
  /** Whether it is held down, and this is not the first press. */
  repeat?: boolean;
}

const SHOWN: Readonly<Record<string, string>> = {
  Enter: "↵",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** Whether Cmd stands for Ctrl. */
export function isMac(platform: string): boolean {
  return /^(mac|iphone|ipad)/i.test(platform);
}

/** The chord of a press: `Ctrl+K`, `Alt+ArrowUp`, `?`; Shift is named only where the key does not tell. */
export function chord(press: Press, mac: boolean): string {
  const main = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  // Option makes another character on a Mac, or none yet: Option+N is a dead tilde.
  const plain = mac && press.altKey ? /^(?:Key|Digit)(.)$/.exec(press.code ?? "")?.[1] : undefined;
  const typed = plain ?? press.key;
  const named = typed.length > 1 || typed === " ";
  const key = named ? typed : main || press.altKey ? typed.toUpperCase() : typed;
  const parts = [
    main ? "Ctrl" : "",
    other ? "Meta" : "",
    press.altKey ? "Alt" : "",
    press.shiftKey && (named || main || press.altKey) ? "Shift" : "",
    key === " " ? "Space" : key,
  ];
  return parts.filter(Boolean).join("+");
}

/** Whether a chord is a character alone, which acts only while a list has the focus. */
export function isCharacter(pressed: string): boolean {
  return [...pressed].length === 1 || pressed === "Space";
}

/** How a key is shown: "Ctrl K", "⌘ K", "g then w". */
export function label(key: string, mac: boolean): string {
  return key
    .split(" ")
    .map((one) =>
      one
        .split(/\+(?=.)/)
        .map((part) => (part === "Ctrl" && mac ? "⌘" : (SHOWN[part] ?? part)))
        .join(" "),
    )
    .join(" then ");
}

/** The value of `aria-keyshortcuts` for a key; empty for a sequence, which that cannot say. */
export function ariaShortcut(key: string, mac: boolean): string {
  if (key.includes(" ")) return "";
  return key.replace(/^Ctrl\+/, mac ? "Meta+" : "Control+");
}

/** Follows sequences such as `g w`: what was pressed before counts for a second. */
export class Sequence {
  #before = "";
  #at = -Infinity;

  /** Take a chord at a time in ms; the longest spelling first: `["g w", "w"]`. */
  take(pressed: string, now: number): string[] {
    const fresh = now - this.#at < 1000 && this.#before !== "";
    const found = fresh ? [`${this.#before} ${pressed}`, pressed] : [pressed];
    this.#before = pressed;
    this.#at = now;
    return found;
  }

  /** A sequence was understood; the next press begins anew. */
  clear(): void {
    this.#before = "";
  }
}
