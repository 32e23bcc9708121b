/* Answers that this device kept and that came too late: the assessment is completed, or their author reads it only. The
   server says which of them it does not have, question by question; they stay on the device until their author has
   them erased, or may answer again. */
export default async function kept(notice) {
  const keys = notice.dataset.keptAnswers.split(" ");
  const forget = () => keys.forEach((key) => localStorage.removeItem(key));
  const body = new URLSearchParams({ csrf_token: notice.dataset.token });
  try {
    const found = keys.map((key) => JSON.parse(localStorage.getItem(key)) ?? {});
    const fields = found.flatMap((each) => Object.values(each).flat());
    if (!fields.length) return;
    for (const [name, value] of fields) body.append(name, value);
  } catch {
    return; // no storage, nothing kept
  }
  const response = await fetch(notice.dataset.sendUrl, { method: "POST", body });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const lines = page.querySelector("dl.definitions");
  const back = response.redirected && response.url === location.origin + location.pathname;
  if (back) return forget(); // it is completed and has them all
  if (![403, 409].includes(response.status) || !lines) return;
  notice.querySelector("[data-kept-lines]").replaceChildren(document.adoptNode(lines));
  notice.querySelector("button").addEventListener("click", () => {
    forget();
    notice.remove();
    document.querySelector("main").focus();
  });
  notice.hidden = false;
}
