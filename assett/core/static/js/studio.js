/* A form of the studio saves itself as one goes; its small buttons act in place. If anything fails, the form is sent. */
import dialog from "./dialog.js";
import wayOut from "./wayout.js";
import written from "./written.js";

const WAIT = 700;

/* While a button is pressed nothing moves under the pointer: the click would go to what has come in its place. */
let pressed = null;
addEventListener("pointerdown", () => {
  pressed ??= new Promise((done) => {
    const letGo = () => {
      pressed = null;
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, letGo, true);
      setTimeout(done);
    };
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, letGo, true);
  });
}, true);

async function released() {
  while (pressed) await pressed;
}

export default function studio(form) {
  const card = form.closest("[data-piece]");
  const state = form.querySelector("[data-form-state]");
  // What is sent goes one after the other, so that nobody overtakes themselves.
  let timer, running = Promise.resolve(), dirty = false, leaving = false, asked = false, told = null;

  const later = (work) => (running = running.then(work));
  const changed = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => later(save), WAIT);
  };
  form.addEventListener("input", changed);
  // Its end may be screens away: what is told there shows beside the field one is in too. It is read out once.
  const beside = Object.assign(document.createElement("span"), { className: "saved saved-beside" });
  beside.setAttribute("aria-hidden", "true");
  form.addEventListener("input", (event) => {
    const field = event.target.closest(".field");
    if (beside.parentElement === field) return;
    beside.textContent = "";
    field?.append(beside);
  });
  const say = (words, how = "saved") => {
    for (const place of [state, beside]) {
      place.dataset.state = how;
      place.textContent = words;
    }
  };
  // Another answer here makes another form. A field is left by pressing a button too, which draws it anew by itself.
  const redraws = (control) => control.matches("[data-resubmit]");
  const redraw = () => later(async () => {
    await released();
    if (!asked) await act();
  });
  form.addEventListener("change", (event) => redraws(event.target) && redraw());
  // Somebody who writes before this has come is saved too.
  const early = [...form.elements].filter(written);
  if (early.length) changed();
  if (early.some((control) => redraws(control) && control !== document.activeElement)) redraw();
  addEventListener("beforeunload", (event) => dirty && form.isConnected && event.preventDefault());

  /* Answers change places by their handle, dragged or with the arrow keys; the small buttons do the same, and do where
     this does not come. */
  const handles = form.querySelectorAll("[data-handle]");
  for (const handle of handles) handle.hidden = false;
  if (handles.length) import("./drag.js").then((behaviour) => movable(behaviour.default)).catch(() => {});

  function movable(drag) {
    const found = (under) => under?.closest("[data-sortable]");
    drag(form, ".item", found, (item, list, place) => {
      const from = [...list.children].indexOf(item);
      later(() => act({ name: "do", value: `${list.dataset.sortable}.${from}:to.${place}` }));
    });
  }

  form.addEventListener("keydown", (event) => {
    const verb = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!verb || !event.target.matches("[data-handle]")) return;
    event.preventDefault();
    const button = event.target.closest(".item").querySelector(`.item-tools [value$=":${verb}"]:enabled`);
    if (button) later(() => act(button));
  });

  async function save() {
    if (!dirty || leaving || !form.isConnected) return;
    dirty = false;
    say(form.dataset.textSaving, "saving");
    const sent = new FormData(form);
    try {
      const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent), headers: { Accept: "application/json" } });
      if (response.status === 413) return refused(form.dataset.textRefused);
      if (response.status === 422) return refused((await response.json()).error);
      if (response.status === 409) {
        const answer = await response.json();
        if (answer.closed) return closed(answer);
      }
      // A colleague wrote in the same place, the session is over: the page says it, and what was typed goes along.
      if (!response.ok) return send();
      const answer = await response.json();
      if (answer.merged) return await refresh(await fetch(location.href), sent);
      form.elements.seen.value = answer.revision;
      say(answer.saved);
      write(document.querySelector("[data-studio-saved]"), answer.saved);
      write(document.querySelector("[data-studio-left]"), answer.left_words);
      write(form.querySelector("[data-effect]"), answer.effect);
      write(card.querySelector("[data-presence]"), answer.presence);
      const most = form.elements.max_points;
      if (most) most.placeholder = answer.points;
      document.querySelector("[data-undo]")?.removeAttribute("disabled");
      tell(answer.problems);
    } catch {
      lost();
    }
  }

  /* It stays on the page, is not lost by leaving it unawares, and is tried again. */
  function lost() {
    dirty = true;
    say(form.dataset.textLost, "refused");
    clearTimeout(timer);
    timer = setTimeout(() => later(save), 5000);
  }

  function refused(words) {
    dirty = true;
    say(words, "refused");
  }

  /* The draft takes nothing more: said next to the field, with the button that goes on with what was typed. */
  function closed(answer) {
    dirty = true;
    say("");
    const field = form.contains(document.activeElement) && document.activeElement.closest(".field");
    wayOut(form, field || form.lastElementChild, answer);
  }

  function write(place, words) {
    if (!place) return;
    place.textContent = words;
    if (place.matches("[data-presence]")) place.hidden = !words;
  }

  /* What the server found, each at its field, or at the form's end where it has none. What is wrong with the field one
     is in waits until one has left it. */
  async function tell(problems) {
    told = problems;
    await released();
    if (problems !== told || !form.isConnected) return;
    const places = [...form.querySelectorAll("[data-problems]")];
    const lines = new Map(places.map((place) => [place, []]));
    const others = [];
    for (const problem of problems) {
      const place = placeOf(places, problem.key);
      const at = place?.closest(".field");
      if (!problem.to_do && at?.contains(document.activeElement)) continue;
      const known = place ? lines.get(place) : others;
      if (!known.some((each) => each.text === problem.text)) known.push(problem);
    }
    for (const [place, found] of lines) {
      const wrong = found.some((problem) => !problem.to_do);
      place.replaceChildren(...found.map(line));
      place.closest(".field")?.classList.toggle("field-invalid", wrong);
      for (const control of form.querySelectorAll(`[aria-describedby~="${CSS.escape(place.id)}"]`)) {
        if (wrong) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      }
    }
    form.querySelector("[data-new-problems]").replaceChildren(...others.map(line));
  }
  form.addEventListener("focusout", () => setTimeout(() => told && tell(told)));

  /* A small button, or a picked question or method, changes what the form asks: saved, then drawn anew. */
  async function act(button) {
    if (leaving || !form.isConnected) return;
    clearTimeout(timer);
    dirty = false;
    say(form.dataset.textSaving, "saving");
    const sent = new FormData(form);
    if (button) sent.set(button.name, button.value);
    const body = new URLSearchParams(sent);
    body.set("stay", "1");
    body.set("card", "1");
    try {
      const response = await fetch(form.action, { method: "POST", body });
      if (response.status === 413) return refused(form.dataset.textRefused);
      await refresh(response, sent, button);
    } catch {
      lost();
    }
  }

  /* The card as the server has it now, with what was typed since `sent`, and the cursor where it was. */
  async function refresh(response, sent, button) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(card.id);
    const next = response.ok && fresh?.querySelector("form[data-studio-form]");
    if (!next) return send(button);
    const names = renaming(form, next, button?.value);
    const typed = since(form, sent);
    const drawn = new FormData(next);
    for (const [name, values] of typed) {
      const there = names(name);
      if (there === null) continue;
      // Its place is gone, or a colleague wrote in it meanwhile: both are shown, and one is chosen.
      if (!controls(next, there).length || !same(drawn.getAll(there), sent.getAll(name))) return send();
    }
    const focused = card.contains(document.activeElement) ? document.activeElement : null;
    const selection = focused?.selectionStart ?? null;
    const range = selection === null ? null : [selection, focused.selectionEnd];
    for (const [name, values] of typed) {
      if (names(name) !== null) put(controls(next, names(name)), values);
    }
    leaving = true;
    card.replaceWith(document.adoptNode(fresh));
    document.getElementById("studio-state")?.replaceWith(document.adoptNode(page.getElementById("studio-state")));
    fresh.querySelectorAll("form[data-studio-form]").forEach(studio);
    fresh.querySelectorAll("[data-dialog]").forEach(dialog);
    const place = focused?.name && names(focused.name) !== null && controls(next, names(focused.name), true).find((control) => {
      return !["submit", "radio", "checkbox"].includes(control.type) || control.value === focused.value;
    });
    if (place) place.focus();
    else if (focused) (focused.name === "do" ? fresh : next.querySelector("textarea, input:not([type=hidden])"))?.focus();
    if (place && range && place.value === focused.value) place.setSelectionRange(...range);
    if (typed.size) next.dispatchEvent(new Event("input"));
  }

  /* The whole form, as without this script: the page that answers keeps what was typed, and its small button. */
  function send(button) {
    dirty = false;
    leaving = true;
    for (const [name, value] of [["stay", "1"], ...(button ? [[button.name, button.value]] : [])]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    clearTimeout(timer);
    if (leaving) return;
    event.preventDefault();
    asked = true;
    if (button?.name === "do") {
      later(() => act(button).finally(() => (asked = false)));
      return;
    }
    // What is on its way comes first; it may draw the form anew. (A form is not sent from within its being sent.)
    later(async () => {
      await new Promise((done) => setTimeout(done));
      const present = document.getElementById(form.id);
      if (present === form && leaving) return;
      if (present !== form) {
        const twin = button && controls(present, button.name, true).find((each) => each.type === "submit");
        return void present?.requestSubmit(twin || present.querySelector(".form-end [type=submit]"));
      }
      dirty = false;
      leaving = true;
      form.requestSubmit(button);
    });
  });
  addEventListener("pageshow", () => {
    leaving = leaving && !form.isConnected;
    asked = false;
  });
}

