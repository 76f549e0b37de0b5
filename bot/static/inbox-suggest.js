// What can be put in while one writes: ready words after "/", colleagues after "@".
import { find, words } from "./inbox-page.js";

const SHOWN = 8;
const READY = /^\/([^\n]{0,40})$/;
const NAMED = /(?:^|\s)@([^\s@]{0,30})$/;
const list = find("suggest");
let field = null;
let found = [];
let chosen = 0;

function readyWords() {
  return [...document.querySelectorAll("[data-ready]")].map((each) => ({
    title: each.dataset.ready,
    text: each.querySelector(".words").textContent,
  }));
}

function colleagues() {
  return JSON.parse(find("composer").dataset.people).map((name) => ({ title: name, text: "" }));
}

// What stands before the caret decides whether anything is proposed, and what.
function wanted() {
  const before = field.value.slice(0, field.selectionStart);
  const reply = find("mode-reply")?.checked;
  const match = reply ? before.match(READY) : before.match(NAMED);
  if (!match) return null;
  const words = match[1].toLowerCase();
  const fits = (each) => `${each.title} ${each.text}`.toLowerCase().includes(words);
  const all = (reply ? readyWords() : colleagues()).filter(reply ? fits : (each) => each.title.toLowerCase().includes(words));
  return { from: before.length - match[1].length - 1, reply, all: all.slice(0, SHOWN) };
}

function close() {
  list.hidden = true;
  found = [];
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
}

function mark() {
  for (const [place, line] of [...list.children].entries()) {
    line.setAttribute("aria-selected", String(place === chosen));
    if (place === chosen) line.scrollIntoView({ block: "nearest" });
  }
  if (found.length) field.setAttribute("aria-activedescendant", `suggest-${chosen}`);
}

function line(each, place) {
  const made = document.createElement("li");
  made.id = `suggest-${place}`;
  made.setAttribute("role", "option");
  made.dir = "auto";
  made.append(each.title);
  if (each.text) {
    const text = document.createElement("span");
    text.textContent = each.text;
    made.append(text);
  }
  // The field keeps the focus.
  made.addEventListener("mousedown", (event) => {
    event.preventDefault();
    chosen = place;
    put();
  });
  return made;
}

function show() {
  const want = wanted();
  if (!want) return close();
  found = want.all;
  chosen = 0;
  list.replaceChildren(...found.map(line));
  if (!found.length) {
    const none = document.createElement("li");
    none.setAttribute("role", "option");
    none.setAttribute("aria-disabled", "true");
    none.textContent = words.nothing_fits;
    list.append(none);
  }
  list.hidden = false;
  field.setAttribute("aria-controls", "suggest");
  return mark();
}

function put() {
  const want = wanted();
  const each = found[chosen];
  if (!want || !each) return;
  const text = want.reply ? each.text : `@${each.title} `;
  field.setRangeText(text, want.from, field.selectionStart, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

function key(event) {
  if (list.hidden || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) {
    chosen = (chosen + step + found.length) % found.length;
    mark();
  } else if (event.key === "Escape") {
    close();
  } else if ((event.key === "Enter" || event.key === "Tab") && found.length && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    put();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

export function startSuggest() {
  field = find("words");
  field.addEventListener("input", show);
  field.addEventListener("keydown", key);
  field.addEventListener("blur", close);
  // The side's own search in the ready words.
  document.addEventListener("input", (event) => {
    if (event.target.id !== "ready-find") return;
    const wish = event.target.value.toLowerCase();
    for (const each of document.querySelectorAll("[data-ready]")) {
      each.hidden = !each.textContent.toLowerCase().includes(wish);
    }
  });
}
