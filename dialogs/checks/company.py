"""company.yaml, and what must stand in no file: known zones, currencies, countries; no secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale

from dialogs.folder.problems import Findings, Place, suggest
from dialogs.pack import Pack

_FILE = "company.yaml"
_TEXT_ENDINGS = (".yaml", ".yml", ".csv", ".md", ".txt", ".json", ".env")
_SECRETS = (
    ("a Telegram bot token", re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("an access key", re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|sk-[\w-]{20,})")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[\w-]{10,}")),
    (
        "a password or key",
        re.compile(
            r"(?i)\b\w*(?:password|passwd|secret|api[_-]?key|token)\b[\"']?\s*[:=]\s*[\"']?"
            r"(?=[^\s\"']*\d)(?=[^\s\"']*[a-z])[A-Za-z0-9_+/=-]{12,}"
        ),
    ),
    ("an address with a password", re.compile(r"\b[a-z][a-z0-9+]*://[^\s/:@]+:[^\s/@]+@")),
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
            findings.report(
                findings.place("company/languages", _FILE),
                f"there is no language `{language}`",
                "write its code of two letters, such as en or zh",
            )
    for currency in company.currencies:
        if currency not in english.currencies:
            findings.report(
                findings.place("company/currencies", _FILE),
                f"there is no currency `{currency}`",
                suggest(currency, english.currencies),
            )
    for country in company.country_currency:
        if country not in english.territories or len(country) != 2:
            findings.report(
                findings.place("company/country_currency", _FILE),
                f"there is no country `{country}`",
                "write its code of two capital letters, such as DE or CN",
            )


def _check_zone(zone: str, place: Place, findings: Findings) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.report(
            place,
            f"there is no time zone `{zone}`",
            "write a name such as Europe/Berlin or Asia/Shanghai",
        )


def check_secrets(files: Mapping[str, bytes], findings: Findings) -> None:
    """Reports what looks like a secret, without repeating it."""
    for file, content in files.items():
        if not file.endswith(_TEXT_ENDINGS):
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            found = next((name for name, pattern in _SECRETS if pattern.search(line)), None)
            if found:
                findings.report(
                    Place(file=file, line=number),
                    f"this looks like {found}",
                    "keep secrets in the environment, never in a pack; and change it now",
                )
