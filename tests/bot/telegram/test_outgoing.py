"""What the prospect sees in Telegram: texts, keys, questions that are edited in place."""

from __future__ import annotations

import pytest

from bot.prospects.messenger.question import Pressed
from bot.prospects.messenger.view import find_plain_key
from dialogs.types import Attachment, Button, ButtonKind, Reply
from tests.bot.telegram.outgoing import BOT, Station, ann, api, station
from tests.bot_api.people import Person
from tests.bot_api.texts import count_units
from tests.bot_api.world import Json, Message

__all__ = ["ann", "api", "station"]

YES, NO = Button(value="yes", label="Yes"), Button(value="no", label="No")
LAST = (
    Button(value="person", label="Person", kind="person"),
    Button(value="skip", label="Skip", kind="skip"),
    Button(value="back", label="Back", kind="back"),
)


def ask(number: int, *buttons: Button, text: str = "Which?", asks: str = "city") -> Reply:
    return Reply(key=f"ask.{asks}", text=text, buttons=buttons, question=number, asks=asks)


def marked(message: Message, kind: str) -> list[str]:
    """The stretches with this mark."""
    raw = message.text.encode("utf-16-le")
    return [
        raw[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")
        for e in message.entities
        if e["type"] == kind
    ]


def entities(message: Message, kind: str) -> list[Json]:
    return [e for e in message.entities if e["type"] == kind]


# --- texts ---------------------------------------------------------------------------------------


async def test_the_greeting_comes_with_its_six_choices(station: Station, ann: Person) -> None:
    talk = await station.enter(ann)
    last = station.shown(ann)[-1]
    greeting = station.hall.replies(talk)[-1]
    assert last.text == greeting.text
    assert sorted(last.labels) == sorted(b.label for b in greeting.buttons)
    seq = station.hall.messages(talk)[-1].seq
    assert {b["callback_data"] for row in last.rows for b in row} == {
        f"b:{seq}:{index}" for index in range(len(greeting.buttons))
    }


async def test_text_full_of_markup_arrives_as_it_was_written(station: Station, ann: Person) -> None:
    talk = await station.enter(ann)
    text = "<b>5 < 6</b> & *stars* _under_ [a](b) `code` ||spoiler|| 🦊 \\_ {{ x }} %s"
    await station.tell(talk, Reply(key="said", text=text))
    last = station.shown(ann)[-1]
    assert last.text == text
    # Telegram itself finds commands and addresses in any text.
    assert {e["type"] for e in last.entities} <= {"bot_command"}


async def test_a_long_text_comes_in_pieces_with_the_keys_on_the_last(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann)
    before = len(station.shown(ann))
    text = " ".join(f"Sentence {n} of a fox 🦊 and a flag 🇩🇪." for n in range(250))
    assert count_units(text) > 8_192
    await station.tell(talk, ask(9, YES, NO, text=text))
    pieces = station.shown(ann)[before:]
    assert len(pieces) == 3
    assert all(count_units(each.text) <= 4_096 for each in pieces)
    assert " ".join(each.text for each in pieces) == text
    assert [each.labels for each in pieces] == [[], [], ["Yes", "No"]]


async def test_a_colleague_is_named_and_a_notice_is_in_italics(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann)
    await station.tell(talk, Reply(key="staff", text="Hello 🦊 <i>there</i>"), "staff")
    said = station.shown(ann)[-1]
    assert said.text == "Anna Keller\nHello 🦊 <i>there</i>"
    assert marked(said, "bold") == ["Anna Keller"]
    await station.tell(talk, Reply(key="desk.joined", text="Anna 🦊 is here."), "event")
    assert marked(station.shown(ann)[-1], "italic") == ["Anna 🦊 is here."]


async def test_a_source_is_named_and_linked(station: Station, ann: Person) -> None:
    talk = await station.enter(ann)
    pack = station.channel._letters._mind.pack
    paper = next(d for d in pack.documents if d.public)
    source = Attachment(kind="source", id=paper.id, title=paper.title, place="Backups 🦊")
    hidden = Attachment(kind="source", id="no-such", title="Secret paper")
    await station.tell(
        talk, Reply(key="answer.quote", text="Every night.", attachments=(source, hidden))
    )
    said = station.shown(ann)[-1]
    assert said.text == f"Every night.\n\nSource: {paper.title} · Backups 🦊"
    link = entities(said, "text_link")[0]
    assert marked(said, "text_link") == [f"{paper.title} · Backups 🦊"]
    assert link["url"].startswith("https://firm.example/d/")
    assert link["url"].endswith("#backups")


# --- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (("Yes", "No", "Maybe"), [["Yes", "No"], ["Maybe"]]),
        (("Yes", "A label of some length"), [["Yes"], ["A label of some length"]]),
        (("我们公司有二十人", "一人"), [["我们公司有二十人", "一人"]]),
        (("我们公司有二十多个人", "一人"), [["我们公司有二十多个人"], ["一人"]]),
    ],
)
async def test_options_have_rows_of_their_length(
    station: Station, ann: Person, labels: tuple[str, ...], rows: list[list[str]]
) -> None:
    talk = await station.enter(ann, greeted=False)
    options = tuple(Button(value=label, label=label) for label in labels)
    await station.tell(talk, ask(1, *options, *LAST))
    shown = [[b["text"] for b in row] for row in station.shown(ann)[-1].rows]
    assert shown == [*rows, ["Back", "Skip", "Person"]]


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (("Back", "Skip", "A person, please"), [["Back", "Skip"], ["A person, please"]]),
        (("Skip", "A person, please"), [["Skip", "A person, please"]]),
        (("上一步", "跳过", "转人工"), [["上一步", "跳过", "转人工"]]),
        (("上一步", "跳过", "请转人工客服"), [["上一步", "跳过"], ["请转人工客服"]]),
    ],
)
async def test_a_last_row_that_a_phone_would_cut_is_two(
    station: Station, ann: Person, labels: tuple[str, ...], rows: list[list[str]]
) -> None:
    talk = await station.enter(ann, greeted=False)
    kinds: tuple[ButtonKind, ...] = ("back", "skip", "person")[-len(labels) :]
    last = (Button(value=k, label=at, kind=k) for k, at in zip(kinds, labels, strict=True))
    await station.tell(talk, ask(1, YES, *last))
    shown = [[b["text"] for b in row] for row in station.shown(ann)[-1].rows]
    assert shown == [["Yes"], *rows]


