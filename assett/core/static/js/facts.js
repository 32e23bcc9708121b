/* The few facts about a structure: each is kept as it is given, and one that calls for another brings its card at once,
   or takes it away. The server says which, by the page as it would be; what was answered on a card comes back with it.
   One that was told otherwise meanwhile, in another tab or by a colleague, is kept once it is chosen. */
import exclusive from "./exclusive.js";
import written from "./written.js";

const TYPING_PAUSE = 800; // milliseconds without a key before a text leaves

export default function facts(form) {
  const status = form.querySelector("[data-facts-status]");
  const cards = () => [...form.querySelectorAll("[data-question]")];
  const known = new Map(cards().map((card) => [card.id, card]));
  const given = new Set(); // the questions whose answer the server has not kept
  let running = Promise.resolve();
  let busy = 0;
  let typing = 0;

  async function send(choice) {
    busy += 1;
    running = running.then(() => look(choice)).catch(() => {}); // the button asks for what is missing
    await running;
    busy -= 1;
  }
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
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-conflict] button");
    if (!button) return;
    event.preventDefault();
    settle(button);
  });
  // The whole page goes after what is on its way, with the marks that it brings back.
  form.addEventListener("submit", (event) => {
    if (!busy) return;
    event.preventDefault();
    setTimeout(() => form.requestSubmit(event.submitter), 150);
  });
  window.addEventListener("online", () => send());
  [...form.elements].filter(written).forEach(changed);

  async function settle(button) {
    const card = button.closest("[data-question]");
    const { mark } = button.closest("[data-conflict]").dataset;
    if (mark) markOf(card).value = mark;
    given.add(card.dataset.question);
    await send(button);
    known.get(card.id)?.focus();
  }

  async function look(choice) {
    if (!given.size) return;
    const sent = [...given];
    given.clear();
    const body = new URLSearchParams(new FormData(form));
    for (const name of sent) body.append("given", name);
    if (choice) body.set(choice.name, choice.value);
    const page = await answered(body);
    if (page?.marks) {
      for (const name of sent) {
        known.get(`q-${name}`).querySelector("[data-conflict]").hidden = true;
        kept(name, page.marks[name], "");
      }
      return;
    }
    const fresh = [...(page?.querySelectorAll("form[data-facts] [data-question]") ?? [])];
    if (!fresh.length) {
      // The button sends them once more, and so does the next answer.
      for (const name of sent) given.add(name);
      for (const name of sent) mark(name, "refused", form.dataset.textRefused);
      return;
    }
    arrange(fresh);
    const theirs = choice?.value === "theirs" && choice.closest("[data-question]").dataset.question;
    for (const name of sent) {
      const card = fresh.find((each) => each.dataset.question === name);
      if (!card) known.delete(`q-${name}`); // taken away: it would come back as it was kept
      else if (name === theirs) replace(card);
      else judge(name, card);
    }
  }

  /* The page as it would be, or the new marks alone where it stays as it is; undefined where nothing was kept. */
  async function answered(body) {
    const response = await fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => null);
    if (![200, 409, 422].includes(response?.status)) return undefined;
    if (response.headers.get("Content-Type") === "application/json") return { marks: await response.json() };
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  function judge(name, fresh) {
    const words = fresh.querySelector("[data-error]:not([hidden]) span")?.textContent ?? "";
    const card = known.get(`q-${name}`);
    const notice = document.importNode(fresh.querySelector("[data-conflict]"), true);
    const before = card.querySelector("[data-conflict]");
    // Told already, it stays where it is: its button may be pressed right now.
    if (!notice.hidden && before.dataset.mark === markOf(fresh).value && !before.hidden) return;
    before.replaceWith(notice);
    if (!notice.hidden) {
      // The answer that stands counts as seen once one has chosen.
      notice.dataset.mark = markOf(fresh).value;
      mark(name, "", "");
      return;
    }
    kept(name, markOf(fresh).value, words);
  }

  function kept(name, seen, words) {
    const card = known.get(`q-${name}`);
    markOf(card).value = seen;
    const error = card.querySelector("[data-error]");
    error.hidden = !words;
    error.querySelector("span").textContent = words;
    card.classList.toggle("question-invalid", Boolean(words));
    mark(name, words ? "refused" : "saved", words ? form.dataset.textRefused : form.dataset.textSaved);
  }

  function replace(fresh) {
    const card = document.importNode(fresh, true);
    exclusive(card);
    known.get(card.id).replaceWith(card);
    known.set(card.id, card);
  }

  const markOf = (card) => card.querySelector(`[name="revision.${card.dataset.question}"]`);

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
    if (more.length || here.size) status.textContent = more.length ? `${form.dataset.textMore} ${more.join(", ")}` : "";
  }
}
