"""What staff did, as the record names it, in words that a person reads."""

from __future__ import annotations

from collections.abc import Mapping

from bot.web.deps import Deps
from bot.web.staffpages import make_name

# Acts whose last part says what was chosen, and under which texts that stands.
CHOSEN: Mapping[str, str] = {
    "desk.close": "desk.close",
    "desk.decline": "desk.decline",
    "desk.not_a_lead": "desk.not_a_lead",
    "desk.profile": "slot",
    "desk.stage": "desk.stage",
}


def name_act(deps: Deps, language: str, action: str) -> str:
    """The act in words, with what was chosen: "Closed a talk: Won"."""
    name = make_name(deps, language)
    kind, _, chosen = action.rpartition(".")
    if kind not in CHOSEN:
        return name("audit.did", action)
    return f"{name('audit.did', kind)}: {name(CHOSEN[kind], chosen)}"
