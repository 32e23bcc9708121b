/* Copies a text; the button exists only here, where it works, and says when it is done. */
export default function copy(button) {
  const label = button.querySelector("span");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = label.textContent;
    label.textContent = button.dataset.copiedText;
    setTimeout(() => (label.textContent = words), 2500);
  });
}
