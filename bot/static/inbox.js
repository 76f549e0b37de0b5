// The inbox, live: one event stream tells that something changed, the pieces come from the server
// as HTML that it has escaped, and are laid over what is there, so that focus and typing stay.

const inbox = document.getElementById("inbox");
const words = JSON.parse(inbox.dataset.words);
const talk = inbox.dataset.talk;
const view = inbox.dataset.view;
const said = document.getElementById("said");
const lost = document.getElementById("lost");
const plainTitle = document.title;
// The reader's clock may be wrong; waiting times are told by the server's.
const clockAhead = Date.now() - Number(inbox.dataset.now);
let last = Number(inbox.dataset.last);

// --- laying new HTML over the old ----------------------------------------------------------------

function keyOf(node) {
  return node.nodeType === 1 ? node.dataset.key || node.id || "" : "";
}

function sameKind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
}

function layAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // Whether a part is unfolded is the reader's choice.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
}

function lay(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-keep") || old.isEqualNode(fresh)) return;
  const folded = old.nodeName === "DETAILS" && !old.open;
  layAttributes(old, fresh);
  if (folded) old.open = false;
  layChildren(old, fresh);
}

function layChildren(old, fresh) {
  const keyed = new Map([...old.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const match = keyOf(node) ? keyed.get(keyOf(node)) : place;
    if (match && sameKind(match, node)) {
      if (match !== place) old.insertBefore(match, place);
      lay(match, node);
      place = match.nextSibling;
    } else {
      old.insertBefore(node, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function parse(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}

function layOver(html) {
  for (const fresh of [...parse(html).children]) {
    const old = document.getElementById(fresh.id);
    if (old) lay(old, fresh);
  }
  showTimes();
}

// --- times and the title -------------------------------------------------------------------------

function since(at) {
  const minutes = Math.floor(Math.max(0, Date.now() - clockAhead - at) / 60000);
  if (minutes < 1) return words.now;
  if (minutes < 60) return words.minutes.replace("#", minutes);
  if (minutes < 2880) return words.hours.replace("#", Math.floor(minutes / 60));
  return words.days.replace("#", Math.floor(minutes / 1440));
}

function showTimes() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = since(Number(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
}

function showCount(count) {
  document.title = count ? `(${count}) ${plainTitle}` : plainTitle;
}

function tell(text, bad = false) {
  said.textContent = text;
  said.classList.toggle("bad", bad);
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (said.textContent = ""), bad ? 9000 : 4000);
}

// --- sound ---------------------------------------------------------------------------------------

const soundButton = document.getElementById("sound");
let speaker = null;

function soundWanted() {
  return localStorage.getItem("desk-sound") !== "off";
}

function showSound() {
  const wanted = soundWanted();
  const ready = speaker && speaker.state === "running";
  soundButton.hidden = false;
  soundButton.setAttribute("aria-pressed", String(wanted));
  soundButton.textContent = wanted ? (ready ? words.sound_on : words.sound_locked) : words.sound_off;
}

// Browsers let a page sound only after its reader has done something in it.
async function unlock() {
  speaker = speaker || new AudioContext();
  if (speaker.state !== "running") await speaker.resume().catch(() => {});
  showSound();
}

function beep() {
  if (!soundWanted() || !speaker || speaker.state !== "running") return;
  for (const [start, pitch] of [[0, 740], [0.18, 988]]) {
    const tone = speaker.createOscillator();
    const level = speaker.createGain();
    const at = speaker.currentTime + start;
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
    tone.connect(level).connect(speaker.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
  inbox.dataset.beeps = String(Number(inbox.dataset.beeps || 0) + 1);
}

soundButton.addEventListener("click", () => {
  const locked = soundWanted() && !(speaker && speaker.state === "running");
  if (!locked) localStorage.setItem("desk-sound", soundWanted() ? "off" : "on");
  unlock();
});
for (const gesture of ["pointerdown", "keydown"]) {
  document.addEventListener(gesture, (event) => {
    if (event.target.closest && !event.target.closest("#sound")) unlock();
  }, { once: true, capture: true });
}

// Every waiting talk rings once when it comes and once for each further ring of the server.
let heard = new Map(JSON.parse(inbox.dataset.waiting).map((each) => [each.id, each.rings]));

function hear(waiting) {
  const fresh = waiting.filter((each) => (heard.get(each.id) ?? 0) < each.rings);
  heard = new Map(waiting.map((each) => [each.id, each.rings]));
  showCount(waiting.length);
  if (!fresh.length) return;
  beep();
  tell(words.new_escalation.replace("#", fresh[0].title || words.visitor));
}

// --- the live pieces -----------------------------------------------------------------------------

async function fetchPiece(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// One fetch of a kind at a time; what comes in meanwhile is fetched once more afterwards.
function single(work) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await work();
    } catch {
      setTimeout(run, 3000);
    } finally {
      running = false;
      if (again) {
        again = false;
        run();
      }
    }
  };
}

const refreshList = single(async () => {
  const piece = await fetchPiece(`/inbox/list?view=${view}&talk=${talk}`);
  layOver(piece.html);
  hear(piece.waiting);
});

const log = document.getElementById("log");
const scroll = document.getElementById("scroll");
const desktop = matchMedia("(min-width: 720px)");

function atEnd() {
  const box = desktop.matches ? scroll : document.scrollingElement;
  return box.scrollHeight - box.scrollTop - box.clientHeight < 120;
}

function goToEnd() {
  const box = desktop.matches ? scroll : document.scrollingElement;
  // At once: what arrives during a smooth way down would find us not at the end.
  box.scrollTo({ top: box.scrollHeight, behavior: "instant" });
}

const refreshTalk = single(async () => {
  const piece = await fetchPiece(`/inbox/${talk}/pieces?after=${last}&view=${view}`);
  const follow = atEnd();
  for (const message of [...parse(piece.messages).children]) {
    if (!document.getElementById(message.id)) log.append(message);
  }
  last = Math.max(last, piece.last);
  layOver(piece.html);
  if (follow) goToEnd();
});

function listen() {
  const stream = new EventSource(`/inbox/stream?talk=${talk}`);
  stream.addEventListener("desk", refreshList);
  if (talk) stream.addEventListener("talk", refreshTalk);
  stream.addEventListener("bye", () => location.reload());
  stream.addEventListener("open", () => {
    lost.hidden = true;
    refreshList();
    if (talk) refreshTalk();
  });
  stream.addEventListener("error", () => {
    lost.hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
}

// --- acts ----------------------------------------------------------------------------------------

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(button?.getAttribute("formaction") || form.getAttribute("action"), {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-Form-Token": body.get("form_token") },
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || words.failed);
  return told;
}

function settle(form, told) {
  tell(told.words);
  form.closest("details")?.removeAttribute("open");
  if (!form.hasAttribute("data-composer")) return;
  form.elements.text.value = "";
  form.elements.external_id.value = told.fresh_id;
  form.elements.text.focus();
  goToEnd();
}

async function act(event) {
  const form = event.target;
  if (!form.hasAttribute("data-act")) return;
  event.preventDefault();
  // A second click while the first is on its way is the same act.
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    settle(form, await send(form, event.submitter));
  } catch (error) {
    tell(error instanceof TypeError ? words.lost : error.message, true);
  } finally {
    delete form.dataset.busy;
    refreshList();
    if (talk) refreshTalk();
  }
}

document.addEventListener("submit", act);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "words") {
    event.preventDefault();
    const form = event.target.form;
    form.requestSubmit(form.querySelector("button.primary"));
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details.act[open]");
    if (open) {
      open.removeAttribute("open");
      open.querySelector("summary").focus();
    }
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.act[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});

showSound();
showTimes();
showCount(JSON.parse(inbox.dataset.waiting).length);
setInterval(showTimes, 10000);
// Whoever has the talk goes on where it stands; everybody else reads the brief first.
if (inbox.dataset.mine && !location.hash) goToEnd();
listen();
