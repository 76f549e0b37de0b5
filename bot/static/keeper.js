// What this browser keeps: the conversation's key and the messages that did not get through yet.
// Each unsent message has an entry of its own, so that two tabs never overwrite each other's.
const KEY = "firstline.talk";
const UNSENT = "firstline.unsent.";
const DRAFT = "firstline.draft";

// A browser may forbid storage to a guest frame: then everything lasts as long as the page.
const findStorage = () => {
  try {
    const storage = window.localStorage;
    storage.setItem("firstline.probe", "1");
    storage.removeItem("firstline.probe");
    return storage;
  } catch {
    return null;
  }
};

class Memory {
  #entries = new Map();
  get length() {
    return this.#entries.size;
  }
  key(index) {
    return [...this.#entries.keys()][index] ?? null;
  }
  getItem(key) {
    return this.#entries.get(key) ?? null;
  }
  setItem(key, value) {
    this.#entries.set(key, value);
  }
  removeItem(key) {
    this.#entries.delete(key);
  }
}

export class Keeper {
  constructor() {
    const storage = findStorage();
    this.lasting = storage !== null;
    this.storage = storage ?? new Memory();
  }

  read() {
    try {
      return JSON.parse(this.storage.getItem(KEY));
    } catch {
      return null;
    }
  }

  write(value) {
    this.put(KEY, value);
  }

  keep(item) {
    this.put(UNSENT + item.id, item);
  }

  get draft() {
    return this.storage.getItem(DRAFT) ?? "";
  }

  set draft(text) {
    if (text) this.put(DRAFT, text);
    else this.storage.removeItem(DRAFT);
  }

  put(key, value) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    try {
      this.storage.setItem(key, text);
    } catch {
      this.leave(); // full or taken away: go on in memory
      this.storage.setItem(key, text);
    }
  }

  leave() {
    const memory = new Memory();
    for (const key of this.keys()) memory.setItem(key, this.storage.getItem(key));
    this.storage = memory;
    this.lasting = false;
  }

  keys() {
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index));
    return keys.filter((key) => key?.startsWith("firstline."));
  }

  // True when there was such an item.
  drop(id) {
    const there = this.storage.getItem(UNSENT + id) !== null;
    this.storage.removeItem(UNSENT + id);
    return there;
  }

  // Oldest first.
  unsent() {
    const texts = this.keys().filter((key) => key.startsWith(UNSENT));
    const items = texts.map((key) => JSON.parse(this.storage.getItem(key)));
    return items.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
  }

  // Written words that did not get through can be kept for the next conversation.
  forget(keepWords) {
    const kept = keepWords ? this.unsent().filter((item) => item.kind === "text") : [];
    for (const key of this.keys()) this.storage.removeItem(key);
    for (const item of kept) this.keep(item);
  }
}
