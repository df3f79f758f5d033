// What scrolls can be scrolled by keyboard: a box that hides a part of what it holds, and may hold
// nothing that takes the focus, takes it itself, for as long as there is something to scroll.

/** Attach to a box that may scroll. */
export function reachable(element: HTMLElement): () => void {
  const look = () => {
    const wide = element.scrollWidth > element.clientWidth + 1;
    const tall = element.scrollHeight > element.clientHeight + 1;
    if (wide || tall) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver(look);
  sizes.observe(element);
  const content = new MutationObserver(look);
  content.observe(element, { childList: true, subtree: true });
  look();
  return () => {
    sizes.disconnect();
    content.disconnect();
  };
}
