"""Files made for the tests of uploads: real ones, locked ones, and such as mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterable

import docx
import pypdf
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from bot.uploads import ReadText, Stored, Uploads

WORD_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        '2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>"
    ),
}
WORD_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


async def stream(data: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def take(uploads: Uploads, data: bytes, name: str) -> Stored:
    return await uploads.receive(stream(data), name)


async def take_and_read(uploads: Uploads, data: bytes, name: str) -> ReadText:
    stored = await take(uploads, data, name)
    return await uploads.read(stored.id, stored.media_type)


def word_file(*paragraphs: str) -> bytes:
    paper = docx.Document()
    for paragraph in paragraphs:
        paper.add_paragraph(paragraph)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word_xml(body: str, before: str = "") -> dict[str, str | bytes]:
    xml = (
        f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD_SPACE}"><w:body>{body}</w:body>'
        "</w:document>"
    )
    return {**WORD_PARTS, "word/document.xml": xml}


def pdf_file(lines: Iterable[str], password: str | None = None, owner: str | None = None) -> bytes:
    """A small PDF with one line of text on each page."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for line in lines:
        page = writer.add_blank_page(595, 842)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = StreamObject()
        content.set_data(f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = content
    if password is not None:
        writer.encrypt(password, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
