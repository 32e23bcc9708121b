/* Brings only the behaviours that this page asks for; the page works without any of them. */
const behaviours = {
  "[data-question]": "exclusive",
  "form[data-autosave]": "autosave",
  "form[data-facts]": "facts",
  "[data-kept-answers]": "kept",
  "form[data-sign-out]": "signout",
  "[data-menu]": "menu",
  "[data-dialog]": "dialog",
  "[data-reveal]": "reveal",
  ".tabs ul": "tabs",
  "form[data-filter]": "filter",
  "[data-copy]": "copy",
  "[data-print]": "print",
  "[data-jump], [data-focus]": "jump",
  "[data-figure-url]": "charts",
  "form[data-appearance]": "appearance",
  "form[data-studio-form]": "studio",
  "[data-draft]": "draft",
  "form[data-aims]": "aims",
  "form[data-preview]": "preview",
  "form[data-unsaved]": "unsaved",
  "form[data-translations]": "translate",
};

for (const [selector, name] of Object.entries(behaviours)) {
  const elements = document.querySelectorAll(selector);
  if (elements.length) import(`./${name}.js`).then((behaviour) => elements.forEach(behaviour.default));
}
