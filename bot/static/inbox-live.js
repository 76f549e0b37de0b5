// One event stream tells that something changed; the pieces come from the server as HTML.
import { hear } from "./inbox-bell.js";
import { insert, layOver } from "./inbox-lay.js";
import { after, find, inbox, q, showTimes, talk, view } from "./inbox-page.js";

const lost = find("lost");
const log = find("log");
const scroll = find("scroll");
const desktop = matchMedia("(min-width: 720px)");
// Which part of the lists beside the talk is open.
const beside = {};
for (const name of ["remarks", "tasks"]) beside[name] = new URLSearchParams(location.search).get(name) ?? "";
let last = Number(inbox.dataset.last);
let laid = () => {};

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

export const refreshList = single(async () => {
  const piece = await fetchPiece(`/inbox/list?${new URLSearchParams({ view, talk, q, after })}`);
  layOver(piece.html);
  showTimes();
  hear(piece);
});

function box() {
  return desktop.matches ? scroll : document.scrollingElement;
}

function atEnd() {
  const { scrollHeight, scrollTop, clientHeight } = box();
  return scrollHeight - scrollTop - clientHeight < 120;
}

export function goToEnd() {
  // At once: what arrives during a smooth way down would find us not at the end.
  box().scrollTo({ top: box().scrollHeight, behavior: "instant" });
}

// Who reads an earlier part of a long talk is taken to the part that has what was just said.
export function goToNewest(seq) {
  if (log.dataset.part === "0") return false;
  location.assign(`/inbox/${talk}?${new URLSearchParams({ view, q, after })}#m${seq}`);
  return true;
}

// A button that is gone with the act it stood for leaves the focus on the talk; what stands
// elsewhere now, a line of the profile that was filled in, has it there.
function layAround(html) {
  const held = document.activeElement;
  const key = held.closest("details.edit")?.dataset.key;
  layOver(html);
  showTimes();
  if (held === document.body || document.activeElement !== document.body) return;
  const elsewhere = key && document.querySelector(`details.edit[data-key="${CSS.escape(key)}"] > summary`);
  (elsewhere || find("talk-title")).focus({ preventScroll: true });
}

export const refreshTalk = single(async () => {
  const piece = await fetchPiece(`/inbox/${talk}/pieces?${new URLSearchParams({ after: last, view, q, page: after, ...beside })}`);
  const follow = atEnd();
  // An earlier part of a long talk ends before what is new.
  const news = log.dataset.part === "0" ? insert(log, piece.messages) : 0;
  const grown = piece.last > last;
  last = Math.max(last, piece.last);
  layAround(piece.html);
  laid();
  if (follow) goToEnd();
  if (grown && news) noteRead();
});

// What is on the screen of somebody who looks at it counts as read.
function noteRead() {
  if (document.hidden) return;
  const token = document.querySelector("#composer [name=form_token]").value;
  fetch(`/inbox/${talk}/read`, {
    method: "POST",
    headers: { Accept: "application/json", "X-Form-Token": token },
    body: new URLSearchParams({ seq: last }),
  }).catch(() => {});
}

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

// `whenLaid` is called after the pieces around a talk were laid anew.
export function startLive(whenLaid) {
  laid = whenLaid;
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && talk) noteRead();
  });
  showTimes();
  setInterval(showTimes, 1000);
  // Whoever has the talk goes on where it stands; everybody else reads the brief first.
  if (inbox.dataset.mine && !location.hash) goToEnd();
  listen();
}
