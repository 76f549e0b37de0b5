"""The language of a message: its scripts, its small words, and the talk's language before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from dialogs.understanding.small_words import LATIN, TELLING
from dialogs.understanding.words import Words, make_words

_READ = 600  # characters that are enough to tell
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
# Addresses, and a few words in quotes: they are in the language of whoever made them.
_QUOTED = re.compile(
    r"\S+@\S+|https?://\S+|\bwww\.\S+|«[^»]{1,40}»|“[^”]{1,40}”|\"[^\"]{1,40}\"|「[^」]{1,40}」|"
    r"《[^》]{1,40}》|(?<!\w)'[^']{1,40}'(?!\w)"
)
_CAPITAL = r"(?:[A-Z\u00c0-\u00de\u0410-\u042f\u0401][^\W\d_A-Z\u0410-\u042f]+)"
# Two and more words with capitals, with the small words of names between them.
_NAME = re.compile(
    rf"{_CAPITAL}(?:[ -](?:(?:de|del|la|las|los|el|of|the|and|y|da|do|dos|di|van|von|der|na|на)"
    rf"[ -]){{0,2}}{_CAPITAL})+"
)
_OTHER_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_CYRILLIC_LETTERS = (
    ("be", re.compile(r"ў"), 1),
    ("uk", re.compile(r"[іїєґ]"), 2),
    ("sr", re.compile(r"[ђјљњћџ]"), 2),
)
_FIRM = re.compile(r"公司|集团|大学|有限|厂$|店$")


class Languages:
    """Tells the language among those of the pack and of the examples that it was taught.

    A language that nobody taught is told, too, where the message leaves no doubt.
    """

    def __init__(self, languages: Iterable[str]) -> None:
        self._known = tuple(dict.fromkeys(languages))
        latin = [code for code in self._known if code not in ("zh", "ru", "uk", "be", "sr", "bg")]
        # Its tables take 100 MB: the languages with small words of ours do without them.
        self._identifier = _load(latin) if set(latin) - LATIN.keys() else None

    def teaches(self, code: str) -> bool:
        """Whether messages in this language can be read."""
        return code in self._known

    def tell(self, words: Words, prior: str, names: Sequence[tuple[int, int]] = ()) -> str:
        """ISO code; the prior stays for what is short, mixed, a name, or no language at all.

        `names` are the stretches of the message, by character offsets, that name a place, a firm,
        a person or an address.
        """
        other = _tell_script(words.low[:_READ])
        if other:
            return other
        bare = _without_names(words, names)
        scores = self._score(bare, prior)
        best = max(scores, key=lambda code: scores[code], default=prior)
        if not scores.get(best) or best == prior:
            return self._look_closer(bare, prior) if not scores else prior
        # In a mixed message the language of the talk goes on, unless little of it is left. Latin
        # languages share small words, so that some of the prior's are always there.
        share = 2 if {prior, best} <= LATIN.keys() else 3
        return prior if share * scores.get(prior, 0.0) >= scores[best] else best

    def _score(self, words: Words, prior: str) -> dict[str, float]:
        """About how many words are in which language; only for those that may be believed."""
        scores = self._score_latin(words, prior) if words.latin else {}
        if words.han:
            score = len(_HAN.findall(words.low)) / 1.5
            if prior == "zh" or ("zh" in self._known and _is_chinese(words)):
                scores["zh"] = score
        if words.cyrillic:
            said = [word for word in _WORD.findall(words.low) if _CYRILLIC.search(word)]
            told = _tell_cyrillic(words.low, self._known)
            if told == prior or len(said) > 1 or not TELLING["ru"].isdisjoint(said):
                scores[told] = float(len(said))
        return scores

    def _score_latin(self, words: Words, prior: str) -> dict[str, float]:
        said = _WORD.findall(words.low)
        hits = {code: sum(map(small.__contains__, said)) for code, small in LATIN.items()}
        most = max((hits[code] for code in self._known if code in hits), default=0)
        scores = {}
        for code, count in hits.items():
            spoken = code in self._known
            needed = 1 if spoken and not TELLING.get(code, frozenset()).isdisjoint(said) else 2
            if not spoken and count < 2 * most:
                continue
            if count >= (1 if code == prior else needed):
                # Every second word or so of a sentence is a small one.
                scores[code] = 2.0 * count
        return scores

    def _look_closer(self, words: Words, prior: str) -> str:
        if self._identifier is None or len(words.low.split()) <= 3:
            return prior
        told, share = self._identifier.classify(words.low)
        return str(told) if share > 0.9 else prior


def _without_names(words: Words, names: Sequence[tuple[int, int]]) -> Words:
    text = _QUOTED.sub(_blank, words.text[:_READ])
    for start, end in names:
        text = text[:start] + " " * (min(end, len(text)) - start) + text[end:]
    return make_words(_NAME.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    """Names are short: what goes on in capitals is a way of writing."""
    return " " * len(found[0]) if len(found[0].split()) <= 6 else found[0]


def _tell_script(low: str) -> str:
    """The language of a script that only one of them uses; "" for Latin, Cyrillic and Chinese."""
    if low.isascii():
        return ""
    letters = len(_LETTER.findall(low))
    for code, script in _OTHER_SCRIPTS:
        count = len(script.findall(low))
        # Japanese is written with Chinese characters in between.
        if count >= 2 and count * (4 if code == "ja" else 2) > letters:
            return code
    return ""


def _tell_cyrillic(low: str, known: Sequence[str]) -> str:
    for code, letters, needed in _CYRILLIC_LETTERS:
        if len(letters.findall(low)) >= (1 if code in known else needed):
            return code
    return "ru"


def _is_chinese(words: Words) -> bool:
    """Whether it is more than a name or a term in Chinese characters."""
    if any(telling in words.low for telling in TELLING["zh"]):
        return True
    return len(_HAN.findall(words.low)) >= 5 and not _FIRM.search(words.low)


def _load(languages: Sequence[str]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
