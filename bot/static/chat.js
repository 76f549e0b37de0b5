// The chat page: puts talk, view and composer together. The page's own words and limits stand in
// its #settings; as a guest frame it tells the host's launcher "close" and how much is unread.
import { Composer } from "./composer.js";
import { Words, make } from "./page.js";
import { Refusal, Talk, makeId } from "./talk.js";
import { View } from "./view.js";

const find = (id) => document.getElementById(id);
const settings = JSON.parse(find("settings").textContent);
const embedded = window.parent !== window;
const words = new Words(settings.words, document.documentElement.lang);
const talk = new Talk({ language: words.language, source: settings.source });
const state = { owner: "bot", name: "", language: words.language };
let expecting = null; // the message whose answer is awaited: {id, seq}
let shown = !embedded;
let unread = 0;
let lastWords = ""; // said to a prospect who had everything erased

const tellHost = (word, value) => {
  if (embedded) window.parent.postMessage({ firstline: word, value }, "*");
};

// --- acts ---

// A press has the same id however often it is made, so a double click is one answer. The button's
// place stands in it, not its value: that may hold signs which no id may.
const press = ({ seq, question, buttons }, button) => {
  const { value, label } = button;
  const id = `b.${seq}.${question ?? 0}.${buttons.indexOf(button)}`;
  talk.send({ id, kind: "choice", question, value, label, seq });
  if (window.matchMedia("(hover: hover)").matches) composer.focus();
};
// What the menu offers is no answer to a question; it works whatever is being asked.
const choose = (value, label) => {
  talk.send({ id: makeId(), kind: "choice", question: view.question, value, label });
};
const discard = (item) => {
  talk.discard(item.id);
  view.discarded(item.id);
  if (item.kind === "text" && !composer.field.value) composer.put(item.text);
};
const notify = (...words) => {
  find("notice").replaceChildren(...words);
  setTimeout(() => find("notice").replaceChildren(), 8_000);
};
// A tab that the press itself opens is blocked by no browser; it is sent on when the link is there.
const goToTelegram = async () => {
  const tab = window.open("", "_blank");
  if (tab) tab.opener = null;
  try {
    const { href } = await talk.call("POST", talk.path("telegram"));
    if (tab) tab.location.replace(href);
    else notify(make("a", { href, target: "_blank", rel: "noopener" }, words.say("widget.telegram.open")));
  } catch (error) {
    tab?.close();
    notify((error instanceof Refusal && error.message) || words.say("widget.telegram.failed"));
  }
};
const view = new View(words, { press, discard, retry: (id) => talk.retry(id) });
const composer = new Composer(talk, words, settings.limits);
view.up = talk.up;

const expect = (id) => {
  if (state.owner === "human") return;
  expecting = { id, seq: Infinity };
  view.typing(true);
};
const settle = () => {
  expecting = null;
  view.typing(false);
};

// --- what the talk tells ---

const on = (type, listener) => talk.addEventListener(type, ({ detail }) => listener(detail));

on("unsent", (items) => {
  view.setUnsent(items);
  const newest = items.filter((item) => !item.failed).at(-1);
  if (newest && talk.up) expect(newest.id);
});
on("sent", ({ id, seq, last, said }) => {
  lastWords = said || lastWords;
  if (expecting?.id !== id) return;
  expecting.seq = seq;
  if (last <= seq || talk.cursor >= last) settle();
});
on("message", (message) => {
  if (expecting && message.author !== "prospect" && message.seq > (expecting.seq ?? 0)) settle();
  if (message.author === "bot" || message.author === "staff") settle();
  view.add(message);
  if (!message.past && message.author !== "prospect" && !(shown && document.hasFocus())) {
    unread += 1;
    tellHost("unread", unread);
  }
});
on("refused", settle);
// A screen reader is told what is new, not the whole history after a reload.
on("ready", () => find("log").setAttribute("aria-live", "polite"));
on("state", (told) => {
  Object.assign(state, told);
  view.quiet = state.owner === "human";
  if (view.quiet) settle();
  if (settings.words[told.language] && told.language !== words.language) speak(told.language);
  showOwner();
  view.refreshChoices();
});
on("link", ({ up }) => {
  view.up = up;
  banner(up ? "" : navigator.onLine === false ? "widget.offline" : "widget.reconnecting");
  view.setUnsent(talk.unsent);
  if (!up) settle();
});
on("limit", notify);
on("gone", ({ reason }) => {
  settle();
  find("composer").hidden = true;
  find("gone").hidden = false;
  find("gone-text").textContent = lastWords || words.say(`widget.gone.${reason}`);
  if (reason === "erased") {
    find("log").replaceChildren();
    find("unsent").replaceChildren();
  }
  find("start-again").focus();
});

// --- the page ---

const banner = (key) => {
  find("banner").textContent = key && words.say(key);
  find("banner").hidden = !key;
};

const speak = (language) => {
  words.language = language;
  document.documentElement.lang = language;
  words.label(document);
  view.relabel();
  for (const button of document.querySelectorAll("#menu [data-language]")) {
    button.hidden = button.dataset.language === language;
  }
};

const showOwner = () => {
  const human = state.owner === "human" && state.name;
  find("who").textContent = human ? state.name : words.say("widget.assistant.name");
  find("face").textContent = human ? state.name.trim().slice(0, 1).toLocaleUpperCase() : "";
  document.body.classList.toggle("with-person", Boolean(human));
  find("status").textContent = words.say(`widget.status.${state.owner}`);
};

const openMenu = (open) => {
  find("menu").hidden = !open;
  find("menu-button").setAttribute("aria-expanded", String(open));
  if (open) find("menu").querySelector("button:not([hidden])").focus();
};

find("menu-button").addEventListener("click", () => openMenu(find("menu").hidden));
find("menu").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  openMenu(false);
  const { say, language, choice } = button.dataset;
  if ("telegram" in button.dataset) {
    find("menu-button").focus();
    goToTelegram();
    return;
  }
  if (choice) choose(choice, button.textContent);
  else composer.say(settings.words[language ?? words.language][say]);
  composer.focus();
});
document.addEventListener("click", ({ target }) => {
  if (!target.closest(".menu")) openMenu(false);
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  if (!find("menu").hidden) {
    openMenu(false);
    find("menu-button").focus();
  } else tellHost("close");
});
find("start-again").addEventListener("click", () => window.location.reload());
find("close").addEventListener("click", () => tellHost("close"));
find("close").hidden = !embedded;

window.addEventListener("message", ({ source, data }) => {
  if (source !== window.parent || !embedded || typeof data?.firstline !== "string") return;
  shown = data.firstline === "shown";
  if (!shown) return;
  tellHost("unread", (unread = 0));
  talk.hurry();
  if (window.matchMedia("(hover: hover)").matches) composer.focus();
});
window.addEventListener("focus", () => shown && tellHost("unread", (unread = 0)));

speak(words.language);
showOwner();
view.setUnsent(talk.unsent);
if (!embedded && window.matchMedia("(hover: hover)").matches) composer.focus();
if (!talk.keeper.lasting) find("notice").textContent = words.say("widget.blocked");
if (!talk.conversation) find("log").setAttribute("aria-live", "polite");
talk.run();
