// Where one writes: reply or note, files, the draft of each talk, and a way to the server on which
// no word is lost.
import { Refused, settle } from "./inbox-acts.js";
import { goToEnd, goToNewest } from "./inbox-live.js";
import { find, me, say, shelf, talk, tell, words } from "./inbox-page.js";

const FILES_MAX = 10;
const FILE_MAX = 20 * 1024 * 1024;
const TRIES = 4;
const PATIENCE_MS = 1500;
const DRAFT = `desk.draft.${me}.`;
const DRAFT_DAYS = 30;

const form = find("composer");
const sending = find("sending");
let files = [];
let mine = "";
let busy = false;

const field = () => find("words");
const mode = () => (find("mode-reply")?.checked ? "reply" : "note");

// --- the draft -----------------------------------------------------------------------------------

function keepDraft() {
  const text = field().value;
  if (text) shelf.set(DRAFT + talk, JSON.stringify({ text, mode: mode(), at: Date.now() }));
  else shelf.drop(DRAFT + talk);
}

function readDraft(key) {
  try {
    return JSON.parse(shelf.get(key));
  } catch {
    return null;
  }
}

function restoreDraft() {
  for (const key of shelf.keys().filter((each) => each.startsWith("desk.draft."))) {
    const draft = readDraft(key);
    if (!draft || Date.now() - draft.at > DRAFT_DAYS * 86_400_000) shelf.drop(key);
  }
  const draft = readDraft(DRAFT + talk);
  if (!draft || field().value) return;
  field().value = draft.text;
  if (draft.mode === "note" && find("mode-note")) find("mode-note").checked = true;
  showState(words.draft);
}

// --- what is shown -------------------------------------------------------------------------------

function showState(text, { bad = false, retry = false } = {}) {
  sending.replaceChildren(text);
  sending.classList.toggle("bad", bad);
  if (!retry) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.retry;
  button.addEventListener("click", () => send());
  sending.append(button);
}

// The draft is kept: after signing in, its writer is back here with it.
function showSignIn() {
  const link = document.createElement("a");
  link.className = "button";
  link.href = `/signin?${new URLSearchParams({ next: location.pathname + location.search })}`;
  link.textContent = words.sign_in;
  sending.append(link);
}

function showProgress(part) {
  let bar = sending.querySelector("progress");
  if (!bar) {
    bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", words.sending);
    sending.append(bar);
  }
  bar.value = part;
}

function showFiles() {
  const list = find("chosen");
  if (!list) return;
  list.replaceChildren(...files.map((file) => {
    const line = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", say("remove_file", file.name));
    remove.addEventListener("click", () => {
      files = files.filter((each) => each !== file);
      showFiles();
      find("attach").focus();
    });
    line.append(file.name, remove);
    return line;
  }));
}

// --- files ---------------------------------------------------------------------------------------

function add(chosen) {
  for (const file of chosen) {
    if (files.length >= FILES_MAX) return tell(words.too_many, true);
    if (file.size > FILE_MAX) tell(say("too_big", file.name), true);
    else files.push(file);
  }
  showFiles();
  return undefined;
}

function take(event, transfer) {
  if (!transfer?.files.length || !find("mode-reply")) return;
  event.preventDefault();
  find("mode-reply").checked = true;
  add(transfer.files);
}

function startFiles() {
  const attach = find("attach");
  if (!attach || attach.dataset.started) return;
  attach.dataset.started = "yes";
  attach.hidden = false;
  attach.addEventListener("click", () => find("picker").click());
  find("picker").addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = "";
  });
}

// --- sending -------------------------------------------------------------------------------------

// Progress of what goes up is told by this older way alone.
function upload(address, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Form-Token", body.get("form_token"));
    request.upload.addEventListener("progress", (event) => {
      if (files.length && event.lengthComputable) showProgress(event.loaded / event.total);
    });
    request.addEventListener("error", () => reject(new TypeError("network")));
    request.addEventListener("load", () => {
      const told = request.response ?? {};
      if (request.status < 300) resolve(told);
      else if (request.status >= 502) reject(new TypeError("away"));
      else reject(new Refused(told, request.status));
    });
    request.send(body);
  });
}

// The same id again is the same message: a try whose answer was lost does no harm.
async function tryAgain(address, body) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await upload(address, body);
    } catch (error) {
      if (!(error instanceof TypeError) || tried === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, tried * PATIENCE_MS));
    }
  }
}

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function wrap() {
  const reply = mode() === "reply";
  const body = new FormData();
  body.set("form_token", form.elements.form_token.value);
  body.set("external_id", form.elements.external_id.value);
  body.set("text", field().value);
  if (reply) for (const file of files) body.append("file", file, file.name);
  return [`/inbox/${talk}/${reply ? "reply" : "note"}`, body, reply];
}

function sent(told, reply) {
  form.elements.external_id.value = told.fresh_id || freshId();
  field().value = "";
  if (reply) files = [];
  showFiles();
  keepDraft();
  showState("");
  if (goToNewest(told.seq)) return;
  goToEnd();
  settle(told);
}

export async function send() {
  if (busy) return;
  const [address, body, reply] = wrap();
  busy = true;
  field().readOnly = true;
  showState(words.sending);
  try {
    sent(await tryAgain(address, body), reply);
  } catch (error) {
    const passing = error instanceof TypeError;
    showState(passing ? words.not_sent : error.message, { bad: true, retry: !error.signedOut });
    if (error.signedOut) showSignIn();
    // Other words under an id that is taken: the next try is a message of its own.
    if (error.key === "desk.refused.other_body") form.elements.external_id.value = freshId();
  } finally {
    busy = false;
    field().readOnly = false;
    field().focus();
  }
}

// --- for the keys and the side -------------------------------------------------------------------

export function write(kind) {
  const button = find(`mode-${kind}`);
  if (kind === "reply" && !button) return false;
  if (button) button.checked = true;
  field().focus();
  return true;
}

// Puts words where one writes; what stands there already is kept before them.
export function use(text) {
  if (!write("reply")) return;
  const before = field().value.trimEnd();
  field().value = before ? `${before}\n${text}` : text;
  keepDraft();
}

// A talk that has just become one's own is for replying.
export function showComposer() {
  startFiles();
  if (form.dataset.mine === mine) return;
  mine = form.dataset.mine;
  if (mine && !readDraft(DRAFT + talk)) find("mode-reply").checked = true;
}

export function startComposer() {
  mine = form.dataset.mine;
  startFiles();
  restoreDraft();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("input", () => {
    if (sending.textContent && !busy) showState("");
    keepDraft();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target !== field()) return;
    event.preventDefault();
    send();
  });
  form.addEventListener("paste", (event) => take(event, event.clipboardData));
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  form.addEventListener("dragleave", () => form.classList.remove("dropping"));
  form.addEventListener("drop", (event) => {
    form.classList.remove("dropping");
    take(event, event.dataTransfer);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-use]");
    if (button) use(button.parentElement.querySelector(".words").textContent);
  });
}
