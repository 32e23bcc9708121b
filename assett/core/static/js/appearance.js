/* The theme editor's preview follows each choice; the server says the colours, corrected where they must be. */
import written from "./written.js";

const PAUSE = 120;
/* As wide as the server keeps a logo. */
const LOGO_WIDE = 480;

/* The code as the server keeps it; null where what is typed is none. */
function codeOf(typed) {
  const [, code] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(typed.trim()) ?? [];
  return code ? `#${code.length === 6 ? code : code.replace(/./g, "$&$&")}`.toLowerCase() : null;
}

/* A colour is typed or picked: each follows the other, and the code alone is sent. What is no code is said once its
   field is left, and is no longer once it is put right. */
function colour(field) {
  const [picker, typed, shown] = field.querySelectorAll("input");
  const told = field.querySelector("[data-refused]");
  picker.removeAttribute("name");
  shown.remove();

  function tell(refused) {
    told.replaceChildren(...(refused ? [field.querySelector("template").content.cloneNode(true)] : []));
    field.classList.toggle("field-invalid", refused);
    if (refused) typed.setAttribute("aria-invalid", "true");
    else typed.removeAttribute("aria-invalid");
  }

  function follow() {
    const code = codeOf(typed.value);
    if (code) picker.value = code;
    return code;
  }

  // Before the preview hears of it.
  picker.addEventListener("input", () => {
    typed.value = picker.value;
    tell(false);
  });
  typed.addEventListener("input", () => follow() && tell(false));
  typed.addEventListener("change", () => tell(!follow()));
  // A page come back to keeps what was typed, or what was picked before this came.
  if (picker.value !== picker.defaultValue && typed.value === typed.defaultValue) typed.value = picker.value;
  follow();
}

export default function appearance(form) {
  const corrections = form.querySelector("[data-corrections]");
  const frame = form.querySelector("[data-corrections-frame]");
  const shape = form.querySelector("[data-logo-shape]");
  const shown = [...form.querySelectorAll("[data-specimen] .brand img")].map((image) => image.cloneNode());
  let waiting, asked = 0, logo = null;

  function explain(texts) {
    const said = [...corrections.querySelectorAll("li")].map((item) => item.textContent);
    if (said.join() === texts.join()) return;
    corrections.replaceChildren();
    if (!texts.length) return;
    const notice = frame.content.cloneNode(true);
    const list = document.createElement("ul");
    list.append(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    notice.querySelector(".notice-title").after(list);
    corrections.append(notice);
  }

  async function show() {
    if ([...form.querySelectorAll("[data-colour] [type=text]")].some((typed) => !codeOf(typed.value))) return;
    const number = ++asked;
    const fields = new FormData(form);
    fields.delete("picture");
    if (logo) for (const side of ["width", "height"]) fields.set(`logo_${side}`, logo[side]);
    const answer = await fetch(form.dataset.appearance, { method: "POST", body: fields }).catch(() => null);
    if (!answer?.ok || number !== asked) return;
    const { corrections: texts, instead, shape: unreadable, ...modes } = await answer.json();
    for (const [mode, properties] of Object.entries(modes)) {
      const specimen = form.querySelector(`[data-specimen="${mode}"]`);
      for (const [name, value] of Object.entries(properties)) specimen.style.setProperty(name, value);
    }
    for (const beside of form.querySelectorAll("[data-instead]")) {
      beside.textContent = instead[beside.dataset.instead] ?? "";
      beside.hidden = !beside.textContent;
    }
    explain(texts);
    shape.querySelector("p:not(.notice-title)").textContent = unreadable;
    shape.hidden = !unreadable;
  }

  /* The chosen logo, drawn here as small as it will be kept; what is no picture the server refuses with a word. */
  async function read(file) {
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return null;
    const { width, height } = picture;
    const scale = Math.min(1, LOGO_WIDE / Math.max(width, height));
    const sheet = Object.assign(document.createElement("canvas"), {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    });
    sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
    picture.close();
    return { width, height, src: sheet.toDataURL() };
  }

  async function draw() {
    const file = form.elements.picture.files[0];
    const drawn = file ? await read(file) : null;
    if (file !== form.elements.picture.files[0]) return;
    logo = drawn;
    const bare = !logo && form.elements.without_logo?.checked;
    form.querySelectorAll("[data-specimen] .brand img").forEach((image, place) => {
      const fresh = shown[place].cloneNode();
      if (logo) Object.assign(fresh, { className: "brand-logo", ...logo });
      else if (bare) Object.assign(fresh, { className: "", src: form.dataset.emblem, width: 44, height: 44 });
      image.replaceWith(fresh);
    });
  }

  form.querySelectorAll("[data-colour]").forEach(colour);
  form.addEventListener("input", async (event) => {
    clearTimeout(waiting);
    if (["picture", "without_logo"].includes(event.target.name)) await draw();
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  // A page come back to keeps what was chosen.
  if (form.elements.picture.files.length) draw().then(show);
  else if ([...form.elements].some(written)) show();
}
