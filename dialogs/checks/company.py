"""company.yaml, and what must stand in no file: known zones, currencies, countries; no secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale

from dialogs.folder.problems import Findings, Place, suggest
from dialogs.folder.wording import phrase
from dialogs.pack import Pack

_FILE = "company.yaml"
_TEXT_ENDINGS = (".yaml", ".yml", ".csv", ".md", ".txt", ".json", ".env")
_SECRETS = (
    (phrase("secret.telegram"), re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b")),
    (phrase("secret.private_key"), re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    (
        phrase("secret.access_key"),
        re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|sk-[\w-]{20,})"),
    ),
    (phrase("secret.slack"), re.compile(r"\bxox[abprs]-[\w-]{10,}")),
    (
        phrase("secret.password"),
        re.compile(
            r"(?i)\b\w*(?:password|passwd|secret|api[_-]?key|token)\b[\"']?\s*[:=]\s*[\"']?"
            r"(?=[^\s\"']*\d)(?=[^\s\"']*[a-z])[A-Za-z0-9_+/=-]{12,}"
        ),
    ),
    (phrase("secret.address"), re.compile(r"\b[a-z][a-z0-9+]*://[^\s/:@]+:[^\s/@]+@")),
)


def check_company(pack: Pack, findings: Findings) -> None:
    company = pack.company
    english = Locale("en")
    zones = {"company/time_zone": company.time_zone}
    zones |= {f"person/{each.name}/time_zone": each.time_zone for each in company.people}
    for part, zone in zones.items():
        _check_zone(zone, findings.place(part, _FILE), findings)
    for language in company.languages:
        if language not in english.languages or len(language) != 2:
            place = findings.place("company/languages", _FILE)
            findings.report(place, "no_such_language", language=language)
    for currency in company.currencies:
        if currency not in english.currencies:
            place = findings.place("company/currencies", _FILE)
            near = suggest(currency, english.currencies)
            findings.report(place, "no_such_currency", near, currency=currency)
    for country in company.country_currency:
        if country not in english.territories or len(country) != 2:
            place = findings.place("company/country_currency", _FILE)
            findings.report(place, "no_such_country", country=country)


def _check_zone(zone: str, place: Place, findings: Findings) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.report(place, "no_such_zone", zone=zone)


def check_secrets(files: Mapping[str, bytes], findings: Findings) -> None:
    """Reports what looks like a secret, without repeating it."""
    for file, content in files.items():
        if not file.endswith(_TEXT_ENDINGS):
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            found = next((what for what, pattern in _SECRETS if pattern.search(line)), None)
            if found is not None:
                findings.report(Place(file=file, line=number), "secret", what=found)
