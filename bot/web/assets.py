"""Our own scripts, styles and pictures: read once, served from memory under the digest of all.

Every file stands under `/static/<digest>/<name>`, so that an address never changes its content and
the modules' imports of each other stay within one version.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.connection import Request
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

MEDIA_TYPES = {
    ".js": "text/javascript",  # the framework adds the charset to what is text
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"
FIVE_MINUTES = "public, max-age=300"
# A sandboxed paper, and a foreign page that shows the widget, count as other origins.
OPEN_TO_ALL = {"Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same packed by gzip ("" where that is no gain), and its type."""

    data: bytes
    packed: bytes
    media_type: str
    etag: str


def make_asset(name: str, data: bytes) -> Asset:
    """An asset for served bytes. Raises KeyError for an ending that we do not serve."""
    packed = gzip.compress(data, 9, mtime=0)
    return Asset(
        data,
        packed if len(packed) < len(data) else b"",
        MEDIA_TYPES[Path(name).suffix],
        f'"{hashlib.sha256(data).hexdigest()[:20]}"',
    )


class Assets:
    """All files of one folder, by name."""

    def __init__(self, folder: Path) -> None:
        self._assets: dict[str, Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(folder.iterdir()):
            if path.suffix in MEDIA_TYPES:
                data = path.read_bytes()
                digest.update(path.name.encode() + b"\0" + data)
                self._assets[path.name] = make_asset(path.name, data)
        self.digest = digest.hexdigest()[:16]

    def address(self, name: str) -> str:
        """The address of a file on our own origin. Raises KeyError if there is no such file."""
        if name not in self._assets:
            raise KeyError(f"no static file {name}")
        return f"/static/{self.digest}/{name}"

    def find(self, name: str) -> Asset | None:
        return self._assets.get(name)

    def source(self, name: str) -> str:
        """A script as text, to be filled in before it is served."""
        return self._assets[name].data.decode()


def answer(
    asset: Asset, request: Request[Any, Any, Any], cache: str, more: Mapping[str, str] | None = None
) -> Response[bytes]:
    """The asset as a response: 304 where the browser has it, packed where it can unpack."""
    headers = {
        "ETag": asset.etag,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        **(more or {}),
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    data = asset.data
    if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
        data = asset.packed
        headers["Content-Encoding"] = "gzip"
    return Response(data, headers=headers, media_type=asset.media_type)


def routes(assets: Assets) -> list[HTTPRouteHandler]:
    """The route of all static files. An old digest gets today's file, not to be kept."""

    @get("/static/{digest:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
    def send_asset(
        request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        asset = assets.find(name)
        if asset is None:
            raise NotFoundException
        cache = FOREVER if digest == assets.digest else "no-cache"
        return answer(asset, request, cache, OPEN_TO_ALL)

    return [send_asset]
