// Draws the talk: messages, buttons, papers, what is still on its way.
import { draw, make } from "./page.js";

const CLOSE_MS = 5 * 60_000; // messages of one author within this time stand together
const NEAR_END = 60; // px: who is this near to the end sees the newest
const PAUSE_MS = 2_000; // what comes after such a pause is a new answer

const find = (id) => document.getElementById(id);

export class View {
  // `press(message, button)` and the like are the acts that a person can do here.
  constructor(words, acts) {
    this.words = words;
    this.acts = acts;
    this.log = find("log");
    this.scroll = find("scroll");
    this.pending = find("unsent");
    this.last = null; // newest message in the log
    this.question = 0; // number of the newest question
    this.spoken = 0; // seq of the prospect's newest message
    this.groups = []; // groups of buttons, oldest first
    this.unread = 0;
    this.waiting = new Map(); // id -> item: sent or unsent, and not in the log yet
    this.following = true; // until the reader scrolls away
    this.set = 0; // where we put the scroll bar
    this.heard = 0; // when the newest message arrived
    this.scroll.addEventListener("scroll", () => this.scrolled());
    // A head or a field that grows must not cover the end of the talk.
    new ResizeObserver(() => this.ended && this.jump()).observe(this.scroll);
    find("newer").addEventListener("click", () => this.jump());
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  scrolled() {
    this.ended = this.atEnd();
    if (this.ended) this.unread = 0;
    if (Math.abs(this.scroll.scrollTop - this.set) > 2) this.following = this.ended;
    this.hint();
  }

  // Below the edge there is more: say so when it is new.
  hint() {
    find("newer").hidden = this.atEnd();
    find("newer").classList.toggle("plain", !this.unread);
  }

  move(top) {
    this.scroll.scrollTop = top;
    this.set = this.scroll.scrollTop;
  }

  jump() {
    this.following = true;
    this.unread = 0;
    this.move(this.scroll.scrollHeight);
    this.hint();
  }

  // --- messages ---

  add(message) {
    const own = message.id && this.waiting.get(message.id); // sent from this very page
    if (own?.label) message.text = own.label;
    this.separate(message);
    const element = this.bubble(message);
    this.log.append(element);
    this.last = message;
    this.question = message.question || this.question;
    if (message.author === "prospect") this.spoken = message.seq;
    if (own) this.arrived(message.id);
    this.refreshChoices();
    this.following ||= Boolean(own);
    this.keepUp(message, element);
  }

  // Follow what comes, but never so far that the start of a new answer leaves the screen. A reader
  // who has scrolled away is told instead.
  keepUp(message, element) {
    const now = Date.now();
    if (message.author === "prospect" || now - this.heard > PAUSE_MS) this.anchor = element;
    this.heard = now;
    if (this.following) {
      const end = this.scroll.scrollHeight - this.scroll.clientHeight;
      this.move(message.past ? end : Math.min(end, Math.max(0, this.anchor.offsetTop - 12)));
    } else if (message.author !== "event") this.unread += 1;
    this.hint();
  }

  separate(message) {
    const day = new Date(message.at).toDateString();
    if (this.last && day === new Date(this.last.at).toDateString()) return;
    this.log.append(make("p", { class: "day", "data-at": message.at }, this.words.day(message.at)));
  }

  // The talk went over to another language.
  relabel() {
    for (const day of this.log.querySelectorAll(".day")) {
      day.textContent = this.words.day(Number(day.dataset.at));
    }
  }

  author(message) {
    if (message.author === "prospect") return this.words.say("widget.you");
    return message.name || this.words.say("widget.assistant");
  }

  bubble(message) {
    if (message.author === "event") return this.note(message);
    const joined =
      this.last?.author === message.author &&
      this.last.name === message.name &&
      message.at - this.last.at < CLOSE_MS;
    const body = make("div", { class: "body" });
    const element = make(
      "article",
      { class: `message ${message.author}${joined ? " joined" : ""}`, id: `m${message.seq}` },
      make("h2", { class: message.author === "staff" && !joined ? "name" : "sr" },
        this.author(message),
        message.author === "staff" ? this.badge(message) : null),
      body,
    );
    if (message.file) body.append(this.file(message.file));
    else if (message.text) body.append(make("p", { class: "text", dir: "auto" }, message.text));
    this.addPapers(body, message.attachments ?? []);
    body.append(this.stamp(message.at));
    if (message.buttons?.length) element.append(this.choices(message));
    return element;
  }

  badge() {
    return make("span", { class: "badge" }, this.words.say("widget.person"));
  }

  stamp(at, ...more) {
    const iso = new Date(at).toISOString();
    return make("p", { class: "stamp" }, make("time", { datetime: iso }, this.words.time(at)), ...more);
  }

  note(message) {
    const line = make("p", { class: "event", id: `m${message.seq}`, dir: "auto" }, message.text);
    return message.buttons?.length ? make("div", {}, line, this.choices(message)) : line;
  }

  file({ name, size }) {
    const lines = [make("strong", { dir: "auto" }, name), make("small", {}, this.words.size(size))];
    return make("div", { class: "card" }, draw("file"), make("span", {}, ...lines));
  }

  addPapers(body, attachments) {
    const sources = attachments.filter((each) => each.kind === "source");
    for (const paper of attachments.filter((each) => each.kind === "document")) {
      body.append(this.paper(paper));
    }
    for (const file of attachments.filter((each) => each.kind === "file")) {
      body.append(this.download(file));
    }
    if (!sources.length) return;
    const list = make("ul", { class: "sources", "aria-label": this.words.say("widget.sources") });
    for (const source of sources) list.append(make("li", {}, this.source(source)));
    body.append(list);
  }

  link(paper, name, ...children) {
    const tab = make("span", { class: "sr" }, ` (${this.words.say("widget.new_tab")})`);
    const where = { href: paper.href, target: "_blank", rel: "noopener", class: name, dir: "auto" };
    return make("a", where, ...children, tab);
  }

  paper(paper) {
    const facts = [paper.label, this.languageName(paper.language), paper.version];
    const meta = make("small", {}, facts.filter(Boolean).join(" · "));
    const lines = make("span", {}, make("strong", { dir: "auto" }, paper.title), meta);
    return this.link(paper, "card", draw("paper"), lines, draw("open"));
  }

  // What a person of the company sent: never opened here, only ever saved.
  download({ title, href, size }) {
    const lines = [make("strong", { dir: "auto" }, title), make("small", {}, this.words.size(size))];
    const label = `${this.words.say("widget.download")}: ${title}`;
    const where = { href, download: title, class: "card", "aria-label": label };
    return make("a", where, draw("file"), make("span", {}, ...lines));
  }

  source(source) {
    const name = [source.title, source.version, source.place].filter(Boolean).join(" · ");
    return this.link(source, "source", draw("quote"), name);
  }

  languageName(code) {
    if (!code) return "";
    return new Intl.DisplayNames([this.words.language], { type: "language" }).of(code);
  }

  // --- buttons ---

  choices(message) {
    const group = make("div", {
      class: "choices", role: "group", "aria-label": this.words.say("widget.choices"),
    });
    for (const button of message.buttons) {
      const press = (event) => this.press(message, button, event);
      const shape = { type: "button", class: `choice ${button.kind}`, dir: "auto", click: press };
      group.append(make("button", shape, button.label));
    }
    this.groups.push({ group, message });
    return group;
  }

  press(message, button, event) {
    event.currentTarget.classList.add("chosen");
    this.acts.press(message, button);
  }

  // What was asked since the prospect's last word can be answered, once, and not while a person
  // has the talk. Of several questions only the newest is open; buttons of no question stay.
  refreshChoices() {
    const pressed = new Set([...this.waiting.values()].map((item) => item.seq));
    for (const { group, message } of this.groups) {
      const silent = this.quiet && message.author !== "event";
      const since = message.seq > this.spoken && !silent && !pressed.has(message.seq);
      const active = since && (!message.question || message.question === this.question);
      group.classList.toggle("over", !active);
      for (const button of group.children) button.disabled = !active;
    }
  }

  // --- what is on its way ---

  setUnsent(items) {
    for (const item of items) this.waiting.set(item.id, item);
    this.drawPending(new Set(items.map((item) => item.id)));
  }

  arrived(id) {
    if (this.waiting.delete(id)) this.pending.querySelector(`[data-id="${CSS.escape(id)}"]`)?.remove();
  }

  discarded(id) {
    this.waiting.delete(id);
    this.drawPending(new Set());
  }

  drawPending(unsent) {
    const items = [...this.waiting.values()];
    this.pending.replaceChildren(...items.map((item) => this.pendingBubble(item, unsent)));
    this.refreshChoices();
    if (items.length) this.jump();
  }

  pendingBubble(item, unsent) {
    const text = make("p", { class: "text", dir: "auto" }, item.label ?? item.text);
    const state = item.failed ? "failed" : unsent.has(item.id) && !this.up ? "held" : "going";
    const body = make("div", { class: "body" }, text);
    const element = make("div", { class: `message prospect ${state}`, "data-id": item.id }, body);
    if (state === "failed") body.append(this.failure(item));
    else if (state === "held") body.append(this.stamp(item.at, ` · ${this.words.say("widget.held")}`));
    else body.append(this.stamp(item.at));
    return element;
  }

  failure(item) {
    const again = () => this.acts.retry(item.id);
    const drop = () => this.acts.discard(item);
    return make("div", { class: "failure", role: "alert" },
      make("p", {}, item.failed),
      make("button", { type: "button", click: again }, this.words.say("widget.retry")),
      make("button", { type: "button", click: drop }, this.words.say("widget.discard")));
  }

  typing(on) {
    find("typing").hidden = !on;
    if (on && this.following) this.move(this.scroll.scrollHeight);
  }
}