/* The place where a problem is told: that of its field, of one in a language, or of what it lies in. */
function placeOf(places, key) {
  const open = places.filter((place) => !place.hasAttribute("data-exact"));
  const around = open.filter((place) => key.startsWith(`${place.dataset.problems}.`));
  return places.find((place) => place.dataset.problems === key)
    ?? (key ? open.find((place) => place.dataset.problems.startsWith(`${key}.`)) : undefined)
    ?? around.sort((one, other) => other.dataset.problems.length - one.dataset.problems.length)[0];
}

function line(problem) {
  return Object.assign(document.createElement("p"), { className: problem.to_do ? "hint" : "error", textContent: problem.text });
}

function controls(form, name, all = false) {
  return [...form.elements].filter((each) => each.name === name && (all || !["hidden", "submit"].includes(each.type)));
}

/* The fields that are not as they were sent: {name: values}. */
function since(form, sent) {
  const now = new FormData(form);
  const names = new Set([...form.elements].filter((each) => each.name && !["hidden", "submit"].includes(each.type)).map((each) => each.name));
  const typed = new Map();
  for (const name of names) {
    const values = now.getAll(name);
    if (JSON.stringify(values) !== JSON.stringify(sent.getAll(name))) typed.set(name, values);
  }
  return typed;
}

