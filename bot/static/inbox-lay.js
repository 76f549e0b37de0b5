// New HTML, which the server has escaped, is laid over the old, so that focus and typing stay.

function keyOf(node) {
  return node.nodeType === 1 ? node.dataset.key || node.id || "" : "";
}

function sameKind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
}

function layAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    // What somebody chose here before no longer holds once the server says otherwise.
    if (name === "value" && old.nodeName === "INPUT") old.value = value;
    if (name === "selected" && old.nodeName === "OPTION") old.selected = true;
  }
  for (const { name } of [...old.attributes]) {
    // Whether a part is unfolded is the reader's choice.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
}

function lay(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-keep") || old.isEqualNode(fresh)) return;
  // A form that somebody is filling in stays as it is until they are done.
  if (old.nodeName === "FORM" && old.contains(document.activeElement) && document.activeElement.matches("input, select, textarea") && !old.hasAttribute("data-composer")) return;
  const folded = old.nodeName === "DETAILS" && !old.open;
  layAttributes(old, fresh);
  if (folded) old.open = false;
  layChildren(old, fresh);
}

function layChildren(old, fresh) {
  const keyed = new Map([...old.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const match = keyOf(node) ? keyed.get(keyOf(node)) : place;
    if (match && sameKind(match, node)) {
      if (match !== place) old.insertBefore(match, place);
      lay(match, node);
      place = match.nextSibling;
    } else {
      old.insertBefore(node, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

export function parse(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}

export function layOver(html) {
  const held = document.activeElement;
  for (const fresh of [...parse(html).children]) {
    const old = document.getElementById(fresh.id);
    if (old) lay(old, fresh);
  }
  // Whatever is moved loses the focus it had.
  if (held !== document.activeElement && held.isConnected) held.focus({ preventScroll: true });
}

// Entries of the timeline that are not there yet, each where its time puts it.
export function insert(log, html) {
  let news = 0;
  for (const entry of [...parse(html).children]) {
    const there = document.getElementById(entry.id);
    if (there) {
      lay(there, entry);
      continue;
    }
    const at = Number(entry.dataset.at);
    let after = log.lastElementChild;
    while (after && Number(after.dataset.at) > at) after = after.previousElementSibling;
    // What is older than all that is shown belongs to the part that was left out.
    if (!after && log.firstElementChild) continue;
    if (after) after.after(entry);
    else log.append(entry);
    news += 1;
  }
  return news;
}