async def test_wide_edit_keys_have_rows_of_their_own(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    labels = (
        "Change: city",
        "Change: budget",
        "Change: what it is for",
        "修改：公司规模与预算",
        "修改",
    )
    edits = (Button(value=f"edit:{at}", label=at, kind="edit") for at in labels)
    await station.tell(talk, ask(1, *edits))
    shown = [[b["text"] for b in row] for row in station.shown(ann)[-1].rows]
    assert shown == [list(labels[:2]), *([each] for each in labels[2:])]


async def test_edit_keys_stand_two_in_a_row(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    edits = tuple(Button(value=f"edit:{n}", label=f"Edit {n}", kind="edit") for n in range(3))
    await station.tell(talk, ask(1, YES, *edits, LAST[0]))
    shown = [[b["text"] for b in row] for row in station.shown(ann)[-1].rows]
    assert shown == [["Yes"], ["Edit 0", "Edit 1"], ["Edit 2"], ["Person"]]


# --- one question, edited ------------------------------------------------------------------------


async def press(station: Station, person: Person, message: Message, label: str) -> None:
    data = message.find_button(label)["callback_data"]
    seq = int(data.split(":")[1])
    station.channel.questions.show_choice(
        Pressed(chat=person.id, message=message.id, seq=seq, label=label)
    )


async def test_what_was_pressed_stands_in_the_question(station: Station, ann: Person) -> None:
    await station.enter(ann)
    question = station.shown(ann)[-1]
    words, label = question.text, question.labels[0]
    for _ in range(2):
        await press(station, ann, question, label) if question.labels else None
        await station.api.until(lambda: not question.labels)
    assert question.text == f"{words}\n\n✓ {label}"
    assert marked(question, "bold")[-1] == f"✓ {label}"
    assert station.channel.questions.view(ann.id).message == 0


async def test_a_stale_button_loses_its_keys_and_claims_nothing(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann)
    old = station.shown(ann)[-1]
    words, label, data = old.text, old.labels[0], old.find_button(old.labels[0])["callback_data"]
    await station.hall.press(talk, "prices")
    await station.work()
    await station.api.until(lambda: not old.labels)
    station.channel.questions.show_choice(
        Pressed(chat=ann.id, message=old.id, seq=int(data.split(":")[1]), label=label)
    )
    await station.api.until(lambda: len(station.api.made("editMessageReplyMarkup")) == 2)
    assert old.text == words


async def test_the_keys_of_a_question_answered_in_words_go(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.tell(talk, ask(1, YES, NO))
    first = station.shown(ann)[-1]
    await station.type(talk, ann, "well")
    await station.tell(talk, ask(2, YES, NO, text="And now?"))
    second = station.shown(ann)[-1]
    await station.api.until(lambda: not first.labels)
    assert first.text == "Which?"
    assert second.text == "And now?"
    assert second.labels == ["Yes", "No"]


async def test_a_question_shown_again_is_edited_where_it_stands(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.tell(talk, ask(1, YES, NO))
    seq = await station.tell(talk, ask(1, YES, NO, text="Once more 🦊: which?"))
    (only,) = station.shown(ann)
    assert only.text == "Once more 🦊: which?"
    assert only.find_button("Yes")["callback_data"] == f"b:{seq}:0"
    assert [d.state for d in station.sends(talk)] == ["sent", "sent"]


async def test_it_is_sent_anew_below_anything_else(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.tell(talk, ask(1, YES, NO))
    await station.tell(talk, Reply(key="stale", text="An old button."))
    await station.tell(talk, ask(1, YES, NO, text="Which, then?"))
    assert [m.text for m in station.shown(ann)] == ["Which?", "An old button.", "Which, then?"]
    await station.api.until(lambda: not station.shown(ann)[0].labels)
    message = ann.write(BOT, "hm")
    await station.hall.say(talk, "hm", external_id=f"tg:{message.id}")
    await station.tell(talk, ask(1, YES, NO, text="Please?"))
    assert station.shown(ann)[-1].text == "Please?"


async def test_a_message_is_not_lost_when_the_old_one_is_gone(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.tell(talk, ask(1, YES, NO))
    ann.delete(station.shown(ann)[-1])
    await station.tell(talk, ask(1, YES, NO, text="Again"))
    assert [m.text for m in station.shown(ann)] == ["Again"]


async def test_a_tap_and_the_same_question_again_at_once(station: Station, ann: Person) -> None:
    """Whoever comes first, the question that is open has its keys in the end."""
    talk = await station.enter(ann, greeted=False)
    await station.tell(talk, ask(1, YES, NO))
    question = station.shown(ann)[-1]
    await station.put(talk, ask(1, YES, NO, text="Again"))
    await press(station, ann, question, "Yes")
    await station.work()
    last = station.shown(ann)[-1]
    assert (last.text, last.labels) == ("Again", ["Yes", "No"])
    assert station.channel.questions.view(ann.id).message == last.id


# --- contact -------------------------------------------------------------------------------------


async def test_a_contact_question_has_a_button_that_shares_the_number(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.tell(talk, ask(3, LAST[1], LAST[0], text="How to reach you?", asks="email"))
    chat = station.chat(ann)
    assert chat.keyboard is not None
    assert chat.keyboard["keyboard"][0] == [
        {"text": "Share my phone number", "request_contact": True}
    ]
    assert [b["text"] for b in chat.keyboard["keyboard"][1]] == ["Skip", "Person"]
    view = station.channel.questions.view(ann.id)
    assert (view.question, view.message) == (3, 0)
    assert find_plain_key(view, " skip ") == LAST[1]
    assert find_plain_key(view, "skip it") is None
    await station.tell(talk, Reply(key="noted", text="Thank you."))
    assert chat.keyboard is None
    assert station.channel.questions.view(ann.id).plain == ()
