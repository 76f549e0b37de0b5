"""Staff as routing and alerts see them: who is away, how much they have, how they are told."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, func, or_, select, update

from storage import models
from storage.db import Tx
from storage.desk_models import DeskCase
from storage.figure_models import Fact
from storage.models import table_of
from storage.rows import Row
from storage.statements import sql


class DeskPerson(Row, frozen=True):
    """An account at the desk. Times in ms, 0: not."""

    id: int
    name: str  # for signing in
    display_name: str
    role: str
    disabled: bool
    email: str = ""
    away_from: int = 0
    away_until: int = 0
    deputy: str = ""  # display name
    capacity: int = 0  # conversations at once; 0: as the pack says
    last_given: int = 0
    alerts: str = ""  # browser, telegram, email, joined by +

    @property
    def shown(self) -> str:
        """What others see as the name."""
        return self.display_name or self.name

    def is_away(self, now: int) -> bool:
        """Absent now, or not here any more. Without an end: until they say otherwise."""
        begun = 0 < self.away_from <= now
        return self.disabled or (begun and (not self.away_until or now < self.away_until))

    def is_told_by(self, way: str) -> bool:
        """Whether they want to be told in this way: browser, telegram or email."""
        return way in self.alerts.split("+")


class OwnSettings(Row, frozen=True):
    """What somebody may set about themselves."""

    email: str
    away_from: int
    away_until: int
    deputy: str
    capacity: int
    alerts: str


class Load(Row, frozen=True):
    """How many conversations are with whom: by account id, and by the name that was rung for."""

    taken: dict[int, int]
    rung: dict[str, int]

    def of(self, person: DeskPerson) -> int:
        return self.taken.get(person.id, 0) + self.rung.get(person.shown, 0)


_STAFF, _CASE = table_of(models.Staff), table_of(DeskCase)
_TALK, _FACT = table_of(models.Conversation), table_of(Fact)
_COLUMNS = tuple(_STAFF.c[name] for name in DeskPerson.__struct_fields__)
_ALL = sql(select(*_COLUMNS).order_by(_STAFF.c.id))
_ONE = sql(select(*_COLUMNS).where(_STAFF.c.id == bindparam("of")))
_AT_DESK = _TALK.c.owner.in_(("waiting", "human"))  # said so that the partial index is used
_TAKEN = sql(
    select(_TALK.c.staff_id, func.count())
    .where(_AT_DESK, _TALK.c.owner == "human")
    .group_by(_TALK.c.staff_id)
)
_RUNG = sql(
    select(_CASE.c.person, func.count())
    .select_from(_TALK.join(_CASE, _CASE.c.conversation == _TALK.c.id))
    .where(_AT_DESK, _TALK.c.owner == "waiting", _CASE.c.person != "")
    .group_by(_CASE.c.person)
)
_GIVEN = sql(
    update(_STAFF)
    .where(
        or_(
            _STAFF.c.display_name == bindparam("who"),
            (_STAFF.c.display_name == "") & (_STAFF.c.name == bindparam("who")),
        )
    )
    .values(last_given=bindparam("now"))
)
_SET_OWN = sql(
    update(_STAFF)
    .where(_STAFF.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in OwnSettings.__struct_fields__})
)
_MANAGER_OF = sql(
    select(_CASE.c.manager)
    .select_from(_FACT.join(_CASE, _CASE.c.conversation == _FACT.c.conversation))
    .where(
        _FACT.c.slot == bindparam("of_slot"),
        _FACT.c.value == bindparam("said"),
        _FACT.c.conversation != bindparam("besides"),
        _CASE.c.manager != "",
    )
    .order_by(_FACT.c.at.desc())
    .limit(1)
)


def everybody(tx: Tx) -> list[DeskPerson]:
    """Every account, also those that are disabled."""
    return tx.structs(DeskPerson, _ALL)


def get(tx: Tx, staff_id: int) -> DeskPerson | None:
    """An account, or None."""
    return tx.struct(DeskPerson, _ONE, {"of": staff_id})


def read_load(tx: Tx) -> Load:
    """What everybody has at this moment."""
    return Load(
        taken={row[0]: row[1] for row in tx.all(_TAKEN)},
        rung={row[0]: row[1] for row in tx.all(_RUNG)},
    )


def note_given(tx: Tx, name: str, now: int) -> None:
    """A conversation was given to whoever is shown under this name; nothing for nobody."""
    tx.run(_GIVEN, {"who": name, "now": now})


def set_own(tx: Tx, staff_id: int, own: OwnSettings) -> None:
    """Change what somebody set about themselves."""
    new = {f"new_{name}": value for name, value in msgspec.structs.asdict(own).items()}
    tx.run(_SET_OWN, {"of": staff_id, **new})


def find_manager(tx: Tx, besides: str, slot: str, said: str) -> str:
    """The account manager of the newest other conversation with this e-mail or phone, folded as
    facts are; "" for none."""
    row = tx.one(_MANAGER_OF, {"besides": besides, "of_slot": slot, "said": said})
    return row[0] if row else ""
