"""What a picture of the page must not have, found in the page by measuring it.

A picture shows faults of taste; these are the faults that need none: a page that scrolls sideways,
text that is cut off and nowhere whole, a control that is too small to hit, labels that do not fit
into their control, and controls that lie over each other.
"""

from playwright.sync_api import Page

MOUSE, TOUCH = 24, 44
"""The least height of a control, in CSS pixels."""

# What is covered, folded or scrolled away cannot be seen and is not judged. Rows of the timeline
# are cut by design: Enter shows one whole. A link within a sentence is as high as its line
# (WCAG 2.2, 2.5.8, "inline").
_MEASURE = """
(least) => {
  const found = [];
  const name = (one) => {
    const words = one.getAttribute("aria-label") || one.textContent || one.placeholder || one.name;
    const kind = one.className && typeof one.className === "string"
      ? `.${one.className.trim().split(/\\s+/).join(".")}` : "";
    return `${one.tagName.toLowerCase()}${kind} "${(words || "").trim().slice(0, 40)}"`;
  };
  // As far as it is seen: what scrolls is cut off by what it scrolls in.
  const box = (one) => {
    const own = one.getBoundingClientRect();
    let { left, top, right, bottom } = own;
    for (let up = one.parentElement; up; up = up.parentElement) {
      if (getComputedStyle(up).overflowY === "visible") continue;
      const within = up.getBoundingClientRect();
      left = Math.max(left, within.left), top = Math.max(top, within.top);
      right = Math.min(right, within.right), bottom = Math.min(bottom, within.bottom);
    }
    return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  };
  const seen = (one) => {
    const at = box(one);
    const x = at.x + at.width / 2, y = at.y + at.height / 2;
    if (at.width < 1 || at.height < 1) return false;
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return false;
    const top = document.elementFromPoint(x, y);
    return top !== null && (one.contains(top) || top.contains(one) && top.tagName === "LABEL");
  };
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`the page is ${wide} px wider than the screen`);

  for (const one of document.querySelectorAll("body *")) {
    const style = getComputedStyle(one);
    if (style.textOverflow !== "ellipsis" || style.overflowX === "visible") continue;
    if (one.scrollWidth <= one.clientWidth + 1 || one.matches("input")) continue;
    if (one.closest("[role=row], [role=listbox]") || !seen(one)) continue;
    one.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    if (one.closest("[title]")) continue;
    found.push(`text is cut and has no title: ${name(one)}`);
  }

  const kinds = "button, a[href], select, textarea, input:not([hidden]), [role=slider]";
  const controls = [...document.querySelectorAll(kinds)].filter(seen);
  for (const one of controls) {
    const style = getComputedStyle(one);
    const label = one.matches("[type=checkbox], [type=radio]") ? one.closest("label, td") : null;
    const at = (label ?? one).getBoundingClientRect();
    const inline = style.display === "inline" || one.matches(".link");
    if (!inline && at.height < least - 1 && !one.closest("[role=row]")) {
      found.push(`${at.height.toFixed(0)} px high, ${least} are needed: ${name(one)}`);
    }
    if (one.matches("button, a") && one.scrollHeight > one.clientHeight + 3 && !inline) {
      found.push(`its label does not fit into it: ${name(one)}`);
    }
  }

  controls.forEach((one, index) => {
    for (const other of controls.slice(index + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      const a = box(one), b = box(other);
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 2) found.push(`${name(one)} lies over ${name(other)}`);
    }
  });
  return [...new Set(found)];
}
"""


def faults(page: Page, *, touch: bool) -> list[str]:
    """Measure what can be seen of a page now.

    Args:
        page: the page.
        touch: whether it is held in the hand, where controls have to be higher.

    Returns:
        One sentence a fault.
    """
    found: list[str] = page.evaluate(_MEASURE, TOUCH if touch else MOUSE)
    return found
