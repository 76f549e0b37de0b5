"""Where a webhook may go: to the public internet over https, else only where the settings say so.

Looked at when it is entered and again with every connection, on the very address that is connected
to: a name that leads somewhere else later reaches nobody.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

URL_MAX = 500  # characters
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(OSError):
    """The address may not be connected to. An OSError, so that a connector passes it on."""


class Destination:
    """`allowed`: hosts, or host:port, of one's own network; they may be reached by http, too."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._allowed = frozenset(each.lower() for each in allowed)

    def find_problem(self, url: str) -> str:
        """Why no webhook may have this URL: url, scheme or private; "" where it may."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return "url"
        if not host or len(url) > URL_MAX or not url.isascii() or not url.isprintable():
            return "url"
        if parts.scheme not in ("http", "https") or parts.username or parts.password:
            return "scheme"
        if self.allows(host, port or (443 if parts.scheme == "https" else 80)):
            return ""
        if parts.scheme != "https":
            return "scheme"
        return "private" if _names_private(host) else ""

    def allows(self, host: str, port: int) -> bool:
        """Whether the settings name this host, or this host with this port."""
        name = f"[{host}]" if ":" in host else host
        return not self._allowed.isdisjoint({host, name, f"{name}:{port}"})


def is_public(address: Address) -> bool:
    """Whether everybody on the internet can reach it; what is wrapped in it counts."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None or any(address in each for each in _TRANSLATED):
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _names_private(host: str) -> bool:
    """Whether the host is an address that is not public, or a name that never is."""
    name = host.removesuffix(".")
    try:
        return not is_public(_read_address(name))
    except ValueError:
        return f".{name}".endswith((".localhost", ".local", ".internal"))


def _read_address(host: str) -> Address:
    """An address, also as old programs write it: 127.1, 0x7f.1, 2130706433. ValueError for none."""
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except OSError:
        return ipaddress.ip_address(host)
