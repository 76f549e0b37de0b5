"""A file that staff bring in a form, with the other fields."""

from __future__ import annotations

from collections.abc import Mapping

from litestar.datastructures import UploadFile

from bot.web.access import StaffRequest
from dialogs.types import Struct


class Upload(Struct):
    """`problem`: too_large, or "". Without a file its content is empty."""

    fields: Mapping[str, str]
    name: str = ""
    content: bytes = b""
    problem: str = ""


async def read_upload(request: StaffRequest, most: int) -> Upload:
    """The form's fields and its field `file`, of at most so many bytes."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return Upload(fields={})
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return Upload(fields=fields)
    content = await file.read(most + 1)
    if len(content) > most:
        return Upload(fields=fields, name=file.filename, problem="too_large")
    return Upload(fields=fields, name=file.filename, content=content)
