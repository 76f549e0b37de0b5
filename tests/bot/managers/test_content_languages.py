"""What is wrong with a change is told in the language of whoever makes it."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.managers.article_form import place_problems
from bot.managers.content.price_file import write_prices
from bot.managers.teaching import tell_problem
from bot.web.staffpages import LANGUAGE_COOKIE, make_say
from dialogs.folder.problems import Place, Problem, add, problem, write
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
SPOKEN = ("en", "zh", "ru", "es")
WHOLE = Place(file="knowledge/en/x.md", line=1)
# What the page says of an amount with a point, of a value that a text is not given, of a day.
AMOUNT = {
    "en": "`amount_minor` must be a whole number, not `19.00` — write minor units",
    "zh": "“amount_minor”应是整数，不能是“19.00”。请写最小货币单位",
    "ru": "в «amount_minor» должно быть целое число, а не «19.00» — пишите в самых мелких",
    "es": "«amount_minor» debe ser un número entero, no «19.00» — escriba la unidad más pequeña",
}
VALUE = {
    "en": "the text uses `nobody`, which it is not given — use one of: assistant, company",
    "zh": "文案用到了“nobody”，但这里没有这个值。请用其中一个：assistant, company",
    "ru": "в тексте есть «nobody», но такого значения у него нет — подойдёт одно из этого: ass",
    "es": "el texto usa «nobody», un valor que no recibe — use uno de estos: assistant, company",
}
DAY = {
    "en": "document `white-paper-en` ends before it begins — mend valid_from or valid_to",
    "zh": "资料“white-paper-en”的失效日早于生效日。请改正生效日",
    "ru": "материал «white-paper-en» кончается раньше, чем начинается — исправьте начало",
    "es": "el documento «white-paper-en» termina antes de empezar — corrija el principio",
}


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("office") / "data") as opened:
        await opened.add_staff("mara", "manager", "Mara")
        yield opened


@pytest_asyncio.fixture(scope="module")
async def manager(office: Office) -> httpx.AsyncClient:
    return await office.sign_in("mara")


def told(answer: httpx.Response) -> list[str]:
    """The problems that a page lists."""
    (box,) = re.findall(r'<div class="alarm" role="alert">(.*?)</div>', answer.text, re.DOTALL)
    found = re.findall(r"<li>(.*?)</li>", box, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", each)) for each in found]


def fields_of(page: str) -> dict[str, str]:
    inputs = re.findall(r'<input (?:type="\w+" )?name="(\w+)" value="([^"]*)"', page)
    found = re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(words) for name, words in [*inputs, *found]}


@pytest.mark.parametrize("language", SPOKEN)
async def test_a_wrong_amount(office: Office, manager: httpx.AsyncClient, language: str) -> None:
    book = write_prices(office.deps.pack, office.deps.pack.prices)
    amount = str(office.deps.pack.prices[0].amount)
    files = {"file": ("prices.csv", book.replace(f",{amount},", ",19.00,", 1), "text/csv")}
    manager.cookies.set(LANGUAGE_COOKIE, language)
    answer = await manager.post("/content/prices/file", files=files, headers=PAGE)
    assert answer.status_code == 422
    assert AMOUNT[language] in told(answer)[0]
    assert not office.deps.overlay.files


@pytest.mark.parametrize("language", SPOKEN)
async def test_a_wrong_text(office: Office, manager: httpx.AsyncClient, language: str) -> None:
    manager.cookies.set(LANGUAGE_COOKIE, language)
    page = (await manager.get("/content/texts/ask.need", headers=PAGE)).text
    for act, status in (("try", 200), ("", 422)):
        fields = {**fields_of(page), "en": "Hello {{ nobody }}", "act": act}
        answer = await manager.post("/content/texts/ask.need", data=fields, headers=PAGE)
        assert answer.status_code == status, answer.text
        assert VALUE[language] in told(answer)[0]


@pytest.mark.parametrize("language", SPOKEN)
async def test_a_wrong_paper(office: Office, manager: httpx.AsyncClient, language: str) -> None:
    manager.cookies.set(LANGUAGE_COOKIE, language)
    page = (await manager.get("/content/papers/white-paper-en", headers=PAGE)).text
    fields = fields_of(page) | {"valid_from": "2028-01-02", "valid_to": "2028-01-01"}
    answer = await manager.post(
        "/content/papers/white-paper-en", data=fields, files={"file": ("", b"")}, headers=PAGE
    )
    assert answer.status_code == 422, answer.text
    assert any(DAY[language] in each for each in told(answer)), told(answer)


def test_what_is_wrong_stands_beside_its_field(office: Office) -> None:
    found = (
        problem(WHOLE, "key_missing", write("title: …"), key="title"),
        problem(WHOLE, "article_empty"),
        problem(WHOLE, "text_missing", add("x: …"), key="x", language="en", need="y"),
    )
    said = place_problems(found, make_say(office.deps, "ru"))
    assert said == {
        "title": "нет «title» — напишите «title: …»",
        "text": "в статье нет текста — напишите его под второй строкой ---",
        "": "текста «x» нет на языке «en»: y — добавьте «x: …»",
    }


@pytest.mark.parametrize(
    ("n", "words"), [(1, "1 кнопка"), (3, "3 кнопки"), (7, "7 кнопок"), (11, "11 кнопок")]
)
def test_things_are_counted_as_the_language_counts(office: Office, n: int, words: str) -> None:
    found: Problem = problem(WHOLE, "buttons", slot="need", n=n, low=2, high=5)
    assert f"у вопроса «need» {words} — дайте" in tell_problem(found, make_say(office.deps, "ru"))
