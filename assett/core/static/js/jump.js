/* Leads to the next visible question without an answer, with the focus; brings the focus to an error summary. */
const answered = (card) =>
  card.querySelector("input:checked") || [...card.querySelectorAll("[data-value]")].some((entry) => entry.value);

export default function jump(element) {
  if (element.hasAttribute("data-focus")) {
    element.focus();
    return;
  }
  element.addEventListener("click", (event) => {
    const missing = [...document.querySelectorAll("fieldset[data-question]")].filter((card) => !card.hidden && !answered(card));
    const card = missing.find((each) => each.hasAttribute("data-required")) ?? missing[0];
    if (!card) return;
    event.preventDefault();
    card.scrollIntoView();
    (card.querySelector("[data-value], .choice input") ?? card).focus({ preventScroll: true });
  });
}
