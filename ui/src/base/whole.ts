// What is cut off for want of room is said whole while the pointer rests on it. One listener does it
// for the whole page: whether a text is cut depends on the width of its pane, and changes with it.

const MOST = 600;
const given = new WeakSet<HTMLElement>();

/** Give what the pointer came upon a title, if it is cut and has none; take back one it needs no more. */
export function sayWhatIsCut(event: Event): void {
  const target = event.target instanceof Element ? event.target : null;
  const cut = target?.closest<HTMLElement>(".cut");
  if (!cut || (cut.title !== "" && !given.has(cut))) return;
  if (cut.scrollWidth > cut.clientWidth) {
    // Captured text stands here already with its control characters named.
    const text = (cut.textContent ?? "").replace(/\s+/g, " ").trim();
    cut.title = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
    given.add(cut);
  } else if (given.delete(cut)) cut.removeAttribute("title");
}
