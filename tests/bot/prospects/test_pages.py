"""The pages around the talk: headers, weight, figures, and papers behind signed links."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import shutil
import sqlite3
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from pypdf import PdfWriter

from bot.prospects.papers import make_anchor, render_markdown
from bot.web.links import BadLinkError, ExpiredLinkError, PaperLink, Signer
from dialogs.loading import load
from tests.bot.prospect import Prospect, check_refusal
from tests.bot.server import Server, make_server

DEMO = Path(__file__).parents[3] / "dialogs" / "demo"
HOUR = 3_600_000


@pytest.fixture
def signer(server: Server) -> Signer:
    return Signer((server.data / "secret.key").read_text().strip().encode())


# --- headers, weight ------------------------------------------------------------------------------

PAGES = ("/", "/chat", "/nothing-here", "/d/forged.link", "/api/openapi.json", "/health")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_a_strict_policy(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers


def test_the_chat_may_be_framed_by_the_named_origins_alone(
    client: httpx.Client, server: Server
) -> None:
    policy = client.get("/chat").headers["content-security-policy"]
    frames = re.search(r"frame-ancestors ([^;]*)", policy)
    assert frames
    assert frames.group(1).split() == ["'self'", server.url, server.second_url]
    site = client.get("/").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in site
    assert "frame-src 'self'" in site


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_a_page_has_nothing_inline_nothing_foreign_and_little_weight(
    client: httpx.Client, path: str
) -> None:
    page = client.get(path)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page.text)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page.text)
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    weight, waiting, seen = len(page.content), _links(page.text), set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        found = client.get(address)
        assert found.status_code == 200, address
        weight += len(found.content)
        folder = address.rsplit("/", 1)[0]
        waiting += [f"{folder}/{name}" for name in re.findall(r'from "\./(.+?)"', found.text)]
    assert len(seen) >= 3
    assert weight < 100_000


def _links(page: str) -> list[str]:
    found = re.findall(r'(?:src|href)="(/(?:static|widget)[^"]*)"', page)
    return [str(each) for each in found]


def test_static_files_are_kept_for_ever_by_their_digest(client: httpx.Client) -> None:
    address = next(each for each in _links(client.get("/chat").text) if each.endswith("chat.css"))
    fresh = client.get(address)
    assert "immutable" in fresh.headers["cache-control"]
    again = client.get(address, headers={"If-None-Match": fresh.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    old = client.get("/static/0123456789abcdef/chat.css")
    assert old.headers["cache-control"] == "no-cache"
    assert client.get("/static/x/..%2f..%2fpages.py").status_code == 404
    assert client.get("/static/x/nothing.js").status_code == 404


def test_files_travel_packed_where_the_browser_can_unpack(client: httpx.Client) -> None:
    address = next(each for each in _links(client.get("/chat").text) if each.endswith("chat.css"))
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    plain = client.get(address, headers={"Accept-Encoding": "identity"}).content
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2


def test_the_widget_script_may_be_used_by_any_site(client: httpx.Client) -> None:
    script = client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "/* words */" not in script.text
    assert "咨询我们" in script.text


def test_the_site_speaks_the_languages_of_the_pack(client: httpx.Client) -> None:
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "fr, en"}).text
    assert '<html lang="zh">' in client.get("/", headers={"Accept-Language": "zh-TW,en"}).text
    assert '<html lang="zh">' in client.get("/?language=zh").text
    assert '<html lang="ru">' in client.get("/", headers={"Accept-Language": "ru-RU,en"}).text
    spanish = client.get("/?language=es", headers={"Accept-Language": "ru-RU,en"}).text
    assert '<html lang="es">' in spanish
    named = re.findall(r'<a href="/\?language=(\w+)"[^>]*>([^<]+)</a>', spanish)
    assert named == [("en", "English"), ("zh", "中文"), ("ru", "Русский"), ("es", "Español")]
    assert '<html lang="en">' in client.get("/?language=%00<script>").text


def test_the_second_origin_shows_the_widget_as_a_guest(server: Server) -> None:
    with httpx.Client(base_url=server.second_url, trust_env=False) as guest:
        page = guest.get("/")
        assert f'src="{server.url}/widget.js"' in page.text
        policy = page.headers["content-security-policy"]
        assert f"script-src {server.url}; frame-src {server.url};" in policy
        assert all(guest.get(each).status_code == 200 for each in _links(page.text))
        assert guest.post("/api/conversations", json={}).status_code == 404
        assert guest.get("/inbox").status_code == 404


def test_an_error_page_is_kind_to_people_and_to_programs(client: httpx.Client) -> None:
    page = client.get("/nothing", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert page.status_code == 404
    assert "页面不存在" in page.text
    assert check_refusal(client.get("/nothing"))["error"] == "not_found"


def test_the_protocol_describes_itself(client: httpx.Client) -> None:
    described = client.get("/api/openapi.json").json()
    paths = described["paths"]
    assert set(paths) == {
        "/api/conversations",
        "/api/conversations/{conversation}/messages",
        "/api/conversations/{conversation}/stream",
        "/api/conversations/{conversation}/files",
        "/api/conversations/{conversation}/telegram",
        # What other systems of the company read with a token of theirs.
        "/api/v1/leads",
        "/api/v1/leads/{lead}",
        "/api/v1/leads/{lead}/messages",
        "/api/v1/figures",
    }
    assert "inbox" not in str(described)


def test_health_and_figures(client: httpx.Client, prospect: Prospect) -> None:
    assert client.get("/health").json()["status"] == "ok"
    prospect.say("hello")
    figures = client.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    counted = re.search(r'firstline_turns_total\{kind="text"\} (\d+)', figures.text)
    assert counted
    assert int(counted.group(1)) > 0
    assert prospect.id not in figures.text


# --- papers ---------------------------------------------------------------------------------------


def _white_paper(prospect: Prospect) -> str:
    new = prospect.ask("Please send me your white paper")
    papers = [paper for each in new for paper in each.get("attachments", [])]
    assert papers, new
    assert papers[0]["kind"] == "document"
    return str(papers[0]["href"])


def _openings(server: Server, prospect: Prospect) -> list[tuple[str, int, int]]:
    """(document, opened at, times) of the ledger."""
    with sqlite3.connect(f"file:{server.data / 'firstline.db'}?mode=ro", uri=True) as connection:
        return connection.execute(
            "SELECT document, opened_at, times_opened FROM document_given WHERE conversation = ?",
            [prospect.id],
        ).fetchall()


def test_a_paper_opens_in_the_browser_and_is_noted(prospect: Prospect, server: Server) -> None:
    address = _white_paper(prospect)
    assert _openings(server, prospect) == [("white-paper-en", 0, 0)]
    page = prospect.client.get(address)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert page.headers["cache-control"] == "private, no-store"
    assert "<h1" in page.text
    assert "content-disposition" not in page.headers
    [(document, opened_at, times)] = _openings(server, prospect)
    assert (document, times) == ("white-paper-en", 1)
    assert abs(opened_at - time.time() * 1000) < 60_000


def test_a_link_is_bound_and_sealed(prospect: Prospect) -> None:
    address = _white_paper(prospect)
    body, seal = address.removeprefix("/d/").split("#")[0].split(".")
    for forged in (
        f"{body}.", f".{seal}", body, f"{body}.{seal[:-1]}", f"{body[:-2]}AA.{seal}",
        f"{body}.{seal}.{seal}", "a.b", "%00.%00", "🦜.🦜", "A" * 4000 + ".B",
    ):  # fmt: skip
        answer = prospect.client.get("/d/" + forged, headers={"Accept": "text/html"})
        assert answer.status_code == 404, forged
        assert "<h1>" in answer.text


def test_an_expired_link_says_what_to_do(prospect: Prospect, signer: Signer) -> None:
    past = int(time.time() * 1000) - 1
    signed = signer.sign(PaperLink("d", "white-paper-en", "en", prospect.id, past))
    answer = prospect.client.get(f"/d/{signed}")
    assert answer.status_code == 410
    assert "chat" in answer.text
    chinese = signer.sign(PaperLink("d", "white-paper-zh", "zh", prospect.id, past))
    assert "链接已过期" in prospect.client.get(f"/d/{chinese}").text


def test_what_is_internal_opens_for_nobody(prospect: Prospect, signer: Signer) -> None:
    pack = load(DEMO)
    inner = [("d", each.id, each.language) for each in pack.documents if not each.public]
    inner += [("a", each.id, each.language) for each in pack.articles if not each.public]
    assert len(inner) >= 4
    later = int(time.time() * 1000) + HOUR
    for kind, name, language in inner:
        signed = signer.sign(PaperLink(kind, name, language, prospect.id, later))
        answer = prospect.client.get(f"/d/{signed}")
        assert answer.status_code == 404, name


def test_every_public_paper_opens(prospect: Prospect, signer: Signer) -> None:
    pack = load(DEMO)
    public = [("d", each.id, each.language, each.title) for each in pack.documents if each.public]
    public += [("a", each.id, each.language, each.title) for each in pack.articles if each.public]
    later = int(time.time() * 1000) + HOUR
    for kind, name, language, title in public:
        signed = signer.sign(PaperLink(kind, name, language, prospect.id, later))
        answer = prospect.client.get(f"/d/{signed}")
        assert answer.status_code == 200, name
        assert f'lang="{language}"' in answer.text
        assert title.split(":")[0].split("：")[0][:8] in answer.text.replace("&#39;", "'"), name


def test_a_pdf_of_the_pack_opens_inline(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(DEMO, pack)
    made = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(made)
    (pack / "documents" / "sheet.pdf").write_bytes(made.getvalue())
    index = pack / "documents" / "index.yaml"
    index.write_text(index.read_text() + PDF_ENTRY % hashlib.sha256(made.getvalue()).hexdigest())
    server = make_server(tmp_path / "data", ENCODER="off", COMPANY_PACK=str(pack))
    server.start()
    try:
        with server.client() as client:
            prospect = Prospect(client)
            signer = Signer((server.data / "secret.key").read_text().strip().encode())
            later = int(time.time() * 1000) + HOUR
            signed = signer.sign(PaperLink("d", "sheet-en", "en", prospect.id, later))
            answer = client.get(f"/d/{signed}")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == 'inline; filename="sheet-en.pdf"'
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.content == made.getvalue()
    finally:
        server.stop()


PDF_ENTRY = """
  - id: sheet-en
    kind: release_notes
    language: en
    version: "1"
    valid_from: 2026-01-01
    valid_to: 2030-12-31
    visibility: public
    title: Data sheet
    summary: One page.
    file: sheet.pdf
    checksum: %s
