/* Prints the page; the button exists only here, where it works. What is folded is opened on paper. */
export default function print(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const folded = [...document.querySelectorAll("main details:not([open])")];
    folded.forEach((details) => (details.open = true));
    window.print();
    folded.forEach((details) => (details.open = false));
  });
}
