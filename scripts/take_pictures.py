"""Takes the pictures of docs/pictures from the real product: `make pictures`.

The product runs on free ports of this machine with a folder that is thrown away afterwards, and
with the sample company open round the clock, so that the pictures do not depend on the hour.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from playwright.sync_api import (
    Browser,
    FrameLocator,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
# Names no font that must be there: where it is missing, the machine's own serves.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <edit name="family" mode="prepend" binding="strong"><string>Liberation Sans</string></edit>
  </match>
</fontconfig>
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 180
PATIENCE_MS = 30_000  # with a busy machine
SETTLE_MS = 600  # an answer of several messages arrives within this time
TALKS = 300  # of the made-up month
LARGEST = 200_000  # bytes of a picture, so that the front page of the repository loads at once
TIME_ZONE = "Europe/Berlin"  # the sample company's
PHONE, DESK, LAPTOP = (412, 915), (1280, 800), (1280, 800)
Where = Page | FrameLocator

OTHERS = 3  # talks that Mareike has besides
CONSOLE = {
    "transcripts": "/transcripts?ownership=state_owned&not_step=escalated",
    "reviews": "/reviews",
    "funnel": "/funnel",
    "questions-asked": "/funnel/questions",
    "quality": "/quality",
    "insights": "/insights",
    "service": "/service",
    "understanding": "/understanding",
    "prices": "/content/prices",
}
QUESTION = ("Is there a free trial?",)
PRICE_ONLY = ("How much is Professional? I only need the price, no questions please.",)
CHINESE = (
    "我们是上海的一家民营服装公司，300人左右，没有自己的服务器，我在采购部",
    "想把门店和线上的库存统一管理",
)
TO_ESTIMATE = (
    "Hello, we are a private bicycle retailer in Munich.",
    "An online shop for bicycles, spare parts and workshop dates",
    "We are about 80 people. Is there a white paper for our architects?",
)
TO_PERSON = (
    "Yes, we have our own servers",
    "Does it connect to our stock system?",
    "I am the head of IT",
    "I recommend, others decide",
    "Our budget is 40,000 euros and we want to start in Q2",
    "I would like to talk to a person",
    "anna.berger@example.org",
)


@dataclass(frozen=True)
class Product:
    """The running product. `url` ends without a slash."""

    url: str
    environment: dict[str, str]


def find_ports() -> tuple[int, int]:
    """Two ports of this machine that are free now."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


def copy_pack(target: Path) -> Path:
    """The sample company in `target`, open at every hour of every day."""
    shutil.copytree(ROOT / "dialogs" / "demo", target)
    company = target / "company.yaml"
    facts = yaml.safe_load(company.read_text("utf-8"))
    facts["hours"] = dict.fromkeys(facts["hours"], "00:00-23:59")
    company.write_text(yaml.safe_dump(facts, allow_unicode=True), "utf-8")
    return target


@contextmanager
def run_product(folder: Path) -> Iterator[Product]:
    """The product while the block runs. Raises RuntimeError with its log if it does not start."""
    port, second = find_ports()
    own = {
        "HOST": "127.0.0.1", "PORT": str(port), "DEMO_PORT": str(second), "LOG_FORMAT": "json",
        "DATA_DIR": str(folder / "data"), "COMPANY_PACK": str(copy_pack(folder / "pack")),
    }  # fmt: skip
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    product = Product(f"http://127.0.0.1:{port}", kept | own)
    seed(product)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT, env=product.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        if not wait_until_ready(product, process):
            raise RuntimeError("the product did not start:\n" + (folder / "log").read_text())
        yield product
    finally:
        process.terminate()
        process.wait()


def seed(product: Product) -> None:
    """A made-up month, so that lists and figures have something to show."""
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", "seed", "--talks", str(TALKS)],
        cwd=ROOT, env=product.environment, check=True,
    )  # fmt: skip


