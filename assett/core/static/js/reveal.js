/* Shows or hides a password; the button exists only here, where it works. */
export default function reveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  const label = button.querySelector("span");
  button.hidden = false;
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    [label.textContent, button.dataset.otherText] = [button.dataset.otherText, label.textContent];
  });
  input.form?.addEventListener("submit", () => (input.type = "password"));
}
