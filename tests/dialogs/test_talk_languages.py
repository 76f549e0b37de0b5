"""In which language the talk goes on, what is said of it, and when nothing is said."""

import msgspec

from dialogs.types import Reading
from tests.dialogs.consulting import Prospect


def hears(prospect: Prospect, text: str, language: str) -> None:
    prospect.hears(Reading(text=text, language=language, intents=("provide_info",)))


def started(language: str = "en") -> Prospect:
    prospect = Prospect(language)
    prospect.presses("edition")
    return prospect


def test_the_first_words_tell_the_language_without_a_word_about_it() -> None:
    prospect = Prospect("en")
    hears(prospect, "здравствуйте, нужен магазин", "ru")
    assert prospect.state.language == "ru"
    assert "language.followed" not in prospect.keys


def test_a_switch_is_announced_once_with_the_way_back() -> None:
    prospect = started()
    hears(prospect, "нужен магазин запчастей", "ru")
    assert prospect.keys.count("language.followed") == 1
    assert "«English»" in prospect.said
    hears(prospect, "we sell spare parts", "en")
    hears(prospect, "и ещё шины", "ru")
    assert prospect.state.language == "ru"
    assert "language.followed" not in prospect.keys


def test_a_language_that_is_not_spoken_is_declined_once() -> None:
    prospect = started()
    hears(prospect, "wir sind eine Firma in Linz", "de")
    assert (prospect.state.language, prospect.keys[0]) == ("en", "language.unavailable")
    for name in ("English", "中文", "русский", "español"):
        assert name in prospect.said
    hears(prospect, "wir haben 40 Leute", "de")
    assert "language.unavailable" not in prospect.keys


def test_the_nearest_language_answers_the_first_words_alone() -> None:
    first = Prospect("en")
    hears(first, "quanto custa para a nossa empresa", "pt")
    assert (first.state.language, first.keys[0]) == ("es", "language.unavailable")
    later = started()
    hears(later, "quanto custa para a nossa empresa", "pt")
    assert (later.state.language, later.keys[0]) == ("en", "language.unavailable")


def test_asking_for_a_language_that_is_not_spoken_keeps_the_talk() -> None:
    prospect = started("ru")
    prospect.says("language_switch", language="de")
    assert (prospect.state.language, prospect.keys[0]) == ("ru", "language.unavailable")
    prospect.says("language_switch", language="de")
    assert prospect.keys[0] == "language.unavailable", "asked again it is answered again"


def test_a_human_is_not_talked_over_when_the_language_changes() -> None:
    prospect = started()
    prospect.state = msgspec.structs.replace(prospect.state, owner="human", staff="Mareike")
    hears(prospect, "нужен магазин запчастей", "ru")
    assert (prospect.state.language, prospect.replies) == ("ru", ())
    hears(prospect, "wir sind eine Firma", "de")
    assert (prospect.state.language, prospect.replies) == ("ru", ())
    prospect.says("language_switch", language="es")
    assert (prospect.state.language, prospect.replies) == ("es", ())