def wait_until_ready(product: Product, process: subprocess.Popen[bytes]) -> bool:
    """Whether the product answers within START_SECONDS."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(product.url + "/health", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def add_staff(product: Product, name: str, role: str) -> str:
    """Make a staff account and return its password."""
    password = secrets.token_urlsafe(12)
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", "staff", "add", name, "--role", role, "--password-stdin"],
        cwd=ROOT, env=product.environment, input=password.encode(), capture_output=True, check=True,
    )  # fmt: skip
    return password


def open_page(
    browser: Browser,
    size: tuple[int, int],
    scale: float = 1,
    locale: str = "en-GB",
    signed: StorageState | None = None,
) -> Page:
    """A page of `size` CSS pixels in a browser of its own; `scale` is its density.

    `signed` is what a browser keeps where somebody has signed in.
    """
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale=locale,
        timezone_id=TIME_ZONE,
        reduced_motion="reduce",
        storage_state=signed,
    )
    return context.new_page()


def play(chat: Where, page: Page, sentences: Sequence[str]) -> None:
    """Say each sentence and wait for what the product answers."""
    field = chat.locator("#text")
    expect(chat.locator("#log .message.bot").first).to_be_visible()
    for sentence in sentences:
        field.fill(sentence)
        field.press("Enter")
        expect(chat.locator("#log .message.prospect").last).to_contain_text(sentence)
        expect(chat.locator("#log .message.prospect ~ .message.bot").last).to_be_visible()
        expect(chat.locator("#typing")).to_be_hidden(timeout=15_000)
        page.wait_for_timeout(SETTLE_MS)


def shoot(page: Page, name: str) -> None:
    """Write one picture. Raises RuntimeError if it is too large to be loaded at once."""
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target, animations="disabled", caret="hide")
    size = target.stat().st_size
    print(f"{target.relative_to(ROOT)}: {size // 1000} kB")
    if size > LARGEST:
        raise RuntimeError(f"{target} has {size} bytes, more than {LARGEST}")


def sign_in(page: Page, product: Product, name: str, role: str) -> None:
    """Make an account of this role and sign in with it."""
    password = add_staff(product, name, role)
    page.goto(product.url + "/signin")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/signin" not in url)


def talk(browser: Browser, product: Product, sentences: Sequence[str], language: str) -> None:
    """A whole talk that only fills the lists."""
    page = open_page(browser, PHONE, locale=language)
    page.goto(f"{product.url}/chat?language={language}")
    play(page, page, sentences)
    page.context.close()


def shoot_chat(browser: Browser, product: Product) -> str:
    """Picture the chat on a phone, bring the talk to a person, and give its id."""
    page = open_page(browser, PHONE, scale=1.5)
    page.goto(product.url + "/chat")
    play(page, page, TO_ESTIMATE)
    page.locator("#scroll").evaluate("box => (box.scrollTop = box.scrollHeight)")
    shoot(page, "chat")
    play(page, page, TO_PERSON)
    kept = page.evaluate("JSON.parse(localStorage.getItem('firstline.talk')).conversation")
    page.context.close()
    return str(kept)


def shoot_site(browser: Browser, product: Product) -> None:
    """Picture the sample company's site with the widget open."""
    page = open_page(browser, LAPTOP)
    page.goto(product.url)
    page.get_by_role("button", name="Ask us").click()
    play(page.frame_locator("firstline-chat iframe"), page, QUESTION)
    shoot(page, "site")
    page.context.close()


def shoot_desk(browser: Browser, product: Product, conversation: str) -> None:
    """Picture the inbox of somebody at work: at a desk, and one talk on a phone."""
    desk = open_page(browser, DESK)
    sign_in(desk, product, "Mareike", "presales")
    others = [each for each in list_waiting(desk, product) if each != conversation]
    for talk in (*others[-OTHERS:], conversation):
        desk.goto(f"{product.url}/inbox/{talk}?view=mine")
        desk.get_by_role("button", name="Claim").click()
        expect(desk.locator("#mode-reply")).to_be_visible()
    desk.goto(f"{product.url}/inbox/{conversation}?view=mine")
    desk.mouse.move(0, 0)
    desk.locator("#scroll").evaluate("box => (box.scrollTop = 0)")  # the brief stands on top
    shoot(desk, "inbox")
    phone = open_page(browser, PHONE, scale=1.5, signed=desk.context.storage_state())
    phone.goto(f"{product.url}/inbox/{conversation}?view=mine")
    phone.wait_for_timeout(SETTLE_MS)
    phone.evaluate("scrollTo(0, 0)")
    shoot(phone, "inbox-phone")


def list_waiting(page: Page, product: Product) -> list[str]:
    """The talks that wait for a person, by id, those that began last at the end."""
    page.goto(f"{product.url}/inbox?view=waiting")
    rows = page.locator("#queue .row[data-key]")
    return [str(each) for each in rows.evaluate_all("rows => rows.map(row => row.dataset.key)")]


def shoot_managers(browser: Browser, product: Product, conversation: str) -> None:
    """Picture a transcript and the pages of the managers."""
    manager = open_page(browser, LAPTOP)
    sign_in(manager, product, "Clara", "manager")
    manager.goto(f"{product.url}/transcripts/{conversation}")
    manager.locator("#brief summary").click()  # the inbox shows the brief, this one the talk
    shoot(manager, "transcript")
    for name, address in CONSOLE.items():
        manager.goto(product.url + address)
        shoot(manager, name)


def take_pictures(browser: Browser, product: Product) -> None:
    """Play the talks and write every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    talk(browser, product, PRICE_ONLY, "en")
    talk(browser, product, CHINESE, "zh")
    shoot_site(browser, product)
    conversation = shoot_chat(browser, product)
    shoot_desk(browser, product, conversation)
    shoot_managers(browser, product, conversation)


def main() -> int:
    """Take all pictures; 1 if this machine has no Chromium."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        print("No Chromium here: install it (Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    with (
        TemporaryDirectory(prefix="firstline-") as folder,
        run_product(Path(folder)) as product,
        sync_playwright() as playwright,
    ):
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONTS, "utf-8")
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        take_pictures(browser, product)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
