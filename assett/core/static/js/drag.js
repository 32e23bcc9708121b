/* Things moved by their handle: dragged to a place of the list that `listAt` finds under the pointer. `dropped` is told
   the thing, its list and its place there, counted without it. */
export default function drag(root, thing, listAt, dropped) {
  let dragged, list, place;
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
    // Near an edge of the window the page follows.
    if (event.clientY < 60) scrollBy(0, -14);
    else if (event.clientY > innerHeight - 60) scrollBy(0, 14);
    mark(event.clientX, event.clientY);
  });

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
