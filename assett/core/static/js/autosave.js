/* Saves each question card as it changes.

   What the server has not confirmed is kept on the device, under the name of whoever typed it, so that a lost
   network, an expired session or a closed tab loses nothing. Saves of one card never overlap: the latest one leaves
   when the former is back. */

const TYPING_PAUSE = 800; // milliseconds without a key before a text leaves
const LONGEST_WAIT = 60_000; // between two attempts while the network is away

export default function autosave(form) {
  const { saveUrl, storageKey, visitorKey } = form.dataset;
  const text = (name, values = {}) =>
    form.dataset[`text${name}`].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const cards = new Map([...form.querySelectorAll("[data-question]")].map((card) => [card.dataset.question, card]));
  // Question id → fields, in the order they were given; before signing in, too.
  const unsent = new Map(Object.entries({ ...recall(visitorKey), ...recall(storageKey) }));
  const busy = new Set();
  const heldMarks = new Map(); // question id → the mark of the colleague's answer
  const held = new Set(); // a colleague answered meanwhile: waits for a choice
  const confirmed = new Map(); // question id → answer last confirmed, as text
  const timers = new Map();
  let told = {}; // what the server said last of the page: hidden questions, progress, score
  let attempts = 0;
  // A visitor has no session to take up again: what the browser's cookie held is lost with it, unless the
  // server says where it went.
  const visitor = "visitor" in form.dataset;
  let expired = false;
  let gone = false; // erased, or not this person's to answer any more: nothing more is sent by itself
  let closed = false; // completed, or only to be read: what is kept here is told where it is read (kept.js)
  let lost = false; // not even as a whole page
  let away = ""; // what the page says of the network as long as it is away
  let reached = false; // the network answered, whatever the browser believes of it
  let retry = 0;

  /* The device's copy */

  function recall(key) {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  }

  function keep() {
    try {
      if (unsent.size) localStorage.setItem(storageKey, JSON.stringify(Object.fromEntries(unsent)));
      else localStorage.removeItem(storageKey);
      // What was typed before signing in is the account's from here on, like all it types.
      if (visitorKey) localStorage.removeItem(visitorKey);
    } catch {
      // Private browsing without storage: the warning before leaving the page remains.
    }
    window[unsent.size && !closed ? "addEventListener" : "removeEventListener"]("beforeunload", warn);
  }

  function warn(event) {
    event.preventDefault();
  }

  /* Reading and writing a card */

  function fieldsOf(id) {
    return [...new FormData(form)].filter(([name]) => name.slice(name.indexOf(".") + 1) === id);
  }

  /* The fields of a card as the server drew it, whatever was done before this module came. */
  function drawnFields(card) {
    return [...card.querySelectorAll("input, textarea")]
      .filter((input) => !/radio|checkbox/.test(input.type) || input.defaultChecked)
      .map((input) => [input.name, /radio|checkbox|hidden/.test(input.type) ? input.value : input.defaultValue]);
  }

  function answerOf(fields) {
    return JSON.stringify(fields.filter(([name]) => !name.startsWith("revision.")));
  }

  function setRevision(id, revision) {
    const input = cards.get(id)?.querySelector(`[name="revision.${id}"]`);
    if (input) input.value = revision;
    const waiting = unsent.get(id)?.find(([name]) => name.startsWith("revision."));
    if (waiting) waiting[1] = String(revision);
  }

  function fill(card, values) {
    for (const input of card.querySelectorAll("input, textarea")) {
      if (input.type === "hidden") continue;
      if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
      else input.value = values.find((value) => value !== "n/a" && value !== "?") ?? "";
    }
  }

  function mark(id, state, words = "") {
    const saved = cards.get(id)?.querySelector("[data-saved]");
    if (!saved) return;
    saved.dataset.state = state;
    saved.textContent = words;
  }

  function showError(id, words) {
    const card = cards.get(id);
    const error = card?.querySelector("[data-error]");
    if (!error) return;
    error.hidden = !words;
    error.querySelector("span").textContent = words;
    card.classList.toggle("question-invalid", Boolean(words));
    const entry = card.querySelector("[data-value]");
    if (entry && words) entry.setAttribute("aria-invalid", "true");
    else entry?.removeAttribute("aria-invalid");
    for (const element of [card, entry]) if (element) describe(element, error.id, Boolean(words));
  }

  /* The error is the last of what describes a card and its entry, as where the server draws it. */
  function describe(element, id, wanted) {
    const others = (element.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
    const ids = wanted ? [...others, id] : others;
    if (ids.length) element.setAttribute("aria-describedby", ids.join(" "));
    else element.removeAttribute("aria-describedby");
  }

  /* Sending */

  function stash(id) {
    const fields = fieldsOf(id);
    if (!unsent.has(id) && answerOf(fields) === confirmed.get(id)) return false;
    unsent.set(id, fields);
    // It was said of the former answer, and may never be replaced: the network or the right to answer may be gone.
    showFeedback(id, "");
    keep();
    return true;
  }

  async function send(id) {
    clearTimeout(timers.get(id));
    if (gone) mark(id, "refused", text("Refused"));
    if (expired && unsent.has(id)) mark(id, "waiting", text("Kept"));
    if (expired || gone || busy.has(id) || held.has(id) || !unsent.has(id)) return;
    busy.add(id);
    const fields = unsent.get(id);
    mark(id, "saving", text("Saving"));
    let status = 0;
    let body = {};
    try {
      const token = form.querySelector("[name=csrf_token]").value;
      const response = await fetch(saveUrl, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams([["csrf_token", token], ["question", id], ...fields]),
      });
      status = response.status;
      body = await response.json();
    } catch {
      if (status < 500) status = 0;
    }
    busy.delete(id);
    settle(id, fields, status, body);
    keep();
    if (status === 200 && unsent.has(id)) await send(id); // changed while it travelled
  }

  function settle(id, fields, status, body) {
    const latest = unsent.get(id) === fields;
    const unheard = status === 0 || status >= 500 || status === 408 || status === 429;
    if (!unheard) sayBack();
    if (status === 200) {
      attempts = 0;
      if (latest) unsent.delete(id);
      confirmed.set(id, answerOf(fields));
      setRevision(id, body.revision);
      showError(id, "");
      mark(id, "saved", text("Saved", body));
      if (cards.has(id)) {
        told = body;
        refresh(id, latest ? body : { ...body, feedback: undefined });
      }
    } else if (status === 409 && body.author) {
      // The page keeps the mark of what its reader saw: only « mettre la mienne » takes the colleague's.
      held.add(id);
      heldMarks.set(id, body.revision);
      if (cards.has(id)) told = body;
      mark(id, "", "");
      showFeedback(id, "");
      showConflict(id, body);
    } else if ((status === 401 && (!visitor || body.said)) || (status === 403 && body.reload)) {
      mark(id, "waiting", text("Kept"));
      expire(body);
    } else if (body.closed) {
      // A member is told what happened; the whole page, sent, is given back with what could not be saved.
      mark(id, "refused", text("Refused"));
      gone = closed = true;
      say(body.closed, text("Copy"), leading(body));
    } else if (status === 404 || status === 401) {
      mark(id, "refused", text("Refused"));
      gone = lost = true;
      sayGone();
    } else if (!unheard) {
      // Refused for good: it stays on the page, beside the reason, and is not sent again as it is.
      if (latest) unsent.delete(id);
      mark(id, "refused", text("Refused"));
      if (status === 422) showError(id, body.error);
    } else {
      mark(id, "waiting", text("Waiting"));
      sayAway(text(status === 0 ? "Offline" : "Away"));
      clearTimeout(retry);
      retry = setTimeout(flush, Math.min(LONGEST_WAIT, 1000 * 2 ** attempts++));
    }
  }

  async function flush() {
    // One after the other: after an hour without network, forty answers are not sent at once.
    for (const id of [...unsent.keys()]) await send(id);
  }

  /* What an answer changes elsewhere on the page */

  function refresh(id, body) {
    if (Array.isArray(body.hidden)) {
      for (const [key, card] of cards) card.hidden = body.hidden.includes(key);
      renumber();
    }
    if (body.feedback !== undefined) showFeedback(id, body.feedback);
    if (body.progress) {
      document.querySelector("[data-progress-bar]")?.setAttribute("width", body.progress.percent);
      for (const place of document.querySelectorAll("[data-progress-text]")) place.textContent = body.progress.text;
    }
    if (body.category !== undefined) {
      const write = (selector, words) => {
        const place = document.querySelector(selector);
        if (place) place.textContent = words;
      };
      write("[data-live-score-text]", body.category?.score_text ?? "–");
      write("[data-live-level]", body.category?.level_label ?? "");
    }
  }

  /* « 4 sur 11 », counted again once an answer has shown or hidden others. */
  function renumber() {
    const visible = [...cards.values()].filter((card) => !card.hidden && card.querySelector("[data-number]"));
    for (const [index, card] of visible.entries()) {
      const words = text("Number", { place: index + 1, total: visible.length });
      card.querySelector("[data-number]").textContent = words;
    }
  }

  /* What the questionnaire says of the answer that the card shows. */
  function showFeedback(id, html) {
    const feedback = cards.get(id)?.querySelector("[data-feedback]");
    if (feedback) feedback.innerHTML = html ?? "";
  }

  function showConflict(id, body) {
    const notice = cards.get(id)?.querySelector("[data-conflict]");
    if (!notice) return;
    notice.querySelector("[data-conflict-author]").textContent = body.author;
    notice.querySelector("[data-conflict-at]").textContent = body.at;
    notice.querySelector("[data-conflict-text]").textContent = body.their_text;
    const theirs = notice.querySelector("[value=theirs]");
    theirs.dataset.theirValue = JSON.stringify(body.their_value ?? null);
    theirs.dataset.theirFeedback = body.feedback ?? "";
    for (const button of notice.querySelectorAll("button")) button.disabled = false;
    notice.hidden = false;
  }

  function resolve(id, button) {
    const card = cards.get(id);
    card.querySelector("[data-conflict]").hidden = true;
    held.delete(id);
    if (!held.size) form.querySelector("[data-save-status]")?.replaceChildren();
    setRevision(id, heldMarks.get(id));
    if (button.value === "theirs") {
      const theirs = JSON.parse(button.dataset.theirValue);
      const decimal = document.documentElement.lang === "fr" ? "," : ".";
      const one = (value) => (typeof value === "number" ? String(value).replace(".", decimal) : String(value));
      const empty = Array.isArray(theirs) && theirs.length === 0;
      fill(card, theirs === null ? [] : empty ? ["[]"] : [theirs].flat().map(one));
      // An answer given since the conflict came may have changed more than this one.
      refresh(id, { ...told, feedback: button.dataset.theirFeedback });
      unsent.delete(id);
      confirmed.set(id, answerOf(fieldsOf(id)));
      keep();
    } else {
      unsent.set(id, fieldsOf(id));
      keep();
      send(id);
    }
    card.focus();
  }

  function expire(body) {
    if (expired) return;
    expired = true;
    // The form is older than the session, which still holds: a fresh page sends what was kept. Once only.
    if (body.reload && sessionStorage.getItem(storageKey) !== "reloaded") {
      sessionStorage.setItem(storageKey, "reloaded");
      keep();
      window.removeEventListener("beforeunload", warn);
      location.reload();
      return;
    }
    const way = { url: body.sign_in ?? form.dataset.signInUrl, label: body.label ?? text("SignIn") };
    say(body.said ?? text("Expired"), leading(way));
  }

  /* A way off the page, which asks nothing more of whoever takes it. */
  function leading({ url, label }) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = label;
    link.addEventListener("click", () => window.removeEventListener("beforeunload", warn));
    return link;
  }

  function say(...parts) {
    away = "";
    const line = document.createElement("p");
    for (const part of parts) line.append(part, " ");
    form.querySelector("[data-save-status]")?.replaceChildren(line);
  }

  function sayGone() {
    const { anewUrl } = form.dataset; // none but for a try-out
    say(text("Gone"), ...(anewUrl ? [leading({ url: anewUrl, label: text("Anew") })] : []));
  }

  /* On a phone the card that waits is soon out of sight: the place that stays in sight says it, once. */
  function sayAway(words) {
    if (away === words) return;
    say(words);
    away = words;
  }

  /* Pressed while the network is away: it is tried once more, for the browser's own page would take this one's place. */
  async function goOnLater(submitter) {
    const [first] = unsent.keys();
    if (first !== undefined) await send(first);
    const answered = () => fetch(location.href, { method: "HEAD" }).then(Boolean, () => false);
    reached = !away && (navigator.onLine || (await answered()));
    if (reached) return form.requestSubmit(submitter);
    say(text("Stay"));
    away = text("Stay");
  }

  function sayBack() {
    if (!away) return;
    away = "";
    form.querySelector("[data-save-status]")?.replaceChildren();
  }

  /* What the person does */

  form.addEventListener("input", ({ target }) => {
    const card = target.closest("[data-question]");
    if (!card || !target.matches("[data-value]")) return;
    const id = card.dataset.question;
    stash(id);
    clearTimeout(timers.get(id));
    timers.set(id, setTimeout(send, TYPING_PAUSE, id));
  });

  form.addEventListener("change", ({ target }) => {
    const card = target.closest("[data-question]");
    if (!card) return;
    if (stash(card.dataset.question) || unsent.has(card.dataset.question)) send(card.dataset.question);
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-conflict] button");
    if (!button) return;
    event.preventDefault();
    resolve(button.closest("[data-question]").dataset.question, button);
  });

  // The whole form carries every answer: what is still on its way goes first, so that nothing crosses it, and a
  // conflict is settled first. Where nothing can be saved any more, what was typed stays before its author's eyes.
  form.addEventListener("submit", (event) => {
    const disputed = [...held].map((id) => cards.get(id)).find(Boolean);
    if (busy.size) {
      event.preventDefault();
      setTimeout(() => form.requestSubmit(event.submitter), 150);
    } else if (lost) {
      event.preventDefault();
      sayGone();
    } else if (disputed) {
      event.preventDefault();
      say(text("Held"));
      disputed.scrollIntoView({ block: "center" });
      disputed.querySelector("[data-conflict] button").focus({ preventScroll: true });
    } else if (away || !(reached || navigator.onLine)) {
      event.preventDefault();
      goOnLater(event.submitter);
    } else {
      window.removeEventListener("beforeunload", warn);
    }
  });

  // Whoever signs out leaves nothing behind (see signout.js).
  document.addEventListener("assett:sign-out", () => {
    unsent.clear();
    keep();
  });

  window.addEventListener("online", () => {
    if (!unsent.size) sayBack();
    flush();
  });

  /* Coming back to answers that never arrived */

  // Which are kept here with the mark of what their author saw: what a browser gives back by itself has none.
  form.autocomplete = "off";
  for (const [id, card] of cards) {
    confirmed.set(id, answerOf(drawnFields(card)));
    // A conflict that the server drew: the card carries the mark of the colleague's answer already.
    if (!card.querySelector("[data-conflict]:not([hidden])")) continue;
    held.add(id);
    heldMarks.set(id, card.querySelector(`[name="revision.${id}"]`).value);
  }
  if (unsent.size) {
    for (const [id, fields] of unsent) {
      const card = cards.get(id);
      if (!card) continue; // of another category: sent all the same
      fill(card, fields.filter(([name]) => !name.startsWith("revision.")).map(([, value]) => value));
      const revision = fields.find(([name]) => name.startsWith("revision."));
      if (revision) card.querySelector(`[name="revision.${id}"]`).value = revision[1];
      showFeedback(id, "");
    }
    say(text("Restored"));
    // It is read by then, and would stand before the score for as long as the page is open.
    const restored = form.querySelector("[data-save-status] p");
    form.addEventListener("input", () => restored?.remove(), { once: true });
    keep();
    flush().then(() => unsent.size || sessionStorage.removeItem(storageKey));
  }

  /* What was answered while the page was still arriving */

  for (const id of cards.keys()) if (!unsent.has(id) && stash(id)) send(id);
}
