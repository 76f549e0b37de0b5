"""Files that staff send: a download for the one prospect, and nothing for anybody else."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.async_api import expect

from bot.desk import StaffReply
from bot.web.links import PaperLink, Signer
from dialogs.types import FileInfo
from storage import accounts, leads
from tests.bot.hall import Member
from tests.bot.made_files import stream
from tests.bot.office import Office, Prospect
from tests.bot.web.test_staff_browser import NewPage, browser, new_page

__all__ = ["browser", "new_page"]

HARM = b"<html><script>alert(1)</script></html>"
NAME = "Angebot \u202e\u201eNord\u201c.html"


async def talk_with_file(office: Office) -> tuple[Prospect, Member, FileInfo]:
    """A claimed talk in which a colleague sent one file without words."""
    prospect = await office.open_prospect()
    staff = Member(await office.add_staff(f"sender-{prospect.conversation}", "presales"), "Mia")
    assert (await office.core.desk.claim(staff, prospect.conversation)).won
    kept = await office.core.uploads.receive(stream(HARM), NAME, any_kind=True)
    said = StaffReply(files=(kept.info(),))
    acted = await office.core.desk.reply(staff, prospect.conversation, "r1", said)
    assert not acted.refused
    return prospect, staff, kept.info()


def attached(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for message in messages for each in message.get("attachments", [])]


async def test_the_prospect_gets_a_download_that_stays_inert(office: Office) -> None:
    prospect, _, _ = await talk_with_file(office)
    (file,) = attached(await prospect.read())
    assert (file["kind"], file["title"], file["size"]) == (
        "file",
        "Angebot \u201eNord\u201c.html",
        len(HARM),
    )
    answer = await office.client().get(file["href"])
    assert (answer.status_code, answer.content) == (200, HARM)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Angebot")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_the_message_without_words_is_theirs(office: Office) -> None:
    prospect, _, _ = await talk_with_file(office)
    message = (await prospect.read())[-1]
    assert (message["author"], message.get("text", "")) == ("staff", "")


async def test_a_link_opens_the_file_of_its_own_talk_alone(office: Office) -> None:
    first, _, file = await talk_with_file(office)
    other, _, _ = await talk_with_file(office)
    signer = Signer(office.deps.secret)
    later = office.clock.now() + 3_600_000
    wrong = PaperLink("f", file.id, "en", other.conversation, later)
    unknown = PaperLink("f", "../../etc/passwd", "en", first.conversation, later)
    for link in (wrong, unknown):
        assert (await office.client().get(f"/d/{signer.sign(link)}")).status_code == 404
    over = PaperLink("f", file.id, "en", first.conversation, office.clock.now() - 1)
    assert (await office.client().get(f"/d/{signer.sign(over)}")).status_code == 410


async def test_a_file_that_is_gone_from_the_disk_is_refused_in_words(office: Office) -> None:
    prospect, _, file = await talk_with_file(office)
    (shown,) = attached(await prospect.read())
    office.core.uploads.delete([file.id])
    answer = await office.client().get(shown["href"])
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_after_erasing_neither_file_nor_link_is_left(office: Office) -> None:
    prospect, staff, file = await talk_with_file(office)
    (shown,) = attached(await prospect.read())
    await office.core.desk.hand_back(staff, prospect.conversation)
    await office.do(prospect.conversation, "choice", value="forget")
    await office.do(prospect.conversation, "choice", value="erase")
    assert (await office.client().get(shown["href"])).status_code == 410
    assert office.db.peek(lambda tx: leads.get_file(tx, file.id)) is None
    assert not office.core.uploads.path(file.id).exists()


async def test_inbox_and_transcript_show_it_with_the_message_and_not_among_the_prospects(
    office: Office,
) -> None:
    prospect, _, file = await talk_with_file(office)
    await prospect.upload("needs.txt", b"The shop must print labels.")
    worker = await office.worker("manager")
    worker.headers["Accept"] = "text/html"
    for path in ("/inbox/", "/transcripts/"):
        page = (await worker.get(path + prospect.conversation)).text
        assert page.count(f"/inbox/{prospect.conversation}/files/{file.id}") == 1
        assert "needs.txt" in page
    saved = await worker.get(f"/inbox/{prospect.conversation}/files/{file.id}")
    assert (saved.status_code, saved.content) == (200, HARM)


async def test_a_colleagues_file_stays_open_to_who_may_not_see_personal_data(
    office: Office,
) -> None:
    prospect, _, file = await talk_with_file(office)
    worker = await office.worker("manager", "veiled-reader")
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, "veiled-reader"))
    assert staff is not None
    await office.db.write(lambda tx: accounts.set_personal(tx, staff.id, "no"))
    saved = await worker.get(f"/inbox/{prospect.conversation}/files/{file.id}")
    assert (saved.status_code, saved.content) == (200, HARM)


async def test_erasing_works_while_a_person_has_the_talk(office: Office) -> None:
    """What the bot must say then is a line of notice, its button with it."""
    prospect, _, _ = await talk_with_file(office)
    await office.do(prospect.conversation, "choice", value="forget")
    asked = (await prospect.read())[-1]
    assert asked["author"] == "event"
    assert [button["value"] for button in asked["buttons"]] == ["erase"]
    await office.do(prospect.conversation, "choice", value="erase")
    answer: httpx.Response = await prospect.client.get(
        f"/api/conversations/{prospect.conversation}/messages"
    )
    assert answer.status_code == 410


async def test_the_widget_offers_the_file_as_a_download(office: Office, new_page: NewPage) -> None:
    page = await new_page(accept_downloads=True)
    async with page.expect_response("**/api/conversations") as began:
        await page.goto(office.url + "/chat")
        await page.locator("textarea").fill("Hello")
        await page.locator("textarea").press("Enter")
    talk = (await (await began.value).json())["conversation"]
    staff = Member(await office.add_staff("sender-browser", "presales"), "Mia")
    assert (await office.core.desk.claim(staff, talk)).won
    kept = await office.core.uploads.receive(stream(HARM), NAME, any_kind=True)
    await office.core.desk.reply(staff, talk, "r1", StaffReply(text="Here", files=(kept.info(),)))
    link = page.get_by_role("link", name="Save the file: Angebot \u201eNord\u201c.html")
    await expect(link).to_be_visible()
    async with page.expect_download() as saving:
        await link.click()
    saved = await (await saving.value).path()
    assert saved.read_bytes() == HARM
    # What must be said while a person has the talk keeps its button.
    await office.do(talk, "choice", value="forget")
    await expect(page.get_by_role("button", name="Delete")).to_be_enabled()


async def test_staff_see_which_words_were_edited_or_forwarded(office: Office) -> None:
    talk = await office.open_talk()
    await office.do(talk, "text", text="Somebody else's line", origin="forwarded")
    await office.do(talk, "text", text="My own line")
    worker = await office.worker("manager")
    page = (await worker.get(f"/transcripts/{talk}", headers={"Accept": "text/html"})).text
    assert page.count(">forwarded</span>") == 1
    assert ">edited</span>" not in page
