"""Words listed as meaning about the same: what else a passage may say instead of a question's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogs.pack import Pack
from dialogs.stems import stem
from dialogs.words import content_words, fold, has_chinese, holds, pairs_of, terms

Others = tuple[frozenset[str], ...]  # of each, all terms must be in a passage


class Synonyms:
    """Groups of words by language, looked up by any member."""

    def __init__(self, groups: Mapping[str, Iterable[tuple[str, ...]]]) -> None:
        self._by_word: dict[tuple[str, str], Others] = {}  # language, stem
        self._by_phrase: dict[str, list[tuple[str, Others]]] = {}  # language -> phrase, others
        for language, members in ((k, g) for k, groups_ in groups.items() for g in groups_):
            self._add(language, [fold(member) for member in members])

    def _add(self, language: str, members: list[str]) -> None:
        for member in members:
            others = tuple(_terms_of(m, language) for m in members if m != member)
            words = content_words(member)
            if has_chinese(member) or len(words) > 1:
                self._by_phrase.setdefault(language, []).append((member, others))
            elif words:
                key = language, stem(words[0], language)
                self._by_word[key] = (*self._by_word.get(key, ()), *others)

    def of_words(self, question: str, language: str) -> dict[str, Others]:
        """Content words of a question that have synonyms; those of a listed phrase all have its."""
        found: dict[str, Others] = {}
        for word in content_words(question):
            others = self._by_word.get((language, stem(word, language)))
            if others:
                found[word] = others
        folded = fold(question)
        for phrase, others in self._by_phrase.get(language, ()):
            if not has_chinese(phrase) and holds(folded, phrase):
                found.update((w, (*found.get(w, ()), *others)) for w in content_words(phrase))
        return found

    def of_stretches(self, question: str) -> tuple[tuple[str, Others], ...]:
        """Chinese stretches of a question that have synonyms."""
        folded = fold(question)
        return tuple((s, o) for s, o in self._by_phrase.get("zh", ()) if s in folded)


NO_SYNONYMS = Synonyms({})


def synonyms_of(pack: Pack) -> Synonyms:
    return Synonyms(
        {
            language: tuple((word, *others) for word, others in examples.synonyms.items())
            for language, examples in pack.examples.items()
        }
    )


def _terms_of(member: str, language: str) -> frozenset[str]:
    if has_chinese(member):
        return frozenset(pairs_of(member)) or frozenset(member)
    return frozenset(terms(member, language))
