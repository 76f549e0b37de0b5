// Small tools of the chat page: elements, words, times. Text is only ever set as text.

// Make an element: attributes (a function becomes a listener), then children; strings stay text.
export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

// A drawing from the page's sheet of symbols.
export const draw = (symbol) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  use.setAttribute("href", `#icon-${symbol}`);
  svg.append(use);
  return svg;
};

// The interface's words in the language of the talk. `{name}` in a word is filled in.
export class Words {
  constructor(words, language) {
    this.words = words;
    this.language = language;
  }

  // The reader's own way of writing times in this language: en-GB rather than just en.
  get locale() {
    const near = (tag) => tag.toLowerCase().split("-")[0] === this.language;
    return navigator.languages.find(near) ?? this.language;
  }

  say(key, values = {}) {
    const word = this.words[this.language]?.[key] ?? Object.values(this.words)[0][key] ?? "";
    return word.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  // Put the words on everything that names one: data-word, data-word-aria-label and so on.
  label(root) {
    for (const element of root.querySelectorAll("[data-word]")) {
      element.textContent = this.say(element.dataset.word);
    }
    for (const name of ["aria-label", "placeholder", "title"]) {
      for (const element of root.querySelectorAll(`[data-word-${name}]`)) {
        element.setAttribute(name, this.say(element.getAttribute(`data-word-${name}`)));
      }
    }
  }

  time(at) {
    const clock = { hour: "2-digit", minute: "2-digit" };
    return new Intl.DateTimeFormat(this.locale, clock).format(at);
  }

  day(at) {
    const day = (moment) => new Date(moment).toDateString();
    if (day(at) === day(Date.now())) return this.say("widget.today");
    if (day(at) === day(Date.now() - 86_400_000)) return this.say("widget.yesterday");
    return new Intl.DateTimeFormat(this.locale, { dateStyle: "full" }).format(at);
  }

  size(bytes) {
    const [unit, amount] = bytes < 1e6 ? ["kilobyte", bytes / 1e3] : ["megabyte", bytes / 1e6];
    const form = { style: "unit", unit, maximumFractionDigits: amount < 10 ? 1 : 0 };
    return new Intl.NumberFormat(this.locale, form).format(amount);
  }

  percent(part) {
    return new Intl.NumberFormat(this.locale, { style: "percent" }).format(part);
  }
}
