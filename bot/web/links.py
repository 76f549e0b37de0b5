"""Links to papers and to files of staff: signed, bound to one conversation, valid for a time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

import msgspec


class LinkError(ValueError):
    """The link is not one of ours, or no longer."""


class BadLinkError(LinkError):
    """Forged, cut off or damaged."""


class ExpiredLinkError(LinkError):
    """Ours, but its time is over. `paper` tells what it led to."""

    def __init__(self, paper: PaperLink) -> None:
        super().__init__("expired")
        self.paper = paper


class PaperLink(msgspec.Struct, frozen=True, array_like=True):
    """What a signed link says. `kind`: d for a document, a for an article, f for a file that staff
    sent in this conversation."""

    kind: str
    id: str
    language: str
    conversation: str
    expires: int  # ms


class Signer:
    """Makes and reads signed links with a key of its own, derived from the server's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"firstline paper links 1", hashlib.sha256)
        self._decoder = msgspec.json.Decoder(PaperLink)
        self._encoder = msgspec.json.Encoder()

    def sign(self, paper: PaperLink) -> str:
        """The link's last part: URL-safe text."""
        body = _pack(self._encoder.encode(paper))
        return f"{body}.{self._seal(body)}"

    def read(self, signed: str, now: int) -> PaperLink:
        """What the link leads to. Raises BadLinkError or ExpiredLinkError."""
        body, dot, seal = signed.partition(".")
        if not dot or not hmac.compare_digest(
            seal.encode(errors="replace"), self._seal(body).encode()
        ):
            raise BadLinkError("the seal does not fit")
        try:
            paper = self._decoder.decode(_unpack(body))
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            raise BadLinkError("not a link") from error
        if paper.expires <= now:
            raise ExpiredLinkError(paper)
        return paper

    def _seal(self, body: str) -> str:
        return _pack(hmac.digest(self._key, body.encode(), hashlib.sha256))


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
