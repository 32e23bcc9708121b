/* The few facts about a structure: each is kept as it is given, and one that calls for another brings its card at once,
   or takes it away. The server says which, by the page as it would be; what was answered on a card comes back with it. */
import exclusive from "./exclusive.js";
import written from "./written.js";

const TYPING_PAUSE = 800; // milliseconds without a key before a text leaves

export default function facts(form) {
  const status = form.querySelector("[data-facts-status]");
  const cards = () => [...form.querySelectorAll("[data-question]")];
  const known = new Map(cards().map((card) => [card.id, card]));
  const given = new Set(); // the questions whose answer the server has not kept
  let running = Promise.resolve();
  let typing = 0;

  const send = () => (running = running.then(look).catch(() => {})); // the button asks for what is missing
  const changed = (field) => {
    const card = field.closest("[data-question]");
    if (!card) return;
    given.add(card.dataset.question);
    send();
  };
  form.addEventListener("change", ({ target }) => changed(target));
  form.addEventListener("input", ({ target }) => {
    clearTimeout(typing);
    if (target.matches("[data-value]")) typing = setTimeout(changed, TYPING_PAUSE, target);
  });
  window.addEventListener("online", send);
  [...form.elements].filter(written).forEach(changed);

  async function look() {
    if (!given.size) return;
    const sent = [...given];
    given.clear();
    const body = new URLSearchParams(new FormData(form));
    for (const name of sent) body.append("given", name);
    const page = await answered(body);
    const fresh = page && [...page.querySelectorAll("form[data-facts] [data-question]")];
    if (!fresh?.length && page !== null) {
      // The button sends them once more, and so does the next answer.
      for (const name of sent) given.add(name);
      for (const name of sent) mark(name, "refused", form.dataset.textRefused);
      return;
    }
    if (fresh) arrange(fresh);
    for (const name of sent) judge(name, fresh?.find((card) => card.dataset.question === name));
  }

  /* The page as it would be, null where it stays as it is, undefined where nothing was kept. */
  async function answered(body) {
    const response = await fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => null);
    if (response?.status === 204) return null;
    if (![200, 422].includes(response?.status)) return undefined;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  function judge(name, fresh) {
    const words = fresh?.querySelector("[data-error]:not([hidden]) span")?.textContent ?? "";
    const card = known.get(`q-${name}`);
    const error = card.querySelector("[data-error]");
    error.hidden = !words;
    error.querySelector("span").textContent = words;
    card.classList.toggle("question-invalid", Boolean(words));
    mark(name, words ? "refused" : "saved", words ? form.dataset.textRefused : form.dataset.textSaved);
  }

  function mark(name, state, words) {
    const saved = known.get(`q-${name}`).querySelector("[data-saved]");
    saved.dataset.state = state;
    saved.textContent = words;
  }

  function arrange(wanted) {
    const here = new Set(cards());
    const more = [];
    let before = null;
    for (const fresh of wanted) {
      let card = known.get(fresh.id);
      if (!card) {
        card = document.importNode(fresh, true);
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
