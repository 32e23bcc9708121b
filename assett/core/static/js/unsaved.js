/* What is typed is not lost by leaving the page unawares: the browser asks first. A form that the server has drawn with
   what was typed and has kept nothing of (data-unsaved="typed") asks too. Nothing is listened to where nothing is typed:
   a page that listens comes back more slowly. */
import written from "./written.js";

export default function unsaved(form) {
  const stay = (event) => form.isConnected && event.preventDefault();
  const leave = () => removeEventListener("beforeunload", stay);

  function look() {
    if (form.dataset.unsaved === "typed" || [...form.elements].some(written)) addEventListener("beforeunload", stay);
    else leave();
  }

  for (const event of ["input", "change"]) form.addEventListener(event, look);
  // On its way out what was typed is no longer lost; another behaviour may have kept it here.
  addEventListener("submit", (event) => event.target === form && !event.defaultPrevented && leave());
  addEventListener("pageshow", look);
  look();
}
