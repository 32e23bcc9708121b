/* Filters a list without leaving the page: the part marked data-results is fetched anew and replaced.
   On a phone, where the filters are folded, their button does it in the ordinary way. */
import written from "./written.js";

export default function filter(form) {
  const wide = window.matchMedia("(width >= 48rem)");
  let latest = 0;

  async function refresh() {
    const results = document.querySelector("[data-results]");
    if (!results || !wide.matches) return;
    const turn = ++latest;
    const url = `${form.action.split("?")[0]}?${new URLSearchParams(new FormData(form))}`;
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== latest) return;
      for (const part of ["[data-results]", ".filter-count"]) {
        const [here, there] = [document.querySelector(part), page.querySelector(part)];
        if (here && there) here.replaceChildren(...document.adoptNode(there).childNodes);
      }
      history.replaceState(null, "", url);
    } catch {
      form.submit();
    } finally {
      results.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("change", refresh);
  if ([...form.elements].some(written)) refresh();
}
