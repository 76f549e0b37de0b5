"""What a browser calls itself, in two words that a person knows."""

from __future__ import annotations

# The first that stands in the header counts: others call themselves Chrome or Safari, too.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser", "Yandex"), ("SamsungBrowser", "Samsung"),
    ("MicroMessenger", "WeChat"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def name_device(header: str) -> str:
    """Browser and system of a User-Agent header, as far as they are known; "" for neither."""
    parts = [
        next((name for mark, name in known if mark in header), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(part for part in parts if part)
