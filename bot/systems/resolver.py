"""Finds where a webhook's name leads, at the very moment of the connection."""

from __future__ import annotations

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.systems.address import AddressRefusedError, Destination, is_public


class GuardedResolver(AbstractResolver):
    """Finds the addresses of a name, and refuses a name of which any is not public."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefusedError, or OSError for a name that is not known."""
        found = await self._resolver.resolve(host, port, family)
        if self._destination.allows(host.lower(), port):
            return found
        if any(not is_public(ipaddress.ip_address(each["host"])) for each in found):
            raise AddressRefusedError(f"{host} leads into a private network")
        return found

    async def close(self) -> None:
        await self._resolver.close()
