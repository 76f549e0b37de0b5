// Acts: each form is sent in the background, its answer is told, and what can be undone offers it.
import { refreshList, refreshTalk } from "./inbox-live.js";
import { find, talk, tell, words } from "./inbox-page.js";

const UNDO_MS = 20_000;
const undoable = find("undoable");
let timer = 0;

export class Refused extends Error {
  constructor(told, status = 0) {
    super(told.error || words.failed);
    this.key = told.key ?? "";
    this.signedOut = status === 401;
  }
}

export async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-Form-Token": body.get("form_token") },
  });
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told, answer.status);
  return told;
}

function hideUndo() {
  if (!undoable) return;
  clearTimeout(timer);
  const held = undoable.contains(document.activeElement);
  undoable.hidden = true;
  if (held) find("talk-title").focus({ preventScroll: true });
}

function offerUndo(told) {
  hideUndo();
  if (!undoable || !Number(told.undo)) return tell(told.words ?? "");
  tell("");
  find("undo-words").textContent = told.words;
  undoable.elements.act.value = told.undo;
  undoable.hidden = false;
  timer = setTimeout(hideUndo, UNDO_MS);
  return undefined;
}

export function settle(told) {
  offerUndo(told);
  // On a phone what can be done now stands in a row that was pushed aside for the act before.
  find("acts")?.scrollTo({ left: 0, behavior: "instant" });
  refreshList();
  if (talk) refreshTalk();
}

// What is folded up over the focus leaves it on the words that unfolded it.
function foldUp(details) {
  if (!details) return;
  const held = details.contains(document.activeElement);
  details.open = false;
  if (held) details.querySelector("summary").focus({ preventScroll: true });
}

async function act(event) {
  const form = event.target;
  if (!form.hasAttribute("data-act") || form.hasAttribute("data-composer")) return;
  event.preventDefault();
  // A second click while the first is on its way is the same act.
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const { submitter } = event;
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  try {
    const told = await post(submitter?.getAttribute("formaction") || form.getAttribute("action"), body);
    if (form.elements.external_id && told.fresh_id) form.elements.external_id.value = told.fresh_id;
    foldUp((submitter ?? form).closest("details.act, details.edit"));
    if (form === undoable) hideUndo();
    if (form.hasAttribute("data-leave")) return location.assign(find("back").href);
    settle(told);
  } catch (error) {
    tell(error instanceof TypeError ? words.not_done : error.message, true);
    refreshList();
    if (talk) refreshTalk();
  } finally {
    delete form.dataset.busy;
  }
  return undefined;
}

// What unfolds at the lower edge of what is shown would be cut there.
function bringIntoView(event) {
  const { target } = event;
  if (target.matches?.("details.act") && target.open) target.querySelector("form").scrollIntoView({ block: "nearest" });
}

export function startActs() {
  document.addEventListener("submit", act);
  document.addEventListener("toggle", bringIntoView, true);
  if (undoable && !undoable.hidden) timer = setTimeout(hideUndo, UNDO_MS);
}
