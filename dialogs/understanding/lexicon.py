"""All names of slot values that the pack and the defaults list, ready to be found in a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogs.pack import Pack
from dialogs.understanding.names import Names

# What editions of these ids are called besides their names in the pack.
_EDITION_ALIASES: dict[str, tuple[str, ...]] = {
    "professional": (
        "professional", "pro", "prof", "profi", "专业版", "专业", "профессиональн*", "про", "проф",
        "профессионал", "profesional",
    ),
    "enterprise": (
        "enterprise", "ent", "enterpr", "企业版", "корпоративн*", "энтерпрайз*", "empresarial",
        "corporativa",
    ),
    "cluster": ("cluster", "集群版", "集群", "кластер*", "clúster", "клястер"),
}  # fmt: skip


class Lexicon:
    """Names by slot, from the examples of all languages; editions from the pack itself."""

    def __init__(self, pack: Pack) -> None:
        values: dict[str, dict[str, list[str]]] = {}
        for examples in pack.examples.values():
            for slot, listed in examples.values.items():
                _add(values.setdefault(slot, {}), listed)
        editions: dict[str, list[str]] = values.pop("edition", {})
        for edition in pack.editions:
            names = (edition.id, *edition.name.values(), *_EDITION_ALIASES.get(edition.id, ()))
            editions.setdefault(edition.id, []).extend(names)
        known = {edition.id for edition in pack.editions}
        self.editions = Names({key: names for key, names in editions.items() if key in known})
        self.edition_order = tuple(edition.id for edition in pack.editions)
        self.edition_words = _latin_words(
            {key: names for key, names in editions.items() if key in known}
        )
        self._slots = {slot: Names(names) for slot, names in values.items()}
        self._nothing = Names({})

    def __getitem__(self, slot: str) -> Names:
        return self._slots.get(slot, self._nothing)


def _add(target: dict[str, list[str]], names: Mapping[str, Iterable[str]]) -> None:
    for value, listed in names.items():
        target.setdefault(value, []).extend(listed)


def _latin_words(editions: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Single words of edition names that are long enough to be recognised with a typo."""
    words = {}
    for edition, names in editions.items():
        for name in names:
            word = name.casefold().rstrip("*")
            if word.isalpha() and word.isascii() and len(word) >= 7:
                words[word] = edition
    return words
