"""What every struct of the consultation inherits. The leaf of `dialogs`."""

from __future__ import annotations

from typing import dataclass_transform

import msgspec


# Type checkers must be told that what inherits is frozen too, with keywords only.
@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything that crosses a border or is stored."""
