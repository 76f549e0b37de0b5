"""The base of everything that storage takes in or hands out."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True):
    """A frozen record. Fields stand in the order of the columns that it is read from."""
