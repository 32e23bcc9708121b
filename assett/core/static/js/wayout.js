/* A closed draft takes nothing more: said after the place where one writes, with the button that goes on with it all. */
export default function wayOut(form, place, { said, label, url }) {
  const known = form.querySelector("[data-way-out]");
  const way = known || Object.assign(document.createElement("div"), { className: "way-out" });
  way.dataset.wayOut = "";
  const button = Object.assign(document.createElement("button"), { className: "button", textContent: label, formAction: url });
  way.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: said }), button);
  if (known) return;
  way.setAttribute("role", "alert");
  place.after(way);
  way.scrollIntoView({ block: "nearest" });
}
