"""What was learnt of a pack, under a name that tells all it was learnt from.

Learning takes seconds and gives the same each time, so whoever keeps it spares the next start that.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Learnt = Mapping[str, NDArray[Any]]  # numbers and rows of numbers by their names


class Notes(Protocol):
    """Keeps what was learnt, at least as long as the program that learnt it is the same."""

    def recall(self, name: str) -> Learnt | None:
        """What was learnt under this name, if it is known."""
        ...

    def keep(self, name: str, learnt: Learnt) -> None:
        """Note what was learnt."""
        ...


def name_of(*parts: bytes | NDArray[Any]) -> str:
    """The same for the same parts alone."""
    made = blake2b(digest_size=20)
    for part in parts:
        if isinstance(part, np.ndarray):
            made.update(f"{part.dtype}{part.shape}".encode())
            made.update(np.ascontiguousarray(part).data)
        else:
            made.update(f"{len(part)}:".encode())
            made.update(part)
    return made.hexdigest()
