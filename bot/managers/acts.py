"""What staff did, as the record names it, in words that a person reads."""

from __future__ import annotations

from collections.abc import Mapping

from bot.rights import may
from bot.web.deps import Deps
from bot.web.staffpages import make_name
from storage.audit import Entry

# Acts whose last part says what was chosen, and under which texts that stands.
CHOSEN: Mapping[str, str] = {
    "desk.close": "desk.close",
    "desk.decline": "desk.decline",
    "desk.not_a_lead": "desk.not_a_lead",
    "desk.profile": "slot",
    "desk.stage": "desk.stage",
}
# Acts whose detail a person reads, and under which texts its parts stand; what other acts keep
# there (how to undo them) is for the product alone.
DETAILS: Mapping[str, str] = {
    "staff.add": "desk.role",
    "staff.role": "desk.role",
    "staff.personal": "people.personal",
    "webhook.add": "connections.event",
    "flag.add": "flag",
    "flag.remove": "flag",
    "review": "verdict",
}
ABOUT_STAFF = ("staff.", "session.", "signin.")
TALK_LENGTH = 22  # characters of a conversation's id
# Where the subject of an act stands, and the right that its page asks for; the last fits any talk.
PLACES: tuple[tuple[str, str, str], ...] = (
    ("staff.", "people", "/people/{}"),
    ("session.", "people", "/people/{}"),
    ("webhook.remove", "connections", ""),
    ("webhook.", "connections", "/connections/webhooks/{}"),
    ("token.", "connections", "/connections"),
    ("content.", "content", "/content"),
    ("privacy.", "privacy", "/privacy/{}"),
)


def name_act(deps: Deps, language: str, action: str) -> str:
    """The act in words, with what was chosen: "Closed a talk: Won"."""
    name = make_name(deps, language)
    kind, _, chosen = action.rpartition(".")
    if kind not in CHOSEN:
        return name("audit.did", action)
    return f"{name('audit.did', kind)}: {name(CHOSEN[kind], chosen)}"


def name_detail(deps: Deps, language: str, entry: Entry) -> str:
    """What the act chose, in words: "Manager, After-sales"; "" where there is nothing to read."""
    if entry.action == "export":  # the form, and of what
        return entry.detail
    key = DETAILS.get(entry.action)
    if key is None or not entry.detail:
        return ""
    name = make_name(deps, language)
    # A review names its week before the verdict.
    return ", ".join(name(key, part) for part in entry.detail.replace(" ", "+").split("+"))


def find_place(entry: Entry, role: str) -> str:
    """The address of what the act is about, where this role may go there; "" for none."""
    for beginning, right, address in PLACES:
        if entry.action.startswith(beginning):
            return address.format(entry.subject) if may(role, right) else ""
    talk = len(entry.subject) == TALK_LENGTH
    return f"/transcripts/{entry.subject}" if talk else ""
