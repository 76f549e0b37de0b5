// The frame of every staff page: its menus close on a click outside and on Escape, and what needs a
// script is shown.
document.documentElement.classList.add("js");

const MENUS = "details.places-of[open], details.tongues[open], details.act[open]";

export function closeMenus(besides = null) {
  let closed = null;
  for (const menu of document.querySelectorAll(MENUS)) {
    if (besides && menu.contains(besides)) continue;
    menu.open = false;
    closed = menu;
  }
  return closed;
}

// On a phone the menus are lines that scroll: where one is stands in view from the start.
for (const line of document.querySelectorAll(".places, .views, .tabs")) {
  const here = line.querySelector(".here, [aria-current]");
  if (here) line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const inside = document.activeElement;
  const closed = closeMenus();
  if (!closed) return;
  // Whoever else listens for Escape has nothing more to close.
  event.preventDefault();
  if (closed.contains(inside)) closed.querySelector("summary").focus();
});
