"""What the protocol answers when a fault is not the client's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from litestar.exceptions import InternalServerException
from litestar.testing import RequestFactory

from bot.prospects.problems import Answerer
from bot.settings import Settings
from bot.web.deps import Deps
from dialogs import texts
from storage.errors import WriteFailed
from tests.dialogs.consulting import demo


def answer(error: Exception) -> Any:
    pack = demo()
    fake = SimpleNamespace(pack=pack, texts=texts.of(pack), settings=Settings.from_environment({}))
    return Answerer(cast(Deps, fake)).fault(RequestFactory().post("/"), error)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (WriteFailed("disk full"), 503, "unavailable"),
        (ValueError("secret"), 500, "internal"),
        (InternalServerException("client disconnected prematurely"), 422, "invalid"),
        (InternalServerException("other"), 500, "internal"),
    ],
)
def test_faults_are_told_apart(error: Exception, status: int, code: str) -> None:
    told = answer(error)
    shown = msgspec.to_builtins(told.content)
    assert (told.status_code, shown["error"]) == (status, code)
    assert "secret" not in shown["text"]
