/* What this person typed and the server has not received yet does not stay on a device that they leave: before the
   session is closed, it is theirs to say whether it may go. Without anything waiting, the form is sent as it is. */
export default function signout(form) {
  const words = (name) => form.dataset[`text${name}`];

  function waiting() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(form.dataset.signOut));
    } catch {
      return []; // no storage, nothing kept
    }
  }

  function button(kind, label, act) {
    const one = document.createElement("button");
    one.type = "button";
    one.className = kind;
    one.textContent = label;
    one.addEventListener("click", act);
    return one;
  }

  form.addEventListener("submit", (event) => {
    if (!waiting().length) return;
    event.preventDefault();
    const box = document.createElement("dialog");
    const section = document.createElement("section");
    const title = document.createElement("h2");
    const text = document.createElement("p");
    const choices = document.createElement("div");
    section.className = "confirm";
    title.id = "sign-out-title";
    title.textContent = words("Title");
    text.textContent = words("Words");
    choices.className = "cluster";
    choices.append(
      button("button", words("Stay"), () => box.close()),
      button("button button-quiet", words("Leave"), () => {
        document.dispatchEvent(new Event("assett:sign-out"));
        for (const key of waiting()) localStorage.removeItem(key);
        form.submit();
      }),
    );
    section.append(title, text, choices);
    box.append(section);
    box.setAttribute("aria-labelledby", title.id);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  });
}
