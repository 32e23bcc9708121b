/* Lines of « pour » and « qui » drawn anew as they are picked, and who would see the resource, as one goes; and a new
   resource filled in from its page. */
import written from "./written.js";

export default function aims(form) {
  let latest = 0, compared = 0;

  async function redraw(name, value) {
    const turn = ++latest;
    const sent = new FormData(form);
    sent.set("do", value || "show");
    try {
      const response = await fetch(form.action || location.href, { method: "POST", body: sent });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const [here, there] = [form.querySelector("[data-live]"), page.querySelector("[data-live]")];
      if (turn !== latest || !here || !there) return;
      if (!name) {
        const [said, says] = [here.querySelector("[data-reach]"), there.querySelector("[data-reach]")];
        if (said && says) said.replaceChildren(...document.adoptNode(says).childNodes);
        return;
      }
      here.replaceWith(document.adoptNode(there));
      settle(page);
      // What is drawn anew no longer differs from what the page brought, and is not kept for all that.
      if ("unsaved" in form.dataset) form.dataset.unsaved = "typed";
      const fresh = form.querySelector("[data-live]");
      const field = fresh.querySelector(`[name="${CSS.escape(name)}"]`) ?? [...fresh.querySelectorAll(`select`)].at(-1);
      (field ?? fresh.querySelector("button"))?.focus();
    } catch {
      if (name) form.requestSubmit(form.querySelector('[name="do"][value="show"]'));
    }
  }

  // What is in the base already is told once its title or its address is typed, not after all the rest.
  async function compare() {
    const turn = ++compared;
    const sent = new FormData(form);
    sent.set("do", "show");
    const page = await fetch(form.action || location.href, { method: "POST", body: sent })
      .then((response) => response.text())
      .then((text) => new DOMParser().parseFromString(text, "text/html"))
      .catch(() => null); // told when it is saved
    if (page && turn === compared) tell(page);
  }

  function tell(page) {
    for (const told of form.querySelectorAll("[data-twin]")) {
      const tells = page.querySelector(`[data-twin="${told.dataset.twin}"]`);
      if (tells && tells.innerHTML !== told.innerHTML) told.replaceChildren(...document.adoptNode(tells).childNodes);
    }
    settle(page);
  }

  // What was wrong elsewhere and is put right is not told any more; the field one types in is left alone.
  function settle(page) {
    const [told, tells] = [form.querySelector("[data-errors]"), page.querySelector("[data-errors]")];
    if (told && tells) told.replaceChildren(...document.adoptNode(tells).childNodes);
    for (const field of form.querySelectorAll(".field-invalid")) {
      const fresh = page.getElementById(field.querySelector("label")?.htmlFor)?.closest(".field");
      if (fresh && !field.contains(document.activeElement)) field.replaceWith(document.adoptNode(fresh));
    }
  }

  // What the page of an address says comes into the fields that nobody has written in, before it was asked or since.
  async function fill(button) {
    if (button.hasAttribute("aria-disabled")) return;
    const [said, before] = [form.querySelector("[data-filled]"), form.querySelector("[data-proposed]")];
    const sent = new FormData(form);
    sent.set("do", "fill");
    const untouched = (name) => form.elements[name].value === sent.get(name);
    button.setAttribute("aria-disabled", "true");
    said.textContent = button.dataset.fill;
    try {
      const response = await fetch(form.action || location.href, { method: "POST", body: sent });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const [says, proposed] = [page.querySelector("[data-filled]"), page.querySelector("[data-proposed]")];
      const names = [...before.children, ...proposed.children].map((each) => each.name.replace("proposed.", ""));
      const same = ["url", "title_fr"].every(untouched);
      for (const name of new Set(names)) if (untouched(name)) swap(name, page.querySelector(`[name="${name}"]`));
      before.replaceChildren(...document.adoptNode(proposed).childNodes);
      said.replaceChildren(...document.adoptNode(says).childNodes);
      if ("unsaved" in form.dataset) form.dataset.unsaved = "typed";
      compared += 1; // what was asked before says less
      if (same) tell(page);
      else compare();
    } catch {
      form.requestSubmit(button);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  function swap(name, fresh) {
    const here = form.elements[name];
    const typing = here === document.activeElement;
    here.closest(".field").replaceWith(document.adoptNode(fresh.closest(".field")));
    if (typing) fresh.focus();
  }

  const follow = (field) => redraw(field.matches("[data-redraw]") ? field.name : null);
  form.addEventListener("change", ({ target }) => target.closest("[data-live]") && follow(target));
  const NAMING = '[name="url"], [name="title_fr"]';
  form.addEventListener("change", ({ target }) => target.matches(NAMING) && compare());
  form.addEventListener("click", (event) => {
    const button = event.target.closest('[data-live] button[name="do"]');
    if (!button) return;
    event.preventDefault();
    redraw(button.value === "show" ? null : "–", button.value);
  });
  const asks = form.querySelector("[data-fill]");
  asks?.addEventListener("click", (event) => {
    event.preventDefault();
    fill(asks);
  });
  form.addEventListener("keydown", (event) => {
    if (!asks || event.key !== "Enter" || event.target.name !== "url") return;
    event.preventDefault();
    fill(asks);
  });
  // What was written before this was loaded said so to nobody.
  const early = [...form.elements].filter(written);
  const drawn = early.find((field) => field.closest("[data-live]"));
  if (drawn) follow(drawn);
  if (early.some((field) => field.matches(NAMING))) compare();
}
