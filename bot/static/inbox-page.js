// What the inbox's modules share: the page's own values, its words, and the line that tells.
export const inbox = document.getElementById("inbox");
export const words = JSON.parse(inbox.dataset.words);
export const { talk, view, q, after, me } = inbox.dataset;
const said = document.getElementById("said");
const plainTitle = document.title;
// The reader's clock may be wrong; times are told by the server's.
const clockAhead = Date.now() - Number(inbox.dataset.now);

export const find = (id) => document.getElementById(id);
export const say = (key, value) => words[key].replaceAll("#", value);

// --- times ---------------------------------------------------------------------------------------

function since(at) {
  const minutes = Math.floor(Math.max(0, Date.now() - clockAhead - at) / 60000);
  if (minutes < 1) return words.now;
  if (minutes < 60) return say("minutes", minutes);
  if (minutes < 2880) return say("hours", Math.floor(minutes / 60));
  return say("days", Math.floor(minutes / 1440));
}

// Under ten minutes seconds count.
function span(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say("minutes", minutes);
  if (minutes < 2880) return say("hours", Math.floor(minutes / 60));
  return say("days", Math.floor(minutes / 1440));
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function showTimes() {
  for (const time of document.querySelectorAll("time[data-since]")) put(time, since(Number(time.dataset.since)));
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = Number(time.dataset.due) - (Date.now() - clockAhead);
    put(time, say(left < 0 ? "late" : "due", span(Math.abs(left))));
    time.parentElement.classList.toggle("late", left < 0);
  }
}

// --- what is told --------------------------------------------------------------------------------

export function showCounts(waiting, unread) {
  const news = unread ? `${say("unread", unread)} · ` : "";
  document.title = `${waiting ? `(${waiting}) ` : ""}${news}${plainTitle}`;
}

export function tell(text, bad = false) {
  said.textContent = text;
  said.classList.toggle("bad", bad);
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (said.textContent = ""), bad ? 9000 : 4000);
}

// A browser may refuse storage: then what is kept lasts as long as the page.
const memory = new Map();
export const shelf = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return memory.get(key) ?? null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      memory.set(key, value);
    }
  },
  drop(key) {
    memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // It was never kept there.
    }
  },
  keys() {
    try {
      return Object.keys(localStorage);
    } catch {
      return [...memory.keys()];
    }
  },
};
