"""The papers that prospects are given: their files, versions and validity: /content/papers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from bot.managers.content.publishing import PATH, Seen, look, mark_of, places, publish
from bot.managers.content.uploading import Upload, read_upload
from bot.packs.edits import Changes
from bot.packs.overlay_files import to_text, with_entry
from bot.packs.paper_files import find_paper_file
from bot.records import clean
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from dialogs.folder.papers import INDEX, MEDIA_TYPES
from dialogs.pack import Document
from dialogs.types import DOCUMENT_KINDS

FILE_MAX = 8_000_000  # bytes
TITLE_MAX, SUMMARY_MAX = 120, 400  # characters
_FIELDS = ("title", "summary", "version", "valid_from", "valid_to", "visibility", "edition", "kind",
           "language")  # fmt: skip


@get(f"{PATH}/papers", opt={"right": "content"})
async def list_papers(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Every paper with its version and until when it holds."""
    today = date.today().isoformat()
    rows = sorted(deps.pack.documents, key=lambda each: (each.kind, each.edition, each.language))
    values = {"rows": rows, "today": today, "over": _edited(deps)}
    return render(deps, request, "content/papers", values)


@get(f"{PATH}/papers/new", opt={"right": "content"})
async def begin_paper(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """An empty form."""
    return _show(deps, request, ("", _blank(deps, request)), Seen())


@post(f"{PATH}/papers/new", opt={"right": "content"}, request_max_body_size=FILE_MAX + 100_000)
async def add_paper(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Publish a paper that was not there."""
    upload = await read_upload(request, FILE_MAX)
    form = _read(deps, upload.fields, _blank(deps, request))
    name = _make_id(form, deps)
    return await _take(deps, request, ("", form), (msgspec.structs.replace(form, id=name), upload))


@get(f"{PATH}/papers/{{paper:str}}", opt={"right": "content"})
async def show_paper(
    request: StaffRequest, deps: FromDeps, paper: FromPath[str], done: FromQuery[int] = 0
) -> Response[Any]:
    """One paper, to be changed."""
    seen = Seen(done="saved" if done else "", number=done)
    return _show(deps, request, (paper, _require(deps, paper)), seen)


@get(f"{PATH}/papers/{{paper:str}}/file", opt={"right": "content"})
async def give_paper(request: StaffRequest, deps: FromDeps, paper: FromPath[str]) -> Response[Any]:
    """The file as it is, always as a download."""
    document = _require(deps, paper)
    try:
        path = find_paper_file(deps.settings, deps.pack, document)
    except FileNotFoundError:
        raise NotFoundException("desk.error.404") from None
    headers = {
        "Content-Disposition": f'attachment; filename="{document.id}{path.suffix}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(path.read_bytes(), media_type="application/octet-stream", headers=headers)


@post(
    f"{PATH}/papers/{{paper:str}}",
    opt={"right": "content"},
    request_max_body_size=FILE_MAX + 100_000,
)
async def change_paper(
    request: StaffRequest, deps: FromDeps, paper: FromPath[str]
) -> Response[Any]:
    """Publish another version of a paper; without a file the one that is there stays."""
    upload = await read_upload(request, FILE_MAX)
    async with deps.teaching:
        document = _require(deps, paper)
        form = _read(deps, upload.fields, document)
        if upload.fields.get("seen") != _mark(document):
            return _show(deps, request, (paper, form), Seen(done="changed_since"), 409)
        return await _take(deps, request, (paper, form), (form, upload))


async def _take(
    deps: Deps, request: StaffRequest, what: tuple[str, Document], new: tuple[Document, Upload]
) -> Response[Any]:
    """`what`: the page to show again; `new`: the paper as it is to be, and its file."""
    document, upload = new
    say = make_say(deps, language_of(deps, request))
    problem = _judge(document, upload)
    if problem:
        seen = Seen(problems=(("", say(f"content.upload.{problem}")),))
        return _show(deps, request, what, seen, 422)
    changes = _changes(deps, document, upload)
    if upload.fields.get("act") == "try":
        return _show(deps, request, what, await look(deps, request, changes, "", ""))
    taught = await publish(deps, request, changes, document.id)
    if taught.problems:
        told = places(deps, request, taught.problems)
        return _show(deps, request, what, Seen(problems=told), 422)
    address = f"{PATH}/papers/{document.id}?done={taught.number}"
    return Response(None, status_code=303, headers={"Location": address})


def _judge(document: Document, upload: Upload) -> str:
    """What is wrong with the file, as the end of a text key; "" for nothing."""
    if upload.problem:
        return upload.problem
    if not upload.content:
        return "" if document.file else "empty"
    suffix = _suffix(upload.name)
    if suffix not in MEDIA_TYPES:
        return "kind"
    if suffix == ".pdf":
        return "" if upload.content.startswith(b"%PDF-") else "kind"
    try:
        upload.content.decode()
    except UnicodeDecodeError:
        return "not_utf8"
    return ""


def _changes(deps: Deps, document: Document, upload: Upload) -> Changes:
    """The index's entry, and the file where there is a new one: under a name of its own, so that
    the former version stays what it was."""
    changes: dict[str, str | None] = {}
    if upload.content:
        digest = hashlib.sha256(upload.content).hexdigest()
        stem = re.sub(r"[^a-z0-9]+", "-", document.id.lower()).strip("-")[:80] or "paper"
        file = f"{stem}-{digest[:8]}{_suffix(upload.name)}"
        changes[f"documents/{file}"] = to_text(file, upload.content)
        document = msgspec.structs.replace(document, file=file, checksum=digest)
    changes[INDEX] = with_entry(deps.overlay.files.get(INDEX), "documents", _entry(document))
    return changes


def _entry(document: Document) -> Mapping[str, Any]:
    """The paper as the index has it; what is not said is left out."""
    whole = {
        "id": document.id, "kind": document.kind, "edition": document.edition,
        "audience": list(document.audience), "language": document.language,
        "version": document.version, "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        "visibility": "public" if document.public else "internal", "title": document.title,
        "summary": document.summary, "file": document.file, "checksum": document.checksum,
        "industry": list(document.industry), "city": document.city,
        "size": list(document.size) if any(document.size) else [],
    }  # fmt: skip
    return {name: value for name, value in whole.items() if value not in ("", [])}


def _read(deps: Deps, fields: Mapping[str, str], former: Document) -> Document:
    """The paper with what the form says; what cannot be is left to `check`."""
    said = {name: " ".join(clean(fields.get(name, "")).split()) for name in _FIELDS}
    language = said["language"] if said["language"] in deps.pack.languages else former.language
    kind = said["kind"] if said["kind"] in DOCUMENT_KINDS else former.kind
    return msgspec.structs.replace(
        former,
        title=said["title"][:TITLE_MAX],
        summary=said["summary"][:SUMMARY_MAX],
        version=said["version"][:TITLE_MAX],
        valid_from=said["valid_from"][:10],
        valid_to=said["valid_to"][:10],
        public=said["visibility"] != "internal",
        edition=said["edition"] if deps.pack.edition(said["edition"]) else "",
        language=former.language if former.id else language,
        kind=former.kind if former.id else kind,
    )


def _blank(deps: Deps, request: StaffRequest) -> Document:
    return Document(
        id="", kind="brochure", edition="", language=language_of(deps, request), audience=(),
        version="", valid_from="", valid_to="", public=True, title="", summary="", file="",
        media_type="", checksum="",
    )  # fmt: skip


def _make_id(form: Document, deps: Deps) -> str:
    """A name that no paper has: white-paper-en, white-paper-2-en."""
    stem = re.sub(r"[^a-z0-9]+", "-", "-".join(filter(None, (form.kind, form.edition))))
    taken = {document.id for document in deps.pack.documents}
    numbers = ("" if n == 1 else f"-{n}" for n in range(1, len(taken) + 2))
    return next(name for each in numbers if (name := f"{stem}{each}-{form.language}") not in taken)


def _require(deps: Deps, paper: str) -> Document:
    found = deps.pack.document(paper)
    if found is None:
        raise NotFoundException("desk.error.404")
    return found


def _mark(document: Document) -> str:
    return mark_of(str(value) for value in _entry(document).values())


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""


def _edited(deps: Deps) -> frozenset[str]:
    """Ids of papers that stand in the overlay."""
    text = deps.overlay.files.get(INDEX, "")
    return frozenset(re.findall(r"^\s*-?\s*id: (\S+)$", text, re.MULTILINE))


def _show(
    deps: Deps, request: StaffRequest, what: tuple[str, Document], seen: Seen, status: int = 200
) -> Response[Any]:
    paper, form = what
    there = deps.pack.document(paper) if paper else None
    values = {
        "paper": paper,
        "form": form,
        "mark": _mark(there) if there is not None else "",
        "seen": seen,
        "kinds": DOCUMENT_KINDS,
        "spoken": deps.pack.languages,
        "editions": deps.pack.editions,
        "megabytes": FILE_MAX // 1_000_000,
    }
    return render(deps, request, "content/paper", values, status)


ROUTES = (list_papers, begin_paper, add_paper, show_paper, give_paper, change_paper)
