// One conversation, kept in step with the server. The protocol is told in docs/widget.md.
//
// Events (CustomEvent, `detail` in brackets): message [message], state [view], unsent [items],
// link [{up}], ready [] when the history is there, refused [{item, text}], gone [{reason}], sent [{id, seq, last}], limit [text].
import { Keeper } from "./keeper.js";
import { Patience } from "./patience.js";

const SILENCE_MS = 40_000; // the server beats every 15 s; without a sign the stream counts as dead
const LOST = new Set(["unknown_conversation", "token", "erased"]);

export const makeId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// An answer of the server that is no success. `code` is a word of docs/widget.md.
export class Refusal extends Error {
  constructor(status, problem, after) {
    super(problem?.text ?? "");
    this.status = status;
    this.code = problem?.error ?? "";
    this.after = after;
  }
  get passing() {
    return [429, 502, 503, 504].includes(this.status);
  }
  get lost() {
    return LOST.has(this.code);
  }
}

const readRefusal = async (response) => {
  const problem = await response.json().catch(() => null);
  const header = Number(response.headers.get("retry-after"));
  return new Refusal(response.status, problem, (problem?.retry_after || header || 0) * 1000);
};

export class Talk extends EventTarget {
  constructor({ language, source, keeper = new Keeper() }) {
    super();
    this.language = language;
    this.source = source;
    this.keeper = keeper;
    this.cursor = 0;
    this.up = navigator.onLine !== false;
    this.flushing = false;
    this.stopped = false;
    this.reading = new Patience();
    this.sending = new Patience();
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("offline", () => this.cut());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  get conversation() {
    return this.keeper.read()?.conversation ?? "";
  }

  get unsent() {
    return this.keeper.unsent();
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // --- life ---

  // Find or begin the conversation, show its history, then stay with it until it is stopped.
  async run() {
    while (!this.stopped) {
      try {
        if (!this.conversation) await this.begin();
        else this.visit();
        await this.catchUp();
        this.mark(true);
        this.flush();
        await this.follow();
        await this.reading.rest();
      } catch (error) {
        if (error instanceof Refusal && error.lost) return this.lose(error);
        if (error instanceof Refusal && error.message) this.tell("limit", error.message);
        this.mark(false);
        await this.reading.rest(error.after);
      }
    }
  }

  async begin() {
    const once = async () => {
      if (this.conversation) return; // another tab was first
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const body = { language: this.language, source: this.source, time_zone: timeZone ?? "" };
      const started = await this.call("POST", "/api/conversations", body);
      this.keeper.write({ conversation: started.conversation, token: started.token });
      this.visited = true;
    };
    if (navigator.locks) await navigator.locks.request("firstline.begin", once);
    else await once();
  }

  // Tell the server that the talk was opened again; it decides whether there is anything to say.
  visit() {
    if (this.visited) return;
    this.visited = true;
    this.call("POST", this.path("messages"), { id: `open.${makeId()}`, kind: "open" }).catch(
      () => {},
    );
  }

  lose(error) {
    this.stopped = true;
    const reason = error.code === "erased" ? "erased" : "lost";
    this.keeper.forget(reason === "lost");
    this.tell("gone", { reason });
  }

  cut() {
    this.mark(false);
    this.stream?.abort();
  }

  // Something says that the network may be back, or that somebody looks: do not wait any longer.
  hurry() {
    this.reading.hurry();
    this.sending.hurry();
    if (this.heard && Date.now() - this.heard > SILENCE_MS) this.stream?.abort();
  }

  mark(up) {
    if (up !== this.up) this.tell("link", { up });
    this.up = up;
  }

  // --- reading ---

  path(last) {
    return `/api/conversations/${this.conversation}/${last}`;
  }

  headers() {
    const token = this.keeper.read()?.token;
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  async call(method, path, body) {
    const response = await fetch(path, {
      method,
      cache: "no-store",
      headers: body ? { ...this.headers(), "Content-Type": "application/json" } : this.headers(),
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout?.(30_000),
    });
    if (!response.ok) throw await readRefusal(response);
    return response.json();
  }

  async catchUp() {
    let page;
    do {
      page = await this.call("GET", `${this.path("messages")}?after=${this.cursor}`);
      for (const message of page.messages) this.take(message, true);
    } while (page.more);
    this.tell("state", page.state);
    this.tell("ready");
  }

  take(message, past = false) {
    if (message.seq <= this.cursor) return;
    this.cursor = message.seq;
    if (message.id && this.keeper.drop(message.id)) this.tell("unsent", this.unsent);
    this.tell("message", { ...message, past });
  }

  async follow() {
    this.stream = new AbortController();
    const { signal } = this.stream;
    const response = await fetch(`${this.path("stream")}?after=${this.cursor}`, {
      headers: { ...this.headers(), Accept: "text/event-stream" },
      cache: "no-store",
      signal,
    });
    if (!response.ok) throw await readRefusal(response);
    this.reading.reset();
    this.heard = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - this.heard > SILENCE_MS) this.stream.abort();
    }, 5_000);
    try {
      await this.readEvents(response.body.pipeThrough(new TextDecoderStream()).getReader());
    } finally {
      clearInterval(watch);
    }
  }

