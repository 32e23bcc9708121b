/* The preview of a draft answers as one goes: the page sent is drawn anew by the server, and what changed is shown. */
import written from "./written.js";

export default function preview(form) {
  let timer, running = Promise.resolve();

  const changed = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => (running = running.then(refresh)), wait);
  };
  form.addEventListener("input", (event) => event.target.matches("[data-value]") && changed(600));
  form.addEventListener("change", () => changed(0));
  if ([...form.elements].some(written)) changed(0);

  async function refresh() {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const state = page.querySelector("[data-preview-state]");
    if (state) form.querySelector("[data-preview-state]").replaceWith(document.adoptNode(state));
    for (const fresh of page.querySelectorAll("[data-question]")) {
      const card = document.getElementById(fresh.id);
      if (!card) continue;
      card.hidden = fresh.hidden;
      for (const part of ["[data-feedback]", "[data-error]", ".question-number"]) {
        const [old, now] = [card.querySelector(part), fresh.querySelector(part)];
        if (old && now) old.replaceWith(document.adoptNode(now));
      }
    }
  }
}