"""


def test_a_link_dies_with_its_conversation(client: httpx.Client, signer: Signer) -> None:
    later = int(time.time() * 1000) + HOUR
    unknown = signer.sign(PaperLink("d", "white-paper-en", "en", "A" * 22, later))
    assert client.get(f"/d/{unknown}").status_code == 410
    prospect = Prospect(client)
    address = _white_paper(prospect)
    prospect.erase()
    assert client.get(address).status_code == 410


def test_reading_again_gives_the_same_link_and_the_next_hour_a_fresh_one() -> None:
    signer = Signer(b"s" * 32)
    link = PaperLink("d", "x", "en", "c", 1000)
    signed = signer.sign(link)
    assert signer.read(signed, 999) == link
    with pytest.raises(ExpiredLinkError) as caught:
        signer.read(signed, 1000)
    assert caught.value.paper == link
    with pytest.raises(BadLinkError):
        Signer(b"t" * 32).read(signed, 0)
    assert signer.sign(msgspec.structs.replace(link, expires=2000)) != signed


def test_markdown_cannot_bring_html_or_scripts() -> None:
    page = render_markdown(
        "# A & B\n\n<script>x</script> [go](javascript:alert(1)) [ok](https://shop.example)\n"
    )
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert 'rel="noopener noreferrer"' in page
    assert '<h1 id="a-b">' in page
    assert make_anchor("系统要求（一）") == "系统要求-一"


def test_a_link_of_a_paper_stays_on_our_origin(prospect: Prospect) -> None:
    parts = urlsplit(_white_paper(prospect))
    assert (parts.scheme, parts.netloc) == ("", "")
    assert parts.path.startswith("/d/")