  async readEvents(reader) {
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.heard = Date.now();
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.takeEvent(block);
    }
  }

  takeEvent(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const colon = line.indexOf(": ");
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
    }
    if (fields.event === "message") this.take(JSON.parse(fields.data));
    if (fields.event === "state") this.tell("state", JSON.parse(fields.data));
    if (fields.event === "gone") throw new Refusal(410, JSON.parse(fields.data), 0);
  }

  // --- sending ---

  // Keep it first, then send it: what is written down survives a reload and a dead network.
  send(item) {
    this.keeper.keep({ at: Date.now(), ...item });
    this.tell("unsent", this.unsent);
    this.flush();
  }

  discard(id) {
    this.keeper.drop(id);
    this.tell("unsent", this.unsent);
  }

  retry(id) {
    const item = this.unsent.find((each) => each.id === id);
    if (!item) return;
    this.keeper.keep({ ...item, failed: "" });
    this.tell("unsent", this.unsent);
    this.flush();
  }

  // One at a time and in order. A repeat does no harm: the client's id makes it the same message.
  async flush() {
    if (this.flushing || !this.conversation) return;
    this.flushing = true;
    const sent = new Set();
    try {
      for (;;) {
        const item = this.unsent.find((each) => !each.failed && !sent.has(each.id));
        if (!item || this.stopped) return;
        if (await this.sendOne(item)) sent.add(item.id);
      }
    } finally {
      this.flushing = false;
    }
  }

  async sendOne(item) {
    const { id, kind, text, question, value } = item;
    const body = kind === "choice" ? { id, kind, question, value } : { id, kind, text };
    try {
      const answer = await this.call("POST", this.path("messages"), body);
      this.keeper.drop(id);
      this.sending.reset();
      this.tell("sent", { id, ...answer });
      if (answer.last > this.cursor && !this.up) this.hurry();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) this.mark(false);
      else if (error.lost) return this.stream?.abort(), this.lose(error), true;
      else if (!error.passing) return this.refuse(item, error), true;
      else if (error.message) this.tell("limit", error.message);
      await this.sending.rest(error.after);
      return false;
    }
  }

  refuse(item, error) {
    this.keeper.keep({ ...item, failed: error.message });
    this.tell("unsent", this.unsent);
    this.tell("refused", { item, text: error.message });
  }

  // Send a file with progress. Resolves when the server has stored it; a repeat is the same file.
  upload(file, id, progress, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const query = `id=${encodeURIComponent(id)}&name=${encodeURIComponent(file.name)}`;
      request.open("POST", `${this.path("files")}?${query}`);
      for (const [name, value] of Object.entries(this.headers())) {
        request.setRequestHeader(name, value);
      }
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onerror = () => reject(new Error("network"));
      request.onload = () => {
        if (request.status < 300) return resolve(request.response);
        const after = Number(request.getResponseHeader("retry-after")) * 1000;
        return reject(new Refusal(request.status, request.response, after));
      };
      signal.addEventListener("abort", () => (request.abort(), reject(new Error("cancelled"))));
      request.send(file);
    });
  }
}
