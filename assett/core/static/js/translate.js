/* Each translation saves itself when its field is left; the form's own button saves what is left. */
import wayOut from "./wayout.js";
import written from "./written.js";

export default function translate(form) {
  const unsaved = new Set();
  let running = Promise.resolve();

  form.addEventListener("input", (event) => unsaved.add(event.target.closest("[data-row]")));
  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-row]");
    running = running.then(() => save(row));
  });
  for (const row of form.querySelectorAll("[data-row]")) {
    const fields = [...row.querySelectorAll("[name]")].filter(written);
    if (fields.length) unsaved.add(row);
    if (fields.some((field) => field !== document.activeElement)) running = running.then(() => save(row));
  }
  form.addEventListener("submit", () => unsaved.clear());
  addEventListener("beforeunload", (event) => unsaved.size && event.preventDefault());

  async function save(row) {
    const state = row.querySelector("[data-row-state]");
    const number = row.dataset.row;
    // A closed draft refuses all that is typed: it is told of together, as the button sends it.
    const rows = new Set(form.querySelector("[data-way-out]") ? [row, ...unsaved] : [row]);
    const sent = new FormData();
    for (const name of ["csrf_token", "langue"]) sent.set(name, form.elements[name].value);
    for (const field of [...rows].flatMap((each) => [...each.querySelectorAll("[name]")])) {
      if (field.type !== "checkbox" || field.checked) sent.set(field.name, field.value);
    }
    state.textContent = form.dataset.textSaving;
    try {
      const response = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (response.status === 401) return form.requestSubmit();
      if (response.status === 409 && answer.closed) {
        state.textContent = "";
        return wayOut(form, state, answer);
      }
      if (response.status === 409) {
        // Theirs is said beside what was typed; saving again now replaces it.
        state.textContent = `${form.dataset.textTheirs} ${answer.theirs}`;
        form.elements[`w.${number}`].value = answer.theirs;
        return;
      }
      if (!response.ok) throw new Error(response.status);
      for (const each of rows) {
        form.elements[`w.${each.dataset.row}`].value = sent.get(`t.${each.dataset.row}`);
        unsaved.delete(each);
      }
      state.textContent = answer.saved;
    } catch {
      state.textContent = form.dataset.textLost;
    }
  }
}
