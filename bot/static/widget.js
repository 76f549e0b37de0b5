// Firstline on any site: <script src="https://your-firstline/widget.js" async></script>
// Makes a launcher and, once it is opened, a frame with the chat page of the origin that this
// script came from. Both live in a shadow root: the page's styles do not reach them, and
// theirs do not reach the page. Nothing of the talk ever enters the page.
(() => {
  const NAME = "firstline-chat";
  if (document.querySelector(NAME)) return;
  const script = document.currentScript ?? document.querySelector('script[src$="/widget.js"]');
  const origin = new URL(script.src).origin;
  const words = /* words */ {};

  const wanted = script.dataset.language || document.documentElement.lang || navigator.language;
  const language = words[wanted.split("-")[0]] ? wanted.split("-")[0] : Object.keys(words)[0];
  const say = (key) => words[language]?.[`widget.${key}`] ?? "";

  const style = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    .launcher, .frame { position: fixed; z-index: 2147483000; }
    .launcher {
      inset-block-end: calc(20px + env(safe-area-inset-bottom));
      inset-inline-end: calc(20px + env(safe-area-inset-right));
      display: flex; align-items: center; gap: 10px;
      min-height: 56px; padding: 0 22px 0 18px;
      border: 0; border-radius: 28px;
      background: #14614b; color: #fff; cursor: pointer;
      font: 600 16px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC",
        "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
      box-shadow: 0 6px 20px rgb(0 0 0 / 25%);
    }
    .launcher:hover { background: #0f4c3b; }
    .launcher:focus-visible { outline: 3px solid #fff; outline-offset: -6px;
      box-shadow: 0 0 0 3px #14614b, 0 6px 20px rgb(0 0 0 / 25%); }
    .launcher svg { width: 26px; height: 26px; fill: none; stroke: currentcolor; stroke-width: 1.9;
      stroke-linecap: round; stroke-linejoin: round; }
    .count { min-width: 24px; padding: 3px 7px; border-radius: 12px; background: #f0b04a;
      color: #20241f; font-size: 13px; text-align: center; }
    .count:empty { display: none; }
    .frame { inset: 0; width: 100%; height: 100%; border: 0; background: Canvas;
      color-scheme: light dark; }
    .open .launcher { display: none; }
    .frame[hidden] { display: none; }
    @media (min-width: 520px) {
      .frame {
        inset: auto; inset-block-end: 20px; inset-inline-end: 20px;
        width: 408px; height: min(680px, calc(100vh - 40px)); border-radius: 18px;
        box-shadow: 0 0 0 1px rgb(128 128 128 / 30%), 0 12px 48px rgb(0 0 0 / 30%);
      }
    }
    @media (prefers-reduced-motion: no-preference) {
      .frame { animation: rise .18s ease-out; }
      @keyframes rise { from { opacity: 0; transform: translateY(10px); } }
    }
    @media print { .launcher, .frame { display: none; } }
  `;

  const host = document.createElement(NAME);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const box = document.createElement("div");
  const launcher = document.createElement("button");
  const label = document.createElement("span");
  const count = document.createElement("span");
  let frame = null;
  let lastFocus = null;

  const bubble = () => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M4 5h16v11H11l-5 4v-4H4z M8 9h8 M8 12.5h5");
    svg.append(path);
    return svg;
  };

  launcher.type = "button";
  launcher.className = "launcher";
  launcher.setAttribute("aria-expanded", "false");
  label.textContent = say("launcher.label");
  count.className = "count";
  launcher.append(bubble(), label, count);
  box.append(launcher);
  root.append(box);

  const tell = (word) => frame?.contentWindow?.postMessage({ firstline: word }, origin);

  const makeFrame = () => {
    frame = document.createElement("iframe");
    frame.className = "frame";
    frame.title = say("frame");
    const source = location.origin + location.pathname;
    const query = new URLSearchParams({ language, source });
    frame.src = `${origin}/chat?${query}`;
    frame.addEventListener("load", () => !frame.hidden && tell("shown"));
    box.append(frame);
  };

  const open = () => {
    if (!frame) makeFrame();
    lastFocus = document.activeElement;
    frame.hidden = false;
    box.className = "open";
    launcher.setAttribute("aria-expanded", "true");
    frame.focus();
    tell("shown");
  };

  const close = () => {
    if (!frame) return;
    frame.hidden = true;
    box.className = "";
    launcher.setAttribute("aria-expanded", "false");
    tell("hidden");
    if (lastFocus && lastFocus !== document.body && lastFocus !== host) lastFocus.focus();
    else launcher.focus();
  };

  launcher.addEventListener("click", open);
  window.addEventListener("message", ({ origin: from, source, data }) => {
    if (from !== origin || !frame || source !== frame.contentWindow) return;
    if (data?.firstline === "close") close();
    if (data?.firstline === "unread") {
      const unread = Math.min(99, Number(data.value) || 0);
      count.textContent = unread && frame.hidden ? String(unread) : "";
    }
  });
  // Whatever on the page is marked with data-firstline-open opens the chat.
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element && event.target.closest("[data-firstline-open]");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  const start = () => document.body.append(host);
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
