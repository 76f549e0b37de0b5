"""The runner of talks: every wrong expectation is told in a clear line, every bad file too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from bot.house import Mind
from bot.settings import Settings
from bot.talks.checks import Seen, compare, foreign_amounts, holds, same_value
from bot.talks.command import main, play_all, show_played
from bot.talks.files import Step, TalkError, TalkFile, Wanted, find_talks, read_talk
from bot.talks.player import Played, play
from dialogs.types import Amount, Reply, State


async def play_turns(mind: Mind, turns: Sequence[object], **more: object) -> Played:
    """Play a talk that is given as it would stand in YAML."""
    content = {"talk": "t", "language": "en", "turns": turns, **more}
    return await play(msgspec.convert(content, TalkFile), Path("."), mind, Settings())


async def differences(mind: Mind, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """What differs when this is wanted of a visitor who presses Prices."""
    played = await play_turns(mind, [{"choose": "prices", "then": wanted}])
    return played.differences


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"profile": {"city": "Graz"}}, "turn 1: profile.city: wanted 'Graz', is None"),
        ({"status": {"need": "stated"}}, "turn 1: status.need: wanted 'stated', is None"),
        ({"asks": "city"}, "turn 1: asks: wanted 'city', is 'need'"),
        ({"asks": None}, "turn 1: asks: wanted None, is 'need'"),
        ({"intents": ["ask_price"]}, "turn 1: intents: without ask_price; there: []"),
        ({"changed": ["city"]}, "turn 1: changed: without city; there: []"),
        ({"documents": ["manual"]}, "turn 1: documents: without manual; there: []"),
        ({"outcome": "price_only"}, "turn 1: outcome: wanted 'price_only', is 'open'"),
        ({"reason": "qualified"}, "turn 1: reason: wanted 'qualified', is None"),
        ({"reasons": ["qualified"]}, "turn 1: reasons: wanted qualified, is none"),
        ({"stage": "contract"}, "turn 1: stage: wanted 'contract', is 'consultation'"),
        ({"owner": "human"}, "turn 1: owner: wanted 'human', is 'bot'"),
        ({"staff": "Anna"}, "turn 1: staff: wanted 'Anna', is None"),
        ({"rings": 2}, "turn 1: rings: wanted 2, is 0"),
        ({"close_reason": "lost"}, "turn 1: close_reason: wanted 'lost', is None"),
        ({"erased": True}, "turn 1: erased: wanted True, is False"),
        ({"edition": "cluster"}, "turn 1: edition: wanted 'cluster', is None"),
        ({"language": "zh"}, "turn 1: language: wanted 'zh', is 'en'"),
        ({"says": ["pineapple"]}, "turn 1: says: 'pineapple' was not said"),
        ({"never_says": ["Cluster"]}, "turn 1: never_says: 'Cluster' was said:"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_wrong_expectation_is_told(
    mind: Mind, wanted: Mapping[str, object], told: str
) -> None:
    found = await differences(mind, wanted)

    assert len(found) == 1
    assert found[0].startswith(told)


async def test_right_expectations_pass(mind: Mind) -> None:
    wanted = {
        "asks": "need",
        "outcome": "open",
        "reason": None,
        "staff": None,
        "edition": None,
        "says": ["€1,900", "professional"],
        "never_says": ["Professionals"],
        "amounts_from_price_book": True,
        "asked_once": True,
        "profile": {"need": None},
    }

    assert await differences(mind, wanted) == ()


async def test_end_looks_at_the_whole_talk(mind: Mind) -> None:
    turns = [{"choose": "prices"}, {"wait": "1s", "then": {"never_says": ["€1,900"]}}]

    played = await play_turns(mind, turns, end={"never_says": ["€1,900"], "says": ["Documents"]})

    assert [d.split(" was said")[0] for d in played.differences] == ["end: never_says: '€1,900'"]


async def test_wait_lets_timers_go_off_at_their_time(mind: Mind) -> None:
    turns = [
        {"choose": "person", "then": {"rings": 1}},
        {"wait": "50s", "then": {"rings": 1}},
        {"wait": "5s", "then": {"rings": 2, "never_says": ["sorry"]}},
        {"wait": "1m", "then": {"rings": 3, "never_says": ["sorry"]}},
        {"wait": "1d", "then": {"rings": 4, "says": ["sorry"]}},
    ]

    assert (await play_turns(mind, turns)).differences == ()


async def test_button_that_is_not_there_is_a_difference(mind: Mind) -> None:
    played = await play_turns(mind, [{"choose": "sunshine"}, {"again": "sunshine"}])

    assert played.differences == (
        "turn 1: choose: no button 'sunshine' was shown",
        "turn 2: again: no button 'sunshine' was shown",
    )


async def test_option_that_is_not_shown_is_typed(mind: Mind) -> None:
    played = await play_turns(
        mind, [{"choose": "private", "then": {"profile": {"ownership": "private"}}}]
    )

    assert played.differences == ()
    assert played.notes == ("turn 1: no button 'private' was shown; typed 'Private'",)


async def test_old_question_is_not_pressed_by_choose(mind: Mind) -> None:
    turns = [
        {"choose": "edition"},
        {"choose": "skip", "then": {"status": {"need": "skipped"}}},
        {"choose": "enterprise", "then": {"profile": {"buyer_type": "enterprise"}}},
        {"again": "individual", "then": {"profile": {"buyer_type": "enterprise"}}},
    ]

    assert (await play_turns(mind, turns)).differences == ()


async def test_desk_acts_as_who_claimed(mind: Mind) -> None:
    turns = [
        {"choose": "person"},
        {"desk": {"claim": "Anna"}, "then": {"owner": "human", "staff": "Anna"}},
        {"desk": {"claim": "Ben"}, "then": {"staff": "Anna"}},
        {"desk": {"note": "a note"}},
        {"desk": {"reply": "hello"}, "then": {"never_says": ["hello"]}},
        {"desk": {"close": "won"}, "then": {"owner": "closed", "close_reason": "won"}},
        {"desk": {"reply": "too late"}},
    ]

    played = await play_turns(mind, turns)

    assert played.differences == ("turn 7: desk.reply: desk.refused.state",)


async def test_erasing_leaves_nothing_but_the_goodbye(mind: Mind) -> None:
    turns = [
        {"say": "delete my data", "then": {"erased": False}},
        {"choose": "erase", "then": {"erased": True, "says": ["has been deleted"]}},
        {"say": "hello?"},
    ]

    played = await play_turns(mind, turns)

    assert played.differences == ("turn 3: refused: error.erased",)


def test_asked_once_names_what_was_asked_again(mind: Mind) -> None:
    wanted = msgspec.convert({"asked_once": True}, Wanted)
    seen = Seen(asked_known=["city", "headcount"])

    assert compare(wanted, seen, State(), mind.pack) == ["asked although known: city, headcount"]
    assert compare(wanted, Seen(), State(), mind.pack) == []
    assert compare(Wanted(), seen, State(), mind.pack) == []


async def test_edit_asks_again_on_the_prospects_wish(mind: Mind) -> None:
    turns = [
        {"choose": "edition"},
        {"choose": "skip"},
        {"choose": "enterprise"},
        {"choose": "private"},
        {"choose": "back", "then": {"asks": "ownership"}},
    ]

    played = await play_turns(mind, turns, end={"asked_once": True})

    assert played.differences == ()


def test_amounts_outside_the_price_book_are_found(mind: Mind) -> None:
    pack = mind.pack
    row = next(r for r in pack.prices if r.item == "professional" and r.currency == "EUR")
    good = Amount(currency="EUR", minor=row.amount, rows=(row.id,))
    bad = Amount(currency="EUR", minor=row.amount + 1, rows=(row.id,))

    def found(text: str, *amounts: Amount, theirs: tuple[str, ...] = ()) -> list[str]:
        reply = Reply(key="k", text=text, amounts=amounts, theirs=theirs)
        return foreign_amounts([reply], pack)

    assert found("It costs €1,900.", good) == []
    assert found("它的价格是€1,900。", good) == []
    assert found("It costs €1,900 and €77.", good) == ["amount '€77' is not from the price book"]
    assert found("It costs €1,900.") == ["amount '€1,900' is not from the price book"]
    assert found("Only 500 euros!") == ["amount '500 euros' is not from the price book"]
    assert found("只要 800 元") == ["amount '800 元' is not from the price book"]
    assert found("You said €500.", theirs=("€500",)) == []
    assert found("", bad) == [f"amount {row.amount + 1} EUR is not in the price book"]


def test_sum_of_shown_rows_stands_in_the_price_book(mind: Mind) -> None:
    rows = [r for r in mind.pack.prices if r.currency == "EUR" and not r.tier_slot][:2]
    total = sum(r.amount for r in rows)
    amount = Amount(currency="EUR", minor=total, rows=tuple(r.id for r in rows))
    foreign = Amount(currency="USD", minor=total, rows=tuple(r.id for r in rows))

    assert foreign_amounts([Reply(key="k", text="", amounts=(amount,))], mind.pack) == []
    assert foreign_amounts([Reply(key="k", text="", amounts=(foreign,))], mind.pack) != []


def test_values_compare_as_in_the_labels() -> None:
    assert same_value("munich", "Munich")
    assert same_value(["慕尼黑", "Munich"], "munich")
    assert same_value(80, "80")
    assert same_value(True, True)
    assert same_value(None, None)
    assert not same_value("true", True)
    assert not same_value(None, "Munich")
    assert not same_value("Munich", None)
    assert not same_value(["a", "b"], "c")


def test_words_are_whole_and_chinese_is_anywhere() -> None:
    assert holds("The Cluster edition.", "cluster")
    assert not holds("Clusters", "Cluster")
    assert holds("It costs €1,900, once", "€1,900")
    assert not holds("It costs €11,900", "1,900")
    assert holds("推荐企业版给您", "企业版")
    assert holds("周二09:00上班", "09:00")


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- just a list", "a talk is a map"),
        ("talk: [", "while parsing"),
        ("turns: []", "missing required field `talk`"),
        ("talk: t", "missing required field `turns`"),
        ("talk: t\nturns: 3", "Expected `array`"),
        ("talk: t\nturns: []\nends: {}", "unknown field `ends`"),
        ("talk: t\nturns:\n  - {say: a}\n  - {sey: b}", "turn 2: .*unknown field `sey`"),
        (
            "talk: t\nturns:\n  - {say: a, wait: 3m}",
            "turn 1: needs exactly one of .* has say, wait",
        ),
        ("talk: t\nturns:\n  - {then: {}}", "turn 1: needs exactly one of .* has none"),
        ("talk: t\nturns:\n  - {say: no}", "turn 1: say: put yes, no"),
        ("talk: t\nturns:\n  - {say: ' '}", "turn 1: say: there is nothing to say"),
        ("talk: t\nturns:\n  - {wait: soon}", "turn 1: wait: 'soon' is no time such as 30s"),
        ("talk: t\nturns:\n  - {send: gone.docx}", "turn 1: there is no file gone.docx beside"),
        ("talk: t\nturns:\n  - {desk: {}}", "turn 1: desk needs exactly one of .* has none"),
        (
            "talk: t\nturns:\n  - {desk: {close: bored}}",
            "turn 1: desk.close: 'bored' is none of won",
        ),
        ("talk: t\nturns:\n  - {open: false}", "turn 1: .*Invalid enum value"),
        ("talk: t\nturns:\n  - {say: a, then: {ask: need}}", "turn 1: .*unknown field `ask`"),
        (
            "talk: t\nturns:\n  - {say: a, then: {asks: ned}}",
            "turn 1: then: asks: 'ned' is none of",
        ),
        ("talk: t\nturns: []\nend: {profile: {town: Graz}}", "end: profile: 'town' is none of"),
        ("talk: t\nturns: []\nend: {intents: [ask]}", "end: intents: 'ask' is none of"),
        ("talk: t\nturns: []\nend: {documents: [flyer]}", "end: documents: 'flyer' is none of"),
        ("talk: t\nturns: []\nend: {reason: bored}", "end: reason: 'bored' is none of"),
        ("talk: t\nturns: []\nend: {outcome: won}", "Invalid enum value 'won'"),
        ("talk: t\nturns: []\nend: {status: {city: guessed}}", "Invalid enum value 'guessed'"),
    ],
)
def test_bad_file_says_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "talk.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(TalkError, match=told) as raised:
        read_talk(file)

    assert "\n" not in str(raised.value)


def test_bare_numbers_and_booleans_are_read_as_written(tmp_path: Path) -> None:
    file = tmp_path / "talk.yaml"
    file.write_text("talk: t\nturns: [{say: 45}, {choose: true}, {again: 10-49}]", "utf-8")

    talk = read_talk(file)

    assert [talk.turns[0].words, talk.turns[1].button, talk.turns[2].button] == [
        "45",
        "true",
        "10-49",
    ]


@pytest.mark.parametrize(
    ("wait", "milliseconds"),
    [("30s", 30_000), ("3m", 180_000), ("2h", 7_200_000), ("1 d", 86_400_000)],
)
def test_wait_takes_seconds_to_days(wait: str, milliseconds: int) -> None:
    assert Step(wait=wait).milliseconds == milliseconds


def test_talks_are_found_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.yaml", "deep/a.yml", "notes.txt"):
        (tmp_path / name).write_text("", "utf-8")

    assert [p.name for p in find_talks(tmp_path)] == ["b.yaml", "a.yml"]
    with pytest.raises(TalkError, match="no talks"):
        find_talks(tmp_path / "nowhere")


# --- the command ---------------------------------------------------------------------------------

GOOD = "talk: good\nlanguage: en\nturns: [{choose: prices}]\nend: {outcome: open}\n"
BAD = "talk: bad\nlanguage: en\nturns: [{choose: prices}]\nend: {outcome: closed}\n"


async def test_bad_file_counts_as_failed_and_the_rest_is_played(tmp_path: Path, mind: Mind) -> None:
    (tmp_path / "a.yaml").write_text("turns: []", "utf-8")
    (tmp_path / "b.yaml").write_text(GOOD, "utf-8")

    results = [r async for r in play_all(find_talks(tmp_path), mind, Settings())]

    assert [played.passed for _, played in results] == [False, True]
    assert "missing required field" in show_played(*results[0])


def test_command_tells_each_talk_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "b.yaml").write_text(BAD, "utf-8")

    assert main([str(tmp_path), "--json"]) == 1

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["talk"], line["passed"]) for line in lines] == [("good", True), ("bad", False)]
    assert lines[1]["file"].endswith("b.yaml")
    assert lines[1]["differences"] == ["end: outcome: wanted 'closed', is 'open'"]


def test_command_without_talks_or_pack_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")

    assert main([str(tmp_path / "nowhere")]) == 2
    assert main([str(tmp_path), "--pack", str(tmp_path / "nowhere")]) == 2
    assert "no talks" in capsys.readouterr().err


def test_wanted_leaves_out_what_is_not_named() -> None:
    assert Wanted() == msgspec.convert({}, Wanted)


async def test_origins_start_and_languages_can_be_played(mind: Mind) -> None:
    turns: list[dict[str, object]] = [
        {"say": "We are 80 people in Munich", "then": {"profile": {"headcount": "80"}}},
        {
            "say": "We are 90 people in Munich",
            "origin": "edited",
            "then": {"changed": ["headcount"], "status": {"headcount": "corrected"}},
        },
        {"say": "Call me", "origin": "forwarded", "then": {"owner": "bot"}},
        {"wait": "1h"},
        {"start": True, "then": {"says": ["Munich"]}},
        {"choose": "language:zh", "then": {"language": "zh"}},
        {"choose": "person", "then": {"called": ["林雨晴"]}},
        {"desk": {"later": 5}, "then": {"called": [], "rings": 0}},
        {"desk": {"pass_on": "Jonas Okafor"}, "then": {"called": ["Mareike Tönnsen"]}},
    ]

    played = await play_turns(mind, turns)

    assert played.differences == (
        "turn 9: called: wanted ['Mareike Tönnsen'], is ['Jonas Okafor']",
    )
