/* Things moved by their handle: dragged to a place of the list that `listAt` finds under the pointer. `dropped` is told
   the thing, its list and its place there, counted without it. */

/* Near an edge of the window the page follows, faster the nearer, for as long as the pointer is held there. */
const EDGE = 72, FASTEST = 900;

export default function drag(root, thing, listAt, dropped) {
  let dragged, list, place, x, y, following, before;
  const escape = (event) => event.key === "Escape" && drop(false);

  root.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button) return;
    dragged = handle.closest(thing);
    dragged.toggleAttribute("data-dragging", true);
    handle.setPointerCapture(event.pointerId);
    addEventListener("keydown", escape);
  });

  root.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    ({ clientX: x, clientY: y } = event);
    mark(x, y);
    following ??= requestAnimationFrame(follow);
  });

  /* How fast the page goes, in pixels a second: none but near an edge, which may be narrower than a small window. */
  function speed() {
    const edge = Math.min(EDGE, innerHeight / 4);
    const depth = y < edge ? y - edge : Math.max(0, y - (innerHeight - edge));
    return (Math.max(-edge, Math.min(edge, depth)) / edge) * FASTEST;
  }

  function follow(now) {
    const pace = dragged?.isConnected ? speed() : 0;
    following = undefined;
    if (!pace) return void (before = undefined);
    const step = (pace * Math.min(now - (before ?? now - 16), 50)) / 1000;
    before = now;
    // Each step at once: a smooth one would hardly begin before the next.
    scrollBy({ top: Math.sign(step) * Math.ceil(Math.abs(step)), behavior: "instant" });
    mark(x, y);
    following = requestAnimationFrame(follow);
  }

  function mark(x, y) {
    unmark();
    list = listAt(document.elementFromPoint(x, y));
    if (!list) return;
    const others = [...list.children].filter((each) => each !== dragged);
    const next = others.find((each) => y < each.getBoundingClientRect().top + each.offsetHeight / 2);
    place = next ? others.indexOf(next) : others.length;
    if (next) next.toggleAttribute("data-drop-before", true);
    else (others.at(-1) ?? list).toggleAttribute("data-drop-after", true);
  }

  function unmark() {
    for (const each of root.querySelectorAll("[data-drop-before], [data-drop-after]")) {
      each.removeAttribute("data-drop-before");
      each.removeAttribute("data-drop-after");
    }
    list = null;
  }

  function drop(keep) {
    if (!dragged) return;
    const [item, target, at] = [dragged, list, place];
    removeEventListener("keydown", escape);
    item.removeAttribute("data-dragging");
    unmark();
    dragged = null;
    const stays = target === item.parentElement && at === [...target.children].indexOf(item);
    if (keep && target && !stays) dropped(item, target, at);
  }
  root.addEventListener("pointerup", () => drop(true));
  root.addEventListener("pointercancel", () => drop(false));
}
