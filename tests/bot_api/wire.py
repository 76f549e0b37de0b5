"""One request as both libraries send it: JSON, form or multipart; then as a method of aiogram."""

from __future__ import annotations

import json
import re
import types
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from aiogram import methods
from aiogram.methods import TelegramMethod
from aiohttp import BodyPartReader, web
from pydantic import BaseModel, ValidationError

from .refusals import Refusal, bad

METHODS: dict[str, type[TelegramMethod[Any]]] = {
    found.__api_method__.lower(): found
    for name in methods.__all__
    if isinstance(found := getattr(methods, name), type)
    and issubclass(found, TelegramMethod)
    and found is not TelegramMethod
}
WHOLE_NUMBER = re.compile(r"-?\d{1,20}")
TOO_LARGE = Refusal(413, "Request Entity Too Large")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request."""

    name: str
    content: bytes
    mime: str


async def read_request(
    request: web.Request, largest: int
) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters as they came and files by field. Raises Refusal for a file above `largest`."""
    fields: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    kind = request.content_type
    if kind == "application/json":
        body = await request.read()
        try:
            given = json.loads(body) if body else {}
        except ValueError:
            raise bad("can't parse JSON object") from None
        fields |= given
    elif kind == "multipart/form-data":
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                await _read_part(part, fields, uploads, largest)
    elif request.can_read_body:
        fields |= {key: str(value) for key, value in (await request.post()).items()}
    return fields, uploads


async def _read_part(
    part: BodyPartReader, fields: dict[str, Any], uploads: dict[str, Upload], largest: int
) -> None:
    name = part.name or ""
    if part.filename is None:
        fields[name] = (await part.read()).decode()
        return
    content = bytearray()
    while chunk := await part.read_chunk(1 << 18):
        if len(content) <= largest:
            content += chunk
    if len(content) > largest:
        raise TOO_LARGE
    mime = part.headers.get("Content-Type", "application/octet-stream")
    uploads[name] = Upload(part.filename, bytes(content), mime)
    # A file under the name of its parameter needs no attach:// address.
    fields.setdefault(name, f"attach://{name}")


def build_method(
    model: type[TelegramMethod[Any]], fields: dict[str, Any]
) -> tuple[TelegramMethod[Any], list[str]]:
    """The typed method, and the paths of parameters it does not know. Raises Refusal 400."""
    known = {key: value for key, value in fields.items() if key in model.model_fields}
    plain = {key: _open(model.model_fields[key].annotation, v) for key, v in known.items()}
    try:
        method = model.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise bad(f"can't parse parameter {place}: {first['msg']}") from None
    # Files of a multipart request that nothing points to are parts, not parameters.
    unknown = [k for k, v in fields.items() if k not in known and v != f"attach://{k}"]
    return method, unknown + list(_strangers(method, ""))


def _open(annotation: Any, value: Any) -> Any:
    """A form field in its JSON form, where the parameter is more than text."""
    if not isinstance(value, str):
        return value
    leaves = _leaves(annotation)
    if int in leaves and WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if str in leaves or value[:1] not in ("[", "{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad("can't parse JSON-serialized parameter") from None


def _leaves(annotation: Any) -> set[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        return {leaf for each in get_args(annotation) for leaf in _leaves(each)}
    return {annotation}


def _strangers(value: Any, path: str) -> list[str]:
    """Paths of what nested objects hold beyond their type."""
    if isinstance(value, BaseModel):
        found = [f"{path}{name}" for name in (value.model_extra or {})]
        for name in value.model_fields_set & set(type(value).model_fields):
            found += _strangers(getattr(value, name), f"{path}{name}.")
        return found
    if isinstance(value, list):
        return [each for item in value for each in _strangers(item, path)]
    return []
