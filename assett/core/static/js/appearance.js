/* The theme editor's preview follows each choice; the server says the colours, corrected where they must be. */
import written from "./written.js";

const PAUSE = 120;

export default function appearance(form) {
  const corrections = form.querySelector("[data-corrections]");
  const frame = form.querySelector("[data-corrections-frame]");
  let waiting, asked = 0;

  function explain(texts) {
    const said = [...corrections.querySelectorAll("li")].map((item) => item.textContent);
    if (said.join() === texts.join()) return;
    corrections.replaceChildren();
    if (!texts.length) return;
    const notice = frame.content.cloneNode(true);
    const list = document.createElement("ul");
    list.append(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    notice.querySelector(".notice-title").after(list);
    corrections.append(notice);
  }

  async function show() {
    const number = ++asked;
    const fields = new FormData(form);
    fields.delete("picture");
    const answer = await fetch(form.dataset.appearance, { method: "POST", body: fields }).catch(() => null);
    if (!answer?.ok || number !== asked) return;
    const { corrections: texts, instead, ...modes } = await answer.json();
    for (const [mode, properties] of Object.entries(modes)) {
      const specimen = form.querySelector(`[data-specimen="${mode}"]`);
      for (const [name, value] of Object.entries(properties)) specimen.style.setProperty(name, value);
    }
    for (const beside of form.querySelectorAll("[data-instead]")) {
      beside.textContent = instead[beside.dataset.instead] ?? "";
      beside.hidden = !beside.textContent;
    }
    explain(texts);
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  if ([...form.elements].some(written)) show();
}
