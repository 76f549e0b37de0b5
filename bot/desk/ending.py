"""Stages of a lead, its end, and taking up again what was closed."""

from __future__ import annotations

from bot import records
from bot.desk.acting import Act, Acted, require
from bot.desk.choices import CLOSE_REASONS, STAGES
from dialogs.control import STARS, wants_rating
from dialogs.hours import DAY, HALF_HOUR
from dialogs.types import Button, Reply
from storage import desk_people, outbox

NAMED = "manager"  # in the record: the act also named the account manager
NOT_RATED = ("duplicate",)  # closed for reasons that are none of the prospect's


def set_stage(at: Act, stage: str) -> Acted:
    """Move the lead to another stage."""
    require(stage in STAGES, "stage")
    if at.state.stage == stage:
        at.same = True
        return Acted(repeated=True)
    at.former = at.state.stage
    # Who brings a customer to the last stage looks after them from then on.
    manager = at.state.manager
    if stage == "account" and not manager:
        manager = at.state.staff or at.staff.display_name
        at.former += f" {NAMED}"
    at.update(stage=stage, manager=manager)
    at.save(at.row.staff_id)
    return Acted()


def name_manager(at: Act, name: str) -> Acted:
    """Whose customer it is from now on: of the pack or with an account; "" for nobody's."""
    words = records.clean(name)
    people = {person.name for person in at.room.texts.pack.company.people}
    people |= {each.shown for each in desk_people.everybody(at.tx) if not each.disabled}
    require(not words or words in people, "invalid")
    if at.state.manager == words:
        return Acted(repeated=True)
    at.update(manager=words)
    at.remark("calls.noted.manager", manager=words)
    at.save(at.row.staff_id)
    return Acted()


def close(at: Act, reason: str, external_id: str) -> Acted:
    """End the conversation; see `Desk.close`."""
    require(reason in CLOSE_REASONS, "reason")
    if at.state.owner == "human":
        at.require_mine(heads=True)
    if at.state.owner == "closed":
        at.same = at.state.close_reason == reason
        return Acted(repeated=True)
    outcome = at.state.outcome
    owner = at.row.staff_id if at.state.owner == "human" else 0
    at.former = f"{owner} {outcome}"
    ended = "closed" if outcome in ("open", "price_only") else outcome
    at.move("closed", outcome=ended, close_reason=reason, waiting_since=0, question=None)
    outbox.withdraw(at.tx, at.row.id, "bot")
    outbox.cancel_timers(at.tx, at.row.id)
    seq = at.tell("desk.closed", external_id)
    if wants_rating(at.state) and reason not in NOT_RATED:
        _ask_rating(at)
    at.save(at.row.staff_id or at.staff.id)
    return Acted(seq=seq)


def _ask_rating(at: Act) -> None:
    """One quiet message whose buttons say how it was."""
    at.update(rating_asked=True)
    buttons = tuple(
        Button(value=f"rate:{stars}", label=at.word(f"button.rate.{stars}"), kind="more")
        for stars in STARS
    )
    at.append("bot", Reply(key="rate.ask", text=at.word("rate.ask"), buttons=buttons))


def reopen(at: Act, external_id: str) -> Acted:
    """Take up what was closed: it is the caller's from now on."""
    outcome = "open" if at.state.outcome == "closed" else at.state.outcome
    seq = take_up(at, at.staff.display_name, outcome, external_id)
    at.save(at.staff.id)
    return Acted(seq=seq)


def take_up(at: Act, name: str, outcome: str, external_id: str = "") -> int:
    """From closed to a human of this name, with this outcome; gives the seq of the notice."""
    now, state = at.room.now, at.state
    at.move("reopened", staff=name, outcome=outcome, close_reason="")
    if outcome == "open":
        outbox.start_timer(at.tx, at.row.id, "silence", max(now, state.last_prospect) + DAY)
    if state.last_prospect > state.last_staff:
        outbox.start_timer(at.tx, at.row.id, "hand_back", now + HALF_HOUR)
    return at.tell("desk.reopened", external_id, name=name)
