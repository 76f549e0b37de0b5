// The keys. An element names its own key by aria-keyshortcuts; pressing it does what a click would.
// Nothing happens while one types, and whoever likes can switch single keys off in the sheet.
import { find, shelf, talk } from "./inbox-page.js";
import { write } from "./inbox-composer.js";

const LISTS = { i: "waiting", m: "mine", t: "team", s: "snoozed" };
const CHORD_MS = 1500;
const sheet = find("keys");
const wide = matchMedia("(min-width: 1180px)");
let chord = 0;

const typing = (node) => Boolean(node?.closest?.("input, textarea, select, [contenteditable]"));
const ROWS = ".row a, .onward a"; // after the last row comes the way to the next page
const rows = () => [...document.querySelectorAll(ROWS)];
const allowed = () => shelf.get("desk-keys") !== "off";

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement);
  const open = all.findIndex((row) => row.hasAttribute("aria-current"));
  // From the open talk on; with nothing open from the first.
  const next = here < 0 ? (open < 0 ? 0 : open + by) : here + by;
  all[Math.max(0, Math.min(all.length - 1, next))].focus();
}

function openRow() {
  const focused = document.activeElement?.closest?.(ROWS);
  (focused ?? rows()[0])?.click();
}

// The panel beside the talk is a sheet where there is no room for it.
function showSide() {
  if (!wide.matches && location.hash !== "#side") location.hash = "side";
}

function press(key) {
  const target = document.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.closest("#side")) showSide();
  const folded = target.closest("details:not([open])");
  if (folded && !target.matches("summary")) folded.open = true;
  if (target.matches("summary")) {
    if (!target.parentElement.open) target.click();
    target.parentElement.querySelector("form :is(input:not([type=hidden]), select, textarea, button)")?.focus();
  } else if (target.matches("input, select")) {
    target.focus();
  } else if (key === "d") {
    // Sending is never one key away: the button is reached, Enter presses it.
    target.focus();
  } else {
    target.click();
  }
  return true;
}

// Closes what is open, the innermost first; with nothing open it is the way back to the list.
function back() {
  if (location.hash === "#side") {
    location.hash = "talk-title";
    return find("talk-title").focus();
  }
  if (typing(document.activeElement)) return document.activeElement.blur();
  if (talk) return location.assign(find("back").href);
  const search = find("find");
  if (search.value) location.assign(search.form.action);
  return undefined;
}

function single(event) {
  const { key } = event;
  if (Date.now() < chord && LISTS[key]) {
    chord = 0;
    location.assign(`/inbox?view=${LISTS[key]}`);
    return true;
  }
  chord = key === "g" ? Date.now() + CHORD_MS : 0;
  if (key === "g") return true;
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1), true;
  if (key === "o") return openRow(), true;
  if (key === "?") return showSheet(), true;
  if (key === "r" || key === "n") return Boolean(talk) && write(key === "r" ? "reply" : "note");
  return /^[chpstxued/]$/.test(key) && press(key);
}

function heard(event) {
  if (event.defaultPrevented || event.isComposing || sheet.open) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return back();
  if (typing(event.target) || !allowed()) return;
  if (single(event)) event.preventDefault();
}

function showSheet() {
  if (!sheet.open) sheet.showModal();
}

export function startKeys() {
  const button = find("keys-open");
  button.hidden = false;
  button.addEventListener("click", showSheet);
  const wanted = find("keys-on");
  wanted.checked = allowed();
  wanted.addEventListener("change", () => shelf.set("desk-keys", wanted.checked ? "on" : "off"));
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  document.addEventListener("keydown", heard);
}
