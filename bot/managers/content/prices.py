"""The price book: amounts in place, a new list from a day on, or a whole file: /content/prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery

from bot.managers.content.price_file import FILE, PriceForm, show_amount, with_commas, write_prices
from bot.managers.content.publishing import PATH, Seen, look, mark_of, places, publish
from bot.managers.content.uploading import read_upload
from bot.managers.teaching import read_form
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from dialogs.pack import Price
from dialogs.types import Struct

CSV_MAX = 190_000  # bytes; the staff pages take no larger body
_CSV = "text/csv; charset=utf-8"


class PriceRow(Struct):
    """A row of the price book; `amount` as a person writes it, or wrote it just now."""

    price: Price
    name: str
    amount: str
    wrong: bool = False  # it cannot be used


@get(f"{PATH}/prices", opt={"right": "content"})
async def show_prices(
    request: StaffRequest, deps: FromDeps, done: FromQuery[int] = 0
) -> Response[Any]:
    """Every row, by item."""
    return _show(deps, request, {}, Seen(done="saved" if done else "", number=done))


@get(f"{PATH}/prices.csv", opt={"right": "content"})
async def give_prices(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """The price book as the file that it is, for a spreadsheet."""
    text = write_prices(deps.pack, deps.pack.prices)
    headers = {"Content-Disposition": 'attachment; filename="prices.csv"'}
    return Response("\ufeff" + text, media_type=_CSV, headers=headers)


@post(f"{PATH}/prices", opt={"right": "content"})
async def change_prices(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Publish the amounts, or with `act=try` show what would be said with them."""
    fields = await read_form(request)
    say = make_say(deps, language_of(deps, request))
    async with deps.teaching:
        if fields.get("seen") != _mark(deps):
            return _show(deps, request, fields, Seen(done="changed_since"), 409)
        form = PriceForm(deps.pack, fields)
        if form.wrong:
            found = _find_wrong(deps, request, fields, form.wrong)
            told = tuple(("", say("content.price.wrong", what=each)) for each in found)
            seen = Seen(
                problems=told,
                question=fields.get("question", ""),
                tongue=fields.get("tongue", ""),
            )
            return _show(deps, request, fields, seen, 422)
        return await _take(deps, request, form.text(), fields)


@post(f"{PATH}/prices/file", opt={"right": "content"})
async def take_prices(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Publish a whole file, such as a spreadsheet saved it."""
    say = make_say(deps, language_of(deps, request))
    upload = await read_upload(request, CSV_MAX)
    problem = upload.problem or ("" if upload.content.strip() else "empty")
    try:
        text = upload.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = "not_utf8"
    if problem:
        told = ((FILE, say(f"content.upload.{problem}")),)
        return _show(deps, request, {}, Seen(problems=told), 422)
    async with deps.teaching:
        return await _take(deps, request, with_commas(text), {})


async def _take(
    deps: Deps, request: StaffRequest, text: str, fields: Mapping[str, str]
) -> Response[Any]:
    if fields.get("act") == "try":
        question, spoken = fields.get("question", ""), fields.get("tongue", "")
        seen = await look(deps, request, {FILE: text}, question, spoken)
        return _show(deps, request, fields, seen)
    taught = await publish(deps, request, {FILE: text}, FILE)
    if taught.problems:
        told = places(deps, request, taught.problems)
        return _show(deps, request, fields, Seen(problems=told), 422)
    address = f"{PATH}/prices?done={taught.number}"
    return Response(None, status_code=303, headers={"Location": address})


def _find_wrong(
    deps: Deps, request: StaffRequest, fields: Mapping[str, str], wrong: list[str]
) -> list[str]:
    """Each field that cannot be used, by its label, with what was written there."""
    language = language_of(deps, request)
    say = make_say(deps, language)
    labels = {
        "valid_from": say("content.price.from"),
        "valid_to": say("content.price.to"),
        "version": say("content.price.version"),
    } | {
        f"amount:{price.id}": f"{price.name.get(language, price.item)}, {price.currency}"
        for price in deps.pack.prices
    }
    return [f"{labels[field]}: {fields.get(field, '')}".rstrip(": ") for field in wrong]


def _mark(deps: Deps) -> str:
    return mark_of(f"{price.id}={price.amount}" for price in deps.pack.prices)


def _show(
    deps: Deps, request: StaffRequest, fields: Mapping[str, str], seen: Seen, status: int = 200
) -> Response[Any]:
    language = language_of(deps, request)
    wrong = PriceForm(deps.pack, fields).wrong
    rows = [
        PriceRow(
            price=price,
            name=price.name.get(language, price.item),
            amount=fields.get(f"amount:{price.id}", show_amount(price)),
            wrong=f"amount:{price.id}" in wrong,
        )
        for price in deps.pack.prices
    ]
    values = {
        "groups": _group(rows),
        "fields": fields,
        "mark": _mark(deps),
        "seen": seen,
        "versions": sorted({price.version for price in deps.pack.prices}),
    }
    return render(deps, request, "content/prices", values, status)


def _group(rows: list[PriceRow]) -> list[tuple[str, list[PriceRow]]]:
    """The rows by currency, in the order in which the currencies come."""
    found: dict[str, list[PriceRow]] = {}
    for row in rows:
        found.setdefault(row.price.currency, []).append(row)
    return list(found.items())


ROUTES = (show_prices, give_prices, change_prices, take_prices)
