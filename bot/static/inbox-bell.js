// Who waits makes itself heard: a sound, and where it was chosen a notification of the browser.
import { find, inbox, say, shelf, showCounts, talk, tell, words } from "./inbox-page.js";

const soundButton = find("sound");
const alertsButton = find("alerts");
let speaker = null;

function soundWanted() {
  return shelf.get("desk-sound") !== "off";
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

// --- notifications, off until they are chosen ----------------------------------------------------

function alertsWanted() {
  return shelf.get("desk-alerts") === "on" && "Notification" in window && Notification.permission === "granted";
}

function showAlerts() {
  const wanted = alertsWanted();
  alertsButton.hidden = !("Notification" in window);
  alertsButton.setAttribute("aria-pressed", String(wanted));
  alertsButton.textContent = wanted ? words.alerts_on : words.alerts_off;
}

async function switchAlerts() {
  if (alertsWanted()) {
    shelf.set("desk-alerts", "off");
  } else {
    const answer = await Notification.requestPermission();
    if (answer === "granted") shelf.set("desk-alerts", "on");
    else tell(words.alerts_refused, true);
  }
  showAlerts();
}

// One tab is enough: whoever looks at the page needs none. The tag makes tabs show it once.
function notify(text, id) {
  if (!alertsWanted() || !document.hidden) return;
  try {
    const shown = new Notification(text, { tag: `firstline-${id}` });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(`/inbox/${id}`);
    });
  } catch {
    // Phones know notifications of installed pages alone.
  }
}

// --- what is heard -------------------------------------------------------------------------------

// Every waiting talk rings once when it comes and once for each further ring of the server.
let heard = new Map(JSON.parse(inbox.dataset.waiting).map((each) => [each.id, each.rings]));

// Something new in a talk of one's own, while one looks elsewhere.
let known = null;

function hearNews(news) {
  const grown = news.filter((each) => known && (known.get(each.id) ?? 0) < each.unread);
  known = new Map(news.map((each) => [each.id, each.unread]));
  for (const each of grown) notify(say("alert_unread", each.title || words.visitor), each.id);
}

export function hear({ waiting, unread, news }) {
  const fresh = waiting.filter((each) => (heard.get(each.id) ?? 0) < each.rings);
  heard = new Map(waiting.map((each) => [each.id, each.rings]));
  showCounts(waiting.length, unread);
  hearNews(news);
  if (!fresh.length) return;
  beep();
  tell(say("new_escalation", fresh[0].title || words.visitor));
  for (const each of fresh) notify(say("alert_waits", each.title || words.visitor), each.id);
}

export function startBell() {
  soundButton.addEventListener("click", () => {
    const locked = soundWanted() && !(speaker && speaker.state === "running");
    if (!locked) shelf.set("desk-sound", soundWanted() ? "off" : "on");
    unlock();
  });
  alertsButton.addEventListener("click", switchAlerts);
  // Not on the way down: the button's new words may move what is being clicked.
  for (const gesture of ["click", "keydown"]) {
    document.addEventListener(gesture, (event) => {
      if (event.target.closest && !event.target.closest("#sound")) unlock();
    }, { once: true, capture: true });
  }
  showSound();
  showAlerts();
  showCounts(heard.size, Number(inbox.dataset.unread));
}
