"""What is told of a pack, in no language yet: a text's key and its values, said to each reader.

The sentences stand in defaults/texts/<language>.problems.yaml and its sisters. A page says them by
the texts of the pack that runs; whoever has no pack, such as a terminal, by the inherited ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Union

import yaml
from jinja2 import Template

from dialogs.texts import make_environment
from dialogs.types import Struct

Given = Union[str, int, tuple[str, ...], "Phrase"]
Say = Callable[..., str]  # say(key, **values): the text of the key in the reader's language

ENGLISH = "en"
_TEXTS = Path(__file__).parent.parent / "defaults" / "texts"


class Phrase(Struct):
    """`key`: without its prefix. `values`: by name, in the order of their names."""

    key: str
    values: tuple[tuple[str, Given], ...] = ()

    def get(self, name: str) -> Given | None:
        return dict(self.values).get(name)


def phrase(key: str, /, **values: Given) -> Phrase:
    """The phrase of a key. tests/dialogs/test_problem_texts.py looks for each in the texts."""
    return Phrase(key=key, values=tuple(sorted(values.items())))


def tell(what: Phrase, say: Say) -> str:
    """The phrase in words; phrases among its values are said first."""
    values = {n: tell(v, say) if isinstance(v, Phrase) else v for n, v in what.values}
    return say(f"problem.{what.key}", **values)


def say_inherited(language: str) -> Say:
    """A `say` that needs no pack: by the texts below every pack. KeyError for unknown ones."""

    def say(key: str, /, **values: object) -> str:
        return _compiled(language, key).render(values)

    return say


def languages() -> tuple[str, ...]:
    """The languages that `say_inherited` speaks."""
    return tuple(sorted({path.name.split(".")[0] for path in _TEXTS.glob("*.problems.yaml")}))


@lru_cache(maxsize=1_024)
def _compiled(language: str, key: str) -> Template:
    return make_environment(language).from_string(_sources(language)[key])


@lru_cache(maxsize=8)
def _sources(language: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_TEXTS.glob(f"{language}.*problems.yaml")):
        found |= yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found
