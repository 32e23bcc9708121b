/* A draft's page: undo by the keyboard, questions opened in their place, and (in the plan) moved by hand. */
import dialog from "./dialog.js";
import studio from "./studio.js";

export default function draft(header) {
  /* Ctrl+Z undoes the last step, but in a field what was typed there. */
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const key = event.key.toLowerCase();
    const wanted = key === "z" && !event.shiftKey ? "undo" : (key === "z" && event.shiftKey) || key === "y" ? "redo" : null;
    const button = wanted && header.querySelector(`[data-${wanted}]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });

  /* What adds or changes something is sent once, however often its button is pressed. */
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-studio-form]") || event.target.method !== "post") return;
    if (sent.has(event.target)) event.preventDefault();
    sent.add(event.target);
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-studio-open]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      open(link).catch(() => location.assign(link.href));
    }
  });

  async function open(link) {
    const card = link.closest("[data-piece]");
    const response = await fetch(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(card.id);
    if (!response.ok || !fresh?.querySelector("form[data-studio-form]")) throw new Error("no form");
    history.pushState(null, "", link.href);
    shown = address();
    card.replaceWith(document.adoptNode(fresh));
    fresh.querySelectorAll("form[data-studio-form]").forEach(studio);
    fresh.querySelectorAll("[data-dialog]").forEach(dialog);
    fresh.querySelector("textarea, input:not([type=hidden])")?.focus();
  }
  // Another card open or closed is another page; a link to a place within this one is not.
  const address = () => location.pathname + location.search;
  let shown = address();
  addEventListener("popstate", () => shown !== address() && location.reload());

  const plan = document.querySelector("[data-plan]");
  if (plan) import("./drag.js").then((behaviour) => sortable(plan, behaviour.default));
}

/* Questions of the plan, moved by their handle: dragged, or with the arrow keys. */
function sortable(plan, drag) {
  const told = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  told.setAttribute("role", "status");
  plan.append(told);
  let running = Promise.resolve();
  show(plan);

  function show(root) {
    for (const handle of root.querySelectorAll("[data-handle]")) handle.hidden = false;
  }

  drag(
    plan,
    "[data-address]",
    (under) => under?.closest("[data-plan] .plan-category")?.querySelector("[data-sortable]"),
    (item, list, place) => {
      const others = [...list.children].filter((each) => each !== item);
      const values = { verb: "move", category: list.dataset.sortable, place };
      move(item.dataset.address, values, others[place - 1] ?? others[0] ?? list);
    },
  );

  plan.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-handle]");
    const verb = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!handle || !verb) return;
    event.preventDefault();
    const item = handle.closest("[data-address]");
    move(item.dataset.address, { verb }, item.previousElementSibling ?? item.nextElementSibling ?? item.parentElement);
  });

  /* The server moves it, then says how the plan stands: what a colleague did meanwhile is there too. `near` is what
     stands where one looks. */
  function move(address, values, near) {
    const beside = near.dataset.address ? `[data-address="${CSS.escape(near.dataset.address)}"]`
      : `[data-sortable="${CSS.escape(near.dataset.sortable)}"]`;
    running = running.then(async () => {
      const body = new URLSearchParams({ csrf_token: plan.dataset.token, address, back: "plan", ...values });
      const response = await fetch(plan.dataset.plan, { method: "POST", body });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("plan");
      if (!response.ok || !fresh) return location.reload();
      const height = () => plan.querySelector(beside)?.getBoundingClientRect().top;
      const stood = height();
      for (const id of ["plan", "studio-state"]) {
        document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
      }
      show(plan);
      const place = plan.querySelector(beside) ?? fresh;
      const words = page.querySelector(".toasts");
      document.querySelector(".toasts")?.remove();
      told.textContent = words ? "" : plan.dataset.textMoved;
      const moved = plan.querySelector(`[data-address="${CSS.escape(address)}"]`);
      if (!words) return moved?.querySelector("[data-handle]")?.focus();
      // A colleague has removed it meanwhile: said where one looks, and the page does not leave from there.
      if (place.dataset.address) place.append(document.adoptNode(words));
      else place.before(document.adoptNode(words));
      if (stood !== undefined) scrollBy({ top: (height() ?? stood) - stood, behavior: "instant" });
      (moved ?? place).querySelector("[data-handle]")?.focus({ preventScroll: true });
      words.scrollIntoView({ block: "nearest", behavior: "instant" });
    }).catch(() => location.reload());
  }
}
