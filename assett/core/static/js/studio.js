/* A form of the studio saves itself as one goes; its small buttons act in place. If anything fails, the form is sent. */
const WAIT = 700;

export default function studio(form) {
  const card = form.closest("[data-piece]");
  const state = form.querySelector("[data-form-state]");
  let timer, running = Promise.resolve(), dirty = false;

  const changed = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => (running = running.then(save)), WAIT);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-resubmit]")) {
      clearTimeout(timer);
      running = running.then(() => act(event.target));
    }
  });
  addEventListener("beforeunload", (event) => dirty && event.preventDefault());

  function fields(button) {
    return new URLSearchParams(new FormData(form, button));
  }

  async function save() {
    if (!dirty || !form.isConnected) return;
    dirty = false;
    state.textContent = form.dataset.textSaving;
    try {
      const response = await fetch(form.action, { method: "POST", body: fields(), headers: { Accept: "application/json" } });
      if (response.status === 413) return refused(form.dataset.textRefused);
      if (response.status === 422) return refused((await response.json()).error);
      // A colleague wrote in the same place, the piece is gone, the session is over: the page says it, and what was
      // typed goes along.
      if (!response.ok) return send();
      const answer = await response.json();
      if (answer.merged && !dirty) return refresh(await fetch(location.href), document.activeElement?.name);
      form.elements.seen.value = answer.revision;
      state.textContent = answer.saved;
      write(document.querySelector("[data-studio-saved]"), answer.saved);
      write(document.querySelector("[data-studio-left]"), answer.left_words);
      write(form.querySelector("[data-effect]"), answer.effect);
      write(card.querySelector("[data-presence]"), answer.presence);
      document.querySelector("[data-undo]")?.removeAttribute("disabled");
      tell(answer.problems);
    } catch {
      dirty = true;
      state.textContent = form.dataset.textLost;
      timer = setTimeout(() => (running = running.then(save)), 5000);
    }
  }

  /* It stays on the page, and is not lost by leaving it unawares. */
  function refused(words) {
    dirty = true;
    state.textContent = words;
  }

  function write(place, words) {
    if (!place) return;
    place.textContent = words;
    if (place.matches("[data-presence]")) place.hidden = !words;
  }

  /* What is put right no longer shows; what is not, and has no place on the page yet, stands at the form's end. */
  function tell(problems) {
    const left = new Set(problems.map((problem) => problem.key));
    const shown = new Set();
    for (const place of form.querySelectorAll("[data-problem]")) {
      place.hidden = !left.has(place.dataset.problem);
      shown.add(place.dataset.problem);
    }
    const lines = problems.filter((problem) => !shown.has(problem.key)).map((problem) => {
      return Object.assign(document.createElement("p"), { className: "error", textContent: problem.text });
    });
    form.querySelector("[data-new-problems]").replaceChildren(...lines);
  }

  /* A picked question or method changes what the form asks: saved, then drawn anew. */
  async function act(field) {
    dirty = false;
    const sent = fields();
    sent.set("stay", "1");
    try {
      await refresh(await fetch(form.action, { method: "POST", body: sent }), field.name);
    } catch {
      send();
    }
  }

  async function refresh(response, focused) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(card.id);
    if (!response.ok || !fresh) return send();
    card.replaceWith(document.adoptNode(fresh));
    document.getElementById("studio-state")?.replaceWith(document.adoptNode(page.getElementById("studio-state")));
    fresh.querySelectorAll("form[data-studio-form]").forEach(studio);
    if (focused) fresh.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
  }

  function send() {
    dirty = false;
    const stay = Object.assign(document.createElement("input"), { type: "hidden", name: "stay", value: "1" });
    form.append(stay);
    form.submit();
  }

  form.addEventListener("submit", async (event) => {
    dirty = false;
    clearTimeout(timer);
    const button = event.submitter;
    if (!button || button.name !== "do") return;
    event.preventDefault();
    await running;
    const sent = fields(button);
    try {
      const response = await fetch(form.action, { method: "POST", body: sent });
      await refresh(response);
    } catch {
      form.submit();
    }
  });
}
