"""A group in which somebody may not see personal data gets no e-mail address or phone number."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.types import FileInfo, Reading
from tests.bot.telegram.room import open_room

SAID = "Write to petra@shop.example or ring +49 170 1234567"


@pytest.mark.parametrize("contacts", ["shown", "hidden"])
async def test_contacts_stand_in_the_group_only_where_it_may_see_them(
    tmp_path: Path, contacts: str
) -> None:
    async with open_room(tmp_path, desk_group_contacts=contacts) as room:
        slots = {"email": "petra@shop.example", "phone": "+491701234567", "city": "Graz"}
        room.hall.words.script[SAID] = Reading(
            text=SAID, language="en", intents=("provide_info",), slots=dict(slots)
        )
        talk = await room.hall.open()
        await room.hall.say(talk, SAID)
        await room.hall.escalate(talk)
        await room.show()
        await room.write(room.anna, talk, "/take")
        await room.write(room.anna, talk, "/profile")
        await room.hall.say(talk, SAID)
        file = FileInfo(id="f" * 32, name="cv.pdf", size=9, sha256="00" * 32)
        path = room.hall.core.uploads.path(file.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4\n")
        await room.hall.handle(talk, kind="file", file=file)
        await room.wait(60_000)
        sent = [each.file for each in room.shown(talk) if each.by_bot and each.file is not None]
        assert len(sent) == (contacts == "shown"), "a file may hold what is hidden"
        posted = "\n".join(each.text for each in room.shown(talk) if each.by_bot)
        for secret in ("petra@shop", "1701234567", "170 1234567"):
            assert (secret in posted) == (contacts == "shown"), secret
        assert "Graz" in posted
        assert "cv.pdf" in posted
        assert ("•••@•••" in posted) == (contacts == "hidden")
        assert room.hall.state(talk).profile["email"].value == "petra@shop.example"
