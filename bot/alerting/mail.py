"""E-mail by SMTP: letters of plain text, sent in threads of their own."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from bot.prospects.channel import TryLater, Undeliverable
from bot.settings import Settings
from dialogs.types import Struct

SECONDS = 20.0  # for one answer of the server
LONGEST = 60.0  # seconds for a whole letter
AT_ONCE = 2  # letters
ADDRESS_MAX = 254  # characters
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Letter(Struct):
    """One letter. `mark` is the same at every try, so that a repeat can be told."""

    to: str
    subject: str
    text: str
    mark: str


def is_address(text: str) -> bool:
    """Whether it can be an e-mail address: one address, and nothing around it."""
    name, address = parseaddr(text)
    local, at, host = address.rpartition("@")
    plain = text.isprintable() and " " not in text
    return bool(plain and not name and address == text and local and at and "." in host)


class Mail:
    """Sends letters by the server of the settings; without one nothing is ever sent."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    @property
    def is_set(self) -> bool:
        return bool(self._settings.smtp_host)

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the server. Raises TryLater, and Undeliverable for good."""
        message = self._compose(letter)
        run = asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)
        try:
            async with asyncio.timeout(LONGEST):
                await run
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if all(code >= 500 for code in codes):
                raise Undeliverable("the address is refused") from error
            raise TryLater from error
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= 500:
                raise Undeliverable("the letter is refused") from error
            raise TryLater from error
        except (smtplib.SMTPException, OSError, TimeoutError) as error:
            # A letter that may have gone out is sent again under the same Message-ID.
            raise TryLater from error

    def close(self) -> None:
        """Leave what is under way to itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _compose(self, letter: Letter) -> EmailMessage:
        settings = self._settings
        message = EmailMessage()
        message["From"] = settings.smtp_from or settings.smtp_user
        message["To"] = letter.to
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = f"<{letter.mark}@{settings.smtp_host}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _send(self, message: EmailMessage) -> None:
        settings = self._settings
        with self._connect() as server:
            if settings.smtp_tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user and settings.smtp_password:
                self._sign_in(server)
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_host, self._settings.smtp_port
        if self._settings.smtp_tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        return smtplib.SMTP(host, port, timeout=SECONDS)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        settings = self._settings
        if settings.smtp_tls == "none" and settings.smtp_host not in _LOOPBACK:
            raise smtplib.SMTPException("a password is not sent in the open")
        server.login(settings.smtp_user, settings.smtp_password)
