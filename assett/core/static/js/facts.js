/* The few facts about a structure: one that calls for another brings its card at once, or takes it away. The server
   says which, by the page as it would be; what was answered on a card comes back with it. */
import exclusive from "./exclusive.js";
import written from "./written.js";

export default function facts(form) {
  const status = form.querySelector("[data-facts-status]");
  const cards = () => [...form.querySelectorAll("[data-question]")];
  const known = new Map(cards().map((card) => [card.id, card]));
  let running = Promise.resolve();

  const changed = () => (running = running.then(look).catch(() => {})); // the button asks for what is missing
  form.addEventListener("change", changed);
  if ([...form.elements].some(written)) changed();

  async function look() {
    const body = new URLSearchParams(new FormData(form));
    body.set("looking", "1");
    const response = await fetch(form.action, { method: "POST", body });
    if (response.status !== 200) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const wanted = [...page.querySelectorAll("form[data-facts] [data-question]")];
    if (!wanted.length) return;
    const here = new Set(cards());
    const more = [];
    let before = null;
    for (const fresh of wanted) {
      let card = known.get(fresh.id);
      if (!card) {
        card = document.adoptNode(fresh);
        exclusive(card);
        known.set(card.id, card);
      }
      if (!here.delete(card)) {
        if (before) before.after(card);
        else cards()[0].before(card);
        more.push(card.querySelector(".question-title").textContent);
      }
      before = card;
    }
    for (const card of here) card.remove();
    status.textContent = more.length ? `${form.dataset.textMore} ${more.join(", ")}` : "";
  }
}
