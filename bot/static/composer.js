// Where the prospect writes: the text field, the files, the drafts.
import { make } from "./page.js";
import { Refusal, makeId } from "./talk.js";

const find = (id) => document.getElementById(id);
const TRIES = 5; // of one upload while the network fails
const PATIENCE_MS = 4_000;

export class Composer {
  constructor(talk, words, limits) {
    this.talk = talk;
    this.words = words;
    this.limits = limits;
    this.field = find("text");
    this.form = find("composer");
    this.picker = find("picker");
    this.uploads = find("uploads");
    this.field.value = talk.keeper.draft;
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    find("attach").addEventListener("click", () => this.picker.click());
    find("as-file").addEventListener("click", () => this.sendAsFile());
    this.picker.addEventListener("change", () => this.picked());
    this.catchDrops(document.body);
    this.changed();
  }

  // Enter sends; with Shift, or while an input method is composing, it is a line or a word.
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  changed() {
    const { field } = this;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
    this.talk.keeper.draft = field.value;
    const count = [...field.value].length;
    const over = count > this.limits.characters;
    const near = count > this.limits.characters * 0.9;
    const say = { count, limit: this.limits.characters };
    find("count").textContent = near ? this.words.say("widget.count", say) : "";
    find("as-file").hidden = !over;
    find("send").disabled = over || !field.value.trim();
    field.setAttribute("aria-invalid", String(over));
  }

  submit() {
    const text = this.field.value.trim();
    if (!text || find("send").disabled) return;
    this.clear();
    // Whoever writes on has read why a file did not go.
    for (const line of this.uploads.querySelectorAll(".failed")) line.remove();
    this.say(text);
  }

  say(text) {
    this.talk.send({ id: makeId(), kind: "text", text });
  }

  clear() {
    this.field.value = "";
    this.changed();
  }

  put(text) {
    this.field.value = text;
    this.changed();
    this.focus();
  }

  focus() {
    this.field.focus();
  }

  // --- files ---

  // Words too long for a message are a paper: they go as one.
  sendAsFile() {
    const name = `${this.words.say("widget.pasted")}.txt`;
    this.upload(new File([this.field.value], name, { type: "text/plain" }));
    this.clear();
  }

  picked() {
    for (const file of this.picker.files) this.upload(file);
    this.picker.value = "";
  }

  take(event, transfer) {
    if (!transfer?.files.length) return;
    event.preventDefault();
    for (const file of transfer.files) this.upload(file);
  }

  catchDrops(target) {
    const files = (event) => event.dataTransfer?.types.includes("Files");
    target.addEventListener("dragover", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      target.classList.add("dropping");
    });
    target.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) target.classList.remove("dropping");
    });
    target.addEventListener("drop", (event) => {
      target.classList.remove("dropping");
      this.take(event, event.dataTransfer);
    });
  }

  async upload(file) {
    const line = this.uploadLine(file);
    if (file.size > this.limits.bytes) {
      const limit = this.words.size(this.limits.bytes);
      return line.fail(this.words.say("widget.upload.too_large", { name: file.name, limit }));
    }
    const id = `f.${makeId()}`;
    for (let tried = 1; ; tried += 1) {
      try {
        const answer = await this.talk.upload(file, id, line.progress, line.signal);
        line.remove();
        return this.talk.tell("sent", { id, ...answer });
      } catch (error) {
        if (line.signal.aborted) return undefined;
        const passing = !(error instanceof Refusal) || error.passing;
        if (!passing || tried === TRIES) {
          return line.fail(error.after === undefined ? this.words.say("widget.upload.failed", { name: file.name }) : error.message);
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(error.after ?? 0, PATIENCE_MS)));
      }
    }
  }

  // A line with the file's name, a bar, and a way to stop or to take the complaint away.
  uploadLine(file) {
    const stopper = new AbortController();
    const said = this.words.say("widget.upload.sending", { name: file.name });
    const bar = make("progress", { max: 1, value: 0, "aria-label": said });
    const text = make("span", { dir: "auto" }, said);
    const line = make("li", {}, text, bar);
    const remove = () => line.remove();
    const stop = () => (stopper.abort(), remove());
    const label = this.words.say("widget.upload.stop", { name: file.name });
    line.append(make("button", { type: "button", "aria-label": label, click: stop }, "×"));
    this.uploads.append(line);
    return {
      signal: stopper.signal,
      remove,
      progress: (part) => {
        bar.value = part;
        text.textContent = `${said} ${this.words.percent(part)}`;
      },
      fail: (why) => {
        bar.remove();
        line.classList.add("failed");
        text.setAttribute("role", "alert");
        text.textContent = why;
      },
    };
  }
}
