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

  async function save() {
    if (!dirty || !form.isConnected) return;
    dirty = false;
    state.textContent = form.dataset.textSaving;
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (response.status === 401) return location.assign(answer.sign_in);
      // A colleague wrote in the same place, or the piece is gone: the page says it, with both versions.
      if (!response.ok) return send();
      if (answer.merged) return refresh(await fetch(location.href));
      form.elements.seen.value = answer.revision;
      state.textContent = answer.saved;
      write(document.querySelector("[data-studio-saved]"), answer.saved);
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

  function write(place, words) {
    if (!place) return;
    place.textContent = words;
    if (place.matches("[data-presence]")) place.hidden = !words;
  }

  function tell(problems) {
    const left = new Set(problems.map((problem) => problem.key));
    for (const shown of form.querySelectorAll("[data-problem]")) {
      if (!left.has(shown.dataset.problem)) shown.hidden = true;
    }
  }

  /* A picked question or method changes what the form asks: saved, then drawn anew. */
  async function act(field) {
    dirty = false;
    const sent = new FormData(form);
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
    const sent = new FormData(form, button);
    try {
      const response = await fetch(form.action, { method: "POST", body: sent });
      await refresh(response);
    } catch {
      form.submit();
    }
  });
}
