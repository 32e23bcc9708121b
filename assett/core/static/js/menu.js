/* A folded menu closes on Escape, and when the pointer or the focus goes elsewhere. */
export default function menu(details) {
  const button = details.querySelector("summary");
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    button.focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!details.contains(target)) details.open = false;
  });
  details.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !details.contains(relatedTarget)) details.open = false;
  });
}