/* Whether two fields say the same, but for the spaces and numbers that are set right once read. */
function same(some, others) {
  const plain = (values) => values.map((value) => {
    const text = value.normalize().trim().replace(/\s+/g, " ");
    const number = Number(text.replace(",", "."));
    return text && Number.isFinite(number) ? String(number) : text;
  });
  return JSON.stringify(plain(some)) === JSON.stringify(plain(others));
}

function put(fields, values) {
  for (const field of fields) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
}

/* How a field of one form is called in the other, its thing having moved: known by its id, or else by what the small
   button did (`choices.2:up`). Null where that button took it away. */
function renaming(form, next, did = "") {
  const [list, place, verb] = /^(.+)\.(\d+):(up|down|remove)$/.exec(did)?.slice(1) ?? [];
  const moved = (index) => {
    const at = Number(place);
    if (verb === "remove") return index === at ? null : index > at ? index - 1 : index;
    const other = verb === "up" ? at - 1 : at + 1;
    return index === at ? other : index === other ? at : index;
  };
  const called = (form) => new Map([...form.elements].filter((each) => each.type === "hidden" && each.name.endsWith(".id")).map((each) => {
    return [each.name.slice(0, -3), each.value];
  }));
  const before = called(form);
  const after = called(next);
  return (name) => {
    const [, thing, things, rest] = /^((.+?)\.\d+)(\..+)$/.exec(name) ?? [];
    if (thing && before.has(thing)) {
      const found = [...after].find(([path, id]) => id === before.get(thing) && path.startsWith(`${things}.`));
      if (found) return found[0] + rest;
      return things === list && moved(Number(thing.slice(things.length + 1))) === null ? null : `${things}.gone`;
    }
    if (!list || !name.startsWith(`${list}.`)) return name;
    const [, index, tail] = /^(\d+)(.*)$/.exec(name.slice(list.length + 1)) ?? [];
    if (index === undefined) return name;
    const there = moved(Number(index));
    return there === null ? null : `${list}.${there}${tail}`;
  };
}
