/* A question's card: « Je ne sais pas » and its like stand alone; a value typed before comes back when they are unticked.

   It listens on the card, so that whoever listens on the form (autosave.js, preview.js) finds it settled. */
export default function exclusive(card) {
  const settle = ({ target }) => {
    const entry = card.querySelector("[data-value]");
    if (target.type === "checkbox") {
      const alone = target.hasAttribute("data-exclusive");
      if (target.checked) {
        for (const other of card.querySelectorAll("input[type=checkbox]")) {
          if (other !== target && (alone || other.hasAttribute("data-exclusive"))) other.checked = false;
        }
      }
      if (entry && target.checked) [entry.dataset.kept, entry.value] = [entry.value || entry.dataset.kept || "", ""];
      else if (entry && !entry.value) entry.value = entry.dataset.kept ?? "";
    } else if (target === entry && entry.value) {
      for (const special of card.querySelectorAll("[data-exclusive]")) special.checked = false;
    }
  };
  card.addEventListener("input", settle);
  card.addEventListener("change", settle);
}
