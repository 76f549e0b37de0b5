// The inbox: puts its modules to work.
import { startActs } from "./inbox-acts.js";
import { startBell } from "./inbox-bell.js";
import { showComposer, startComposer } from "./inbox-composer.js";
import { startKeys } from "./inbox-keys.js";
import { startLive } from "./inbox-live.js";
import { find, talk } from "./inbox-page.js";
import { turnTo } from "./place.js";
import { startSuggest } from "./inbox-suggest.js";

// Messages, events or both: the page has them all, the choice only hides some.
function startSieve() {
  find("sieve").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    find("log").dataset.show = link.dataset.show;
    for (const each of link.parentElement.children) {
      if (each === link) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  });
}

// A link to an entry that is hidden, or that was left out above, shows it first.
function startLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.seq");
    if (!link) return;
    const entry = find(link.hash.slice(1));
    if (!entry) {
      event.preventDefault();
      turnTo(link.hash);
    } else if (!entry.offsetParent) find("sieve").querySelector('[data-show="all"]').click();
  });
}

startBell();
if (talk) {
  startActs();
  startComposer();
  startSuggest();
  startSieve();
  startLinks();
}
startKeys();
startLive(showComposer);
