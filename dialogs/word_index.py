"""Search by words: BM25 over passages, and how much of a question a passage's words cover."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from dialogs.stems import stem
from dialogs.synonyms import NO_SYNONYMS, Others, Synonyms
from dialogs.words import content_runs, content_words, fold, has_chinese, pairs_of, terms

Scores = npt.NDArray[np.float32]

MAX_WORDS = 40  # of a question
NAME_CHARS = 3  # of a name that is known by its capital
SHORT = 3  # words that carry the matter of a short question
_K1, _B = 1.2, 0.6  # BM25: how soon repeats stop counting, how much length counts
_ANY = 0.5  # what any word counts for the order, beside those that carry the matter
_INSTEAD = 0.9  # what a synonym counts beside the word itself
_LOOSE = 0.3  # what a single Chinese character weighs against a pair, when searching
_CHINESE_NUMBERS = frozenset("二三四五六七八九十百千万两")
# Written with a capital inside a sentence, or all in capitals: taken for a name.
_CAPITAL = "A-ZÀ-ÖØ-ÞЁА-Я"
# A word in letters also where it stands among Chinese ones without a space.
_NOT_AFTER, _NOT_BEFORE = r"(?<![^\W\u3400-\u9fff])", r"(?![^\W\u3400-\u9fff])"
_NAME = re.compile(r"[^\W\d_\u3400-\u9fff](?:[^\W\u3400-\u9fff]|[.+-](?=\w))+")
_PROPER = re.compile(
    rf"(?<=[\w,;:] )[{_CAPITAL}][\w.+-]*\w|(?<!\w)[{_CAPITAL}][\w.+-]*[{_CAPITAL}0-9](?!\w)"
)
# A word with a capital behind one without, and the words in question.
_ALONE = re.compile(
    rf"(?:(?<![\w+-])(?:[\d_]|[^\W{_CAPITAL}])[\w+-]*[;:]?|,) "
    rf"([{_CAPITAL}][\w+-]*\w)\b(?! [{_CAPITAL}])"
)
_SMALL = re.compile(r"(?<![\w.+-])[a-zß-öø-ÿа-яё][\w]*")


class Word(NamedTuple):
    """A word of a question, as the passages may spell it."""

    text: str  # folded
    forms: tuple[str, ...]
    weight: float  # inverse document frequency; 0 for small talk
    named: bool  # a number or a name
    telling: bool  # that, or rare: an answer must hold it
    others: Others = ()  # what may stand instead

    def is_in(self, held: Set[str]) -> bool:
        """Do the terms of a passage hold it, in some spelling or by a synonym?"""
        return not held.isdisjoint(self.forms) or any(other <= held for other in self.others)


class Vocabulary(NamedTuple):
    """`names` must be held by an answer, `small_talk` weighs nothing unless it is named, `ignored`
    is not even searched for. Of `synonyms` any one of a group will do."""

    names: frozenset[str] = frozenset()
    small_talk: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    synonyms: Synonyms = NO_SYNONYMS


class Question(NamedTuple):
    words: tuple[Word, ...]
    runs: tuple[str, ...]  # Chinese
    all_terms: tuple[str, ...] = ()  # those that carry little too
    stretches: tuple[tuple[str, Others], ...] = ()  # Chinese ones that have synonyms

    def without(self, missing: Sequence[str]) -> Question:
        """The question as if those words and Chinese stretches had not been in it."""
        runs: list[str] = []
        for run in self.runs:
            for stretch in missing:
                run = run.replace(stretch, " ") if has_chinese(stretch) else run
            runs.extend(run.split())
        return Question(tuple(w for w in self.words if w.text not in missing), tuple(runs), ())


def names_in(texts: Iterable[str], asked: Iterable[str] = ()) -> frozenset[str]:
    """Words that the texts write with a capital alone: names, also where a question does not.

    `asked` are questions, many of them typed without capitals. Words that stand beside another
    with a capital may be of a title, and tell nothing.
    """
    capital: set[str] = set()
    small: set[str] = set()
    for text in texts:
        capital.update(map(fold, _ALONE.findall(text)))
        small.update(map(fold, _SMALL.findall(text)))
    for text in asked:
        capital.update(map(fold, _ALONE.findall(text)))
    return frozenset(word for word in capital - small if len(word) >= NAME_CHARS)


class WordIndex:
    """BM25 over the passages' words, and the test whether a passage covers a question."""

    def __init__(
        self,
        texts: Sequence[tuple[str, str]],
        vocabulary: Vocabulary | None = None,
    ) -> None:
        """`texts` come with their language."""
        known = vocabulary or Vocabulary()
        self._names, self._small_talk, self._ignored, self._synonyms = known
        self._size = len(texts)
        self._numbers: dict[str, int] = {}  # term -> its number
        rows, numbers, times = self._count(texts)
        self._terms = list(self._numbers)
        self._ends = np.searchsorted(rows, np.arange(self._size + 1))
        self._held = numbers  # passage after passage
        held_by = np.bincount(numbers, minlength=len(self._terms))
        rarity = np.log(1 + (self._size - held_by + 0.5) / (held_by + 0.5))
        lengths = np.bincount(rows, times, self._size)
        damp = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1.0)) if texts else lengths
        order = np.argsort(numbers, kind="stable")
        self._starts = np.concatenate(([0], np.cumsum(held_by)))
        self._rows = rows[order].astype(np.int32)
        weights = rarity[numbers] * times * (_K1 + 1) / (times + damp[rows])
        self._weights = weights[order].astype(np.float32)  # term after term
        self._alike: dict[tuple[str, int], list[str]] = {}  # by first letter and length
        for term in self._terms:
            self._alike.setdefault((term[0], len(term)), []).append(term)

    def _count(self, texts: Sequence[tuple[str, str]]) -> tuple[npt.NDArray[np.int32], ...]:
        """(passage, term, times) wherever a term occurs, passage after passage."""
        known = self._numbers
        found = [Counter(terms(text, language)) for text, language in texts]
        numbers = [known.setdefault(term, len(known)) for counts in found for term in counts]
        times = [count for counts in found for count in counts.values()]
        rows = np.repeat(np.arange(len(texts)), [len(counts) for counts in found])
        return rows.astype(np.int32), np.array(numbers, np.int32), np.array(times, np.int32)

    def parse(self, question: str, language: str = "en") -> Question:
        """The words of a question that count, at most `MAX_WORDS` of them."""
        words = [w for w in content_words(question) if w not in self._ignored][:MAX_WORDS]
        runs = tuple(content_runs(question)[:MAX_WORDS])
        # A Latin word among Chinese ones is a name.
        # Not so where the other words are Cyrillic: they are written in letters too.
        proper = {fold(word) for word in _PROPER.findall(question)}
        proper |= set(words) if runs else set()
        known = (
            term
            for term in terms(question, language)
            if term in self._numbers and term not in self._small_talk
        )
        others = self._synonyms.of_words(question, language)
        found = (self._word(word, proper, language) for word in words)
        return Question(
            tuple(word._replace(others=others.get(word.text, ())) for word in found),
            runs,
            tuple(dict.fromkeys(known))[: 2 * MAX_WORDS],
            self._synonyms.of_stretches(question) if runs else (),
        )

    def scores(self, question: Question) -> Scores:
        """BM25 of every passage, shape (passages,).

        A word and what may stand instead of it count once: the best of them in each passage.
        """
        total = np.zeros(self._size, np.float32)
        for word in question.words:
            said = self._add(word.forms, np.zeros(self._size, np.float32))
            total += np.maximum(said, self._best_of(word.others)) if word.others else said
        for _, others in question.stretches:
            total += self._best_of(others)
        for run in question.runs:
            self._add(pairs_of(run), total)
            self._add(run, total, _LOOSE)
        return self._add(question.all_terms, total, _ANY)

    def _add(self, wanted: Iterable[str], total: Scores, share: float = 1.0) -> Scores:
        """Adds what each of the terms weighs in each passage; gives the same array."""
        for term in wanted:
            number = self._numbers.get(term)
            if number is not None:
                span = slice(self._starts[number], self._starts[number + 1])
                total[self._rows[span]] += np.float32(share) * self._weights[span]
        return total

    def _best_of(self, others: Others) -> Scores:
        """For each passage the best of the synonyms that it holds with all their words."""
        best = np.zeros(self._size, np.float32)
        for other in set(others):
            if not other <= self._numbers.keys():
                continue
            each = [self._add((t,), np.zeros(self._size, np.float32)) for t in sorted(other)]
            whole = np.min(each, axis=0) > 0
            best = np.maximum(best, np.where(whole, np.mean(each, axis=0), 0))
        return np.float32(_INSTEAD) * best

    def held(self, row: int) -> frozenset[str]:
        """Terms of a passage."""
        numbers = self._held[self._ends[row] : self._ends[row + 1]]
        return frozenset(map(self._terms.__getitem__, numbers.tolist()))

    def coverage(self, question: Question, held: Set[str]) -> float:
        """Share of the question's weight that the terms hold, 0 to 1; 0 without a telling word."""
        if any(word.telling and not word.is_in(held) for word in question.words) or any(
            self._misses_a_word(run, _signs_held(question, run, held)) for run in question.runs
        ):
            return 0.0
        return self.share(question, held)

    def share(self, question: Question, held: Set[str]) -> float:
        """Share of the question's weight that the terms hold, 0 to 1."""
        whole = covered = 0.0
        for word in question.words:
            whole += word.weight
            covered += word.weight * word.is_in(held)
        for run in question.runs:
            signs = _signs_held(question, run, held)
            weights = [0.5 * self._idf(self._held_by(sign)) for sign in run]
            whole += sum(weights)
            covered += sum(w for w, there in zip(weights, signs, strict=True) if there)
        return covered / whole if whole else 0.0

    def rarity(self, word: str, language: str) -> float:
        """Inverse document frequency of a word, or of a pair of Chinese characters."""
        form = word if has_chinese(word) else stem(word, language)
        return self._idf(self._held_by(form))

    def lost(self, question: Question, held: Set[str]) -> float:
        """How rare the rarest part of the question is that the terms do not hold: 0 where they hold
        all, 1 where no passage has it."""
        whole = self._idf(0)
        rare = [word.weight for word in question.words if word.weight and not word.is_in(held)]
        for run in question.runs:
            signs = _signs_held(question, run, held)
            rare += [
                self._idf(self._held_by(run[i : i + 2]))
                for i in range(len(run) - 1)
                if not (signs[i] or signs[i + 1] or run[i : i + 2] in self._small_talk)
            ]
        return max(rare, default=0.0) / whole

    def asks_elsewhere(self, question: Question, held: Set[str]) -> bool:
        """Is it likely about something that the passage's terms do not hold?

        So it is with a sign that no passage knows, with a Chinese word of three signs or more that
        only others hold, and in a short question with a word that none holds.
        """
        listed = {sign for stretch, _ in question.stretches for sign in stretch}
        if any(not self._held_by(c) for run in question.runs for c in set(run) - listed):
            return True
        missing = self.missing(question, held)
        if any(has_chinese(m) and len(m) > 2 and self._is_word(m) for m in missing):
            return True
        weighty = [word for word in question.words if word.weight]
        unheard = [w for w in weighty if not w.others and not any(map(self._held_by, w.forms))]
        return bool(unheard) and len(weighty) <= SHORT

    def _is_word(self, stretch: str) -> bool:
        """Other passages know its beginning, or none knows any part of it and it is no chat."""
        if self._held_by(stretch[:2]):
            return True
        pairs = pairs_of(stretch)
        return not any(pair in self._small_talk or self._held_by(pair) for pair in pairs)

    def missing(self, question: Question, held: Set[str]) -> tuple[str, ...]:
        """Words and Chinese stretches of the question that the terms do not hold; names and
        numbers among them make it empty, for nothing can stand for those."""
        words = [word for word in question.words if not word.is_in(held)]
        stretches: list[str] = []
        for run in question.runs:
            signs = _signs_held(question, run, held)
            marked = "".join(" " if there else c for c, there in zip(run, signs, strict=True))
            stretches.extend(marked.split())
        if any(w.named for w in words) or _CHINESE_NUMBERS.intersection("".join(stretches)):
            return ()
        return (*(w.text for w in words), *stretches)

    def leave_unheard(self, text: str, language: str) -> tuple[str, tuple[str, ...]]:
        """The question without the names, numbers apart, that no passage holds; these as typed."""
        unheard = {
            word.text
            for word in self.parse(text, language).words
            if word.named and word.text.isalpha() and not any(map(self._held_by, word.forms))
        }
        names = tuple(dict.fromkeys(n for n in _NAME.findall(text) if fold(n) in unheard))
        return leave_out(text, names), names

    def _word(self, word: str, proper: set[str], language: str) -> Word:
        parts = [part for part in re.split(r"['’.+#-]+", word) if part]
        forms = [stem(word, language)] if len(parts) < 2 else [word, "".join(parts)]
        known = any(self._held_by(form) for form in forms)
        if not known and len(forms[0]) >= 6 and word.isalpha() and word not in proper:
            forms += self._misspelt(forms[0])
        held_by = max(self._held_by(form) for form in forms)
        named = word in proper or word in self._names or any(c.isdigit() for c in forms[0])
        chat = not named and forms[0] in self._small_talk
        telling = named or (self._is_rare(held_by) and not chat)
        weight = 0.0 if chat else self._idf(held_by)
        return Word(word, tuple(forms), weight, named, telling)

    def _misspelt(self, form: str) -> list[str]:
        """Words of the passages that are one slip of the finger away."""
        near = (
            known
            for size in range(len(form) - 1, len(form) + 2)
            for known in self._alike.get((form[0], size), ())
            if OSA.distance(known, form, score_cutoff=1) <= 1
        )
        return list(near)

    def _misses_a_word(self, run: str, signs: list[bool]) -> bool:
        """Two neighbours not covered are taken for a word unless they are small talk, and so is
        a single character that is rare or a number."""
        for i, (sign, there) in enumerate(zip(run, signs, strict=True)):
            if there:
                continue
            if i + 1 < len(run) and not signs[i + 1] and run[i : i + 2] not in self._small_talk:
                return True
            if sign in _CHINESE_NUMBERS or self._is_rare(self._held_by(sign)):
                return True
        return False

    def _is_rare(self, held_by: int) -> bool:
        return held_by <= max(2, self._size // 50)

    def _held_by(self, term: str) -> int:
        number = self._numbers.get(term)
        return 0 if number is None else int(self._starts[number + 1] - self._starts[number])

    def _idf(self, held_by: int) -> float:
        return math.log(1 + (self._size - held_by + 0.5) / (held_by + 0.5))


def _signs_held(question: Question, run: str, held: Set[str]) -> list[bool]:
    """For each character of a run: does a pair with it occur among the terms, or a synonym?"""
    if len(run) == 1:
        return [run in held]
    pairs = [pair in held for pair in pairs_of(run)]
    found = [any(pairs[max(i - 1, 0) : i + 1]) for i in range(len(run))]
    for stretch, others in question.stretches:
        at = run.find(stretch)
        if at >= 0 and any(other <= held for other in others):
            found[at : at + len(stretch)] = [True] * len(stretch)
    return found


def leave_out(text: str, words: Sequence[str]) -> str:
    """The text without these words and Chinese stretches, whatever their case."""
    for word in words:
        before, after = ("", "") if has_chinese(word) else (_NOT_AFTER, _NOT_BEFORE)
        text = re.sub(f"{before}{re.escape(word)}{after}", " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())
