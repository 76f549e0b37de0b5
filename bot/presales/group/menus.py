"""What a tap or a command wants, and the choices that some of them offer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from bot.desk import CLOSE_REASONS, NOT_A_LEAD_REASONS, STAGES
from bot.presales.group.words import Words
from bot.telegram.border import Key
from bot.telegram.split import shorten
from dialogs.documents import Recipient, available, best_for
from dialogs.hours import DAY, HOUR, local
from dialogs.on_call import when_open
from dialogs.pack import Document, Pack
from dialogs.pricing import iso_day
from dialogs.types import State, Struct

LABEL_MAX = 40  # characters
PAPERS_MAX = 8
# Of each act the command and the names that a button may give it.
COMMANDS = (
    "take", "pass", "later", "notlead", "accept", "snooze", "back", "close", "stage", "profile",
    "link", "docs", "help",
)  # fmt: skip
_NAMES: Mapping[str, str] = {
    "step_in": "take", "claim": "take", "pass_on": "pass", "not_a_lead": "notlead",
    "hand_back": "back", "documents": "docs", "transcript": "link",
}  # fmt: skip
_COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?", re.DOTALL)
_PLAIN = re.compile(r"[a-z0-9_]{1,24}")


class Wish(Struct):
    """One act; "menu" takes a menu away. Without an argument, acts with choices offer them."""

    act: str
    argument: str = ""


class Option(Struct):
    value: str
    label: str


def renew(keys: tuple[tuple[Key, ...], ...], mark: str) -> tuple[tuple[Key, ...], ...]:
    """The same buttons with other data: a tap on them is no repeat of one that came before."""
    made = [
        tuple(
            Key(label=key.label, url=key.url, data=f"{key.data}~{mark[-8:]}" if key.data else "")
            for key in row
        )
        for row in keys
    ]
    return tuple(made)


def read_tap(data: str) -> Wish | None:
    """What a button of ours stands for, or None."""
    parts = data.partition("~")[0].split(":", 2)
    act = _NAMES.get(parts[1], parts[1]) if len(parts) > 1 else ""
    if parts[0] != "d" or act not in (*COMMANDS, "menu"):
        return None
    return Wish(act=act, argument=parts[2] if len(parts) > 2 else "")


def read_command(text: str, username: str) -> Wish | None:
    """The command that a text is; None for other texts, `act` "" for a command to another bot."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    name, bot, rest = found.groups()
    if bot and bot.casefold() != username.casefold():
        return Wish(act="")
    return Wish(act=_NAMES.get(name.lower(), name.lower()), argument=(rest or "").strip())


def make_keys(act: str, options: Sequence[Option], back: str) -> tuple[tuple[Key, ...], ...]:
    """A menu: short choices two in a row, and the way back."""
    keys = [Key(label=_short(o.label), data=f"d:{act}:{tag(o.value)}") for o in options]
    wide = 1 if any(len(key.label) > LABEL_MAX // 2 for key in keys) else 2
    rows = [tuple(keys[at : at + wide]) for at in range(0, len(keys), wide)]
    return (*rows, (Key(label=back, data="d:menu"),))


def tag(value: str) -> str:
    """What a button carries of a value: itself, or a digest of what is long or no plain word."""
    return value if _PLAIN.fullmatch(value) else sha256(value.encode()).hexdigest()[:12]


def find_option(options: Sequence[Option], argument: str) -> Option | None:
    """The choice that a button or a person means: by its value, its tag or its label."""
    wanted = argument.strip().casefold()
    for option in options:
        if wanted in (option.value.casefold(), tag(option.value), option.label.casefold()):
            return option
    return None


def _short(label: str) -> str:
    return shorten(label, LABEL_MAX)


class Menus:
    """The choices, in the desk's language."""

    def __init__(self, words: Words) -> None:
        self._desk = words
        self._kinds: Mapping[str, Callable[[State, int], tuple[Option, ...]]] = {
            "pass": lambda state, now: self._colleagues(),
            "later": lambda state, now: self._times(),
            "snooze": lambda state, now: self._sleeps(),
            "notlead": lambda state, now: self._words("desk.not_a_lead", NOT_A_LEAD_REASONS),
            "close": lambda state, now: self._words("desk.close", CLOSE_REASONS),
            "stage": lambda state, now: self._words("desk.stage", STAGES),
            "docs": self._papers,
        }

    def offers(self, act: str) -> bool:
        """Whether the act needs a choice."""
        return act in self._kinds

    def options(self, act: str, state: State, now: int) -> tuple[Option, ...]:
        """The choices of an act for a conversation in this state."""
        return self._kinds[act](state, now)

    def keys(self, act: str, state: State, now: int) -> tuple[tuple[Key, ...], ...]:
        """The same as a keyboard."""
        return make_keys(act, self.options(act, state, now), self._say("desk_act.key.menu"))

    def _say(self, key: str, **values: object) -> str:
        return self._desk.say_any(key, **values)

    def _words(self, prefix: str, values: Sequence[str]) -> tuple[Option, ...]:
        return tuple(Option(value=each, label=self._say(f"{prefix}.{each}")) for each in values)

    def _colleagues(self) -> tuple[Option, ...]:
        people = self._desk.texts.pack.company.people
        names = [*(each.name for each in people), *(each.team for each in people if each.team)]
        names += [field for each in people for field in each.expertise]
        anyone = Option(value="anyone", label=self._say("desk_act.key.anyone"))
        return (*(Option(value=each, label=each) for each in dict.fromkeys(names)), anyone)

    def _times(self) -> tuple[Option, ...]:
        return (
            Option(value="15", label=self._say("desk_act.key.minutes", n=15)),
            Option(value="60", label=self._say("desk_act.key.hour")),
            Option(value="tomorrow", label=self._say("desk_act.key.tomorrow")),
        )

    def _sleeps(self) -> tuple[Option, ...]:
        return (
            Option(value="60", label=self._say("desk_act.key.hour")),
            Option(value="tomorrow", label=self._say("desk_act.key.tomorrow")),
            Option(value="week", label=self._say("desk_act.key.week")),
        )

    def _papers(self, state: State, now: int) -> tuple[Option, ...]:
        return tuple(
            Option(value=each.id, label=each.title)
            for each in choose_papers(self._desk.texts.pack, state, iso_day(now))
        )


def minutes_until_tomorrow(pack: Pack, now: int) -> int:
    """Until the next local day begins, at most a day."""
    at = local(pack.company, now)
    return 24 * 60 - at.hour * 60 - at.minute


def wake_at(pack: Pack, choice: str, now: int) -> int:
    """When (ms) a talk wakes: after an hour, or when the desk opens tomorrow or in a week."""
    if choice == "60":
        return now + HOUR
    days = 6 * DAY if choice == "week" else 0
    return when_open(pack.company, now + days + minutes_until_tomorrow(pack, now) * 60_000)


def choose_papers(pack: Pack, state: State, today: str) -> tuple[Document, ...]:
    """Public papers in the prospect's language, those that fit best first, at most PAPERS_MAX."""
    edition = state.estimate.edition if state.estimate else ""
    recipient = Recipient(
        profile=state.profile, language=state.language, today=today, given=state.given,
        edition=edition,
    )  # fmt: skip
    kinds = best_for(pack, recipient)
    papers = available(pack, today)
    own = [each for each in papers if each.language == state.language] or papers

    def rank(paper: Document) -> tuple[bool, int]:
        place = kinds.index(paper.kind) if paper.kind in kinds else len(kinds)
        return bool(edition) and paper.edition not in ("", edition), place

    return tuple(sorted(own, key=rank))[:PAPERS_MAX]
