/* Leads to the next visible question without an answer, with the focus; brings the focus to an error summary. */
const answered = (card) =>
  card.querySelector("input:checked") || [...card.querySelectorAll("[data-value]")].some((entry) => entry.value);

export default function jump(element) {
  if (element.hasAttribute("data-focus")) {
    element.focus();
    return;
  }
  const unanswered = () => [...document.querySelectorAll("fieldset[data-question]")].filter((card) => !card.hidden && !answered(card));
  // Offered while an expected answer is missing: one given ends it, a question that appears brings it back.
  const offer = () => {
    const done = !unanswered().some((card) => card.hasAttribute("data-required"));
    if (element.hidden !== done) element.hidden = done;
  };
  const questions = element.closest("form");
  if (questions) {
    for (const kind of ["input", "change"]) questions.addEventListener(kind, offer);
    new MutationObserver(offer).observe(questions, { subtree: true, attributeFilter: ["hidden"] });
  }
  element.addEventListener("click", (event) => {
    const missing = unanswered();
    const card = missing.find((each) => each.hasAttribute("data-required")) ?? missing[0];
    if (!card) return;
    event.preventDefault();
    card.scrollIntoView();
    (card.querySelector("[data-value], .choice input") ?? card).focus({ preventScroll: true });
  });
}
