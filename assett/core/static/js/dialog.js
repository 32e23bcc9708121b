/* A link to a page of confirmation opens that page's question in a dialog. If anything fails, the link is followed. */
export default function dialog(link) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const response = await fetch(link.href);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const question = page.querySelector("[data-confirm]");
      const title = document.createElement("h2");
      const pageTitle = question.querySelector("h1");
      title.id = pageTitle.id;
      title.append(...pageTitle.childNodes);
      pageTitle.replaceWith(title);
      const box = document.createElement("dialog");
      box.setAttribute("aria-labelledby", title.id);
      box.append(document.adoptNode(question));
      box.addEventListener("click", (click) => {
        if (click.target !== box && !click.target.closest("[data-dialog-close]")) return;
        click.preventDefault();
        box.close();
      });
      box.addEventListener("close", () => {
        box.remove();
        link.focus();
      });
      document.body.append(box);
      box.showModal();
    } catch {
      location.assign(link.href);
    }
  });
}
