"""Everything that is there, and who hears of what happens: the Bot API without its HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .faults import Fault
from .limits import Limits
from .people import Person
from .render import render_member, render_message
from .world import RIGHTS, Account, Chat, Group, Json, Message, Parts, Sender, Stored

BotName = Account | str  # the account, its token or its username


@dataclass(frozen=True)
class Made:
    """One call of a bot. `answer` is the result, or the whole refusal; None: none was given."""

    bot: Account
    method: str  # as the Bot API spells it
    parameters: Json
    at: float  # of the server's clock
    status: int
    answer: Any
    fault: str = ""

    @property
    def ok(self) -> bool:
        return self.status == 200


class Stage:
    """The world. Nothing here waits for the network; `clock` gives seconds and may be turned."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, limits: Limits | None = None
    ) -> None:
        self.clock = clock
        self.limits = limits or Limits()
        self.accounts: dict[str, Account] = {}
        self.people: dict[int, Person] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.groups: dict[int, Group] = {}
        self.files: list[Stored] = []
        self.calls: list[Made] = []
        self.unknown: list[str] = []  # parameters that no method model knows: "method.path"
        self.crashes: list[Exception] = []  # faults of this server itself
        self.events = 0  # counts every change
        self._ahead = time.time() - clock()
        self._news = asyncio.Event()

    # --- the scene ---

    def now(self) -> int:
        """Unix time in seconds; goes with the clock."""
        return int(self._ahead + self.clock())

    def add_bot(self, token: str, username: str, *, privacy: bool = True) -> Account:
        account = self.accounts[token] = Account(token, username, username.title(), privacy)
        return account

    def add_person(self, id: int, name: str, language: str = "en", *, username: str = "") -> Person:
        person = self.people[id] = Person(self, id, name, language, username)
        return person

    def add_group(
        self,
        id: int,
        title: str,
        forum: bool = True,
        members: Iterable[Person] = (),
        bots: Iterable[BotName] | None = None,
    ) -> Group:
        """The first of `members` is its creator; `bots` (all where None) are admins with every
        right. No update is made for this."""
        group = self.groups[id] = Group(id, title=title, forum=forum)
        for place, person in enumerate(members):
            group.people[person.id] = person
            group.statuses[person.id] = "creator" if not place else "member"
        for bot in self.accounts.values() if bots is None else bots:
            account = self.account(bot)
            group.people[account.id] = account
            group.statuses[account.id] = "administrator"
            group.rights[account.id] = dict.fromkeys(RIGHTS, True)
        return group

    def account(self, bot: BotName) -> Account:
        """Raises LookupError."""
        if isinstance(bot, Account):
            return bot
        for account in self.accounts.values():
            if bot in (account.token, account.username):
                return account
        raise LookupError("no such bot")

    def chat(self, id: int, bot: BotName | None = None) -> Chat:
        """A group, or the private chat of a person with a bot. `bot` may stay away while the
        person has written to one alone. Raises LookupError."""
        if id < 0:
            return self.groups[id]
        if bot is None:
            found = [c for (_, person), c in self.private.items() if person == id and c.everything]
            if len(found) > 1:
                raise LookupError("this person talks to more than one bot: say which")
            if found:
                return found[0]
            if len(self.accounts) > 1:
                raise LookupError("nothing was said yet: say with which bot")
            bot = next(iter(self.accounts.values()))
        return self.private_chat(self.account(bot), self.people[id])

    def private_chat(self, account: Account, person: Person) -> Chat:
        key = (account.id, person.id)
        if key not in self.private:
            self.private[key] = Chat(person.id, person=person, account=account)
        return self.private[key]

    # --- what happens ---

    def store(self, kind: str, name: str, content: bytes, mime: str = "", size: int = 0) -> Stored:
        """Keep a file. `size` may say more than `content` holds."""
        number = len(self.files) + 1
        self.files.append(
            Stored(number, kind, name, mime or _mime(name), content, size or len(content))
        )
        return self.files[-1]

    def post(self, chat: Chat, sender: Sender, parts: Parts) -> Message:
        """A message appears, and the bots that see it get it."""
        message = Message(chat, chat.next_id(), self.now(), sender, **vars(parts))
        if message.text:
            message.texts.append(message.text)
        chat.everything.append(message)
        chat.by_id[message.id] = message
        self.tell("message", message)
        self.note()
        return message

    def tell(self, kind: str, message: Message) -> None:
        """Push a message to every bot that may see it."""
        for account in self._audience(message):
            account.queue.push(kind, render_message(message, account))

    def _audience(self, message: Message) -> list[Account]:
        chat, sender = message.chat, message.sender
        if not isinstance(chat, Group):
            assert chat.account
            return [] if message.by_bot else [chat.account]
        own_act = message.is_service
        return [
            account
            for account in self.accounts.values()
            if chat.holds(account.id)
            # A bot hears of its own service acts (topics made, closed, renamed), of no bot's words.
            and (not message.by_bot or (own_act and sender is account))
            and (own_act or self._is_meant(message, account, chat))
        ]

    @staticmethod
    def _is_meant(message: Message, account: Account, group: Group) -> bool:
        if group.statuses[account.id] == "administrator" or not account.privacy:
            return True
        to_bot = message.reply_to is not None and message.reply_to.sender is account
        return to_bot or message.text.startswith("/") or f"@{account.username}" in message.text

    def change_member(self, group: Group, user: Sender, status: str, by: Sender) -> None:
        """A new standing of somebody in a group; the bots there are told."""
        group.people[user.id] = user
        old = render_member(group, user.id)
        group.statuses[user.id] = status
        change = {
            "chat": group.as_json(),
            "from": by.as_user(),
            "date": self.now(),
            "old_chat_member": old,
            "new_chat_member": render_member(group, user.id),
        }
        for account in self.accounts.values():
            if account is user:
                account.queue.push("my_chat_member", change)
            elif group.statuses.get(account.id) == "administrator":
                account.queue.push("chat_member", change)
        self.note()

    def set_rights(self, group: Group, bot: BotName, **rights: bool) -> None:
        """Change single rights of a bot that is an admin."""
        account = self.account(bot)
        group.rights[account.id] |= rights
        self.change_member(group, account, "administrator", next(iter(group.people.values())))

    def block(self, person: Person, bot: BotName, *, blocked: bool = True) -> None:
        """The person blocks the bot, or unblocks it."""
        account = self.account(bot)
        chat = self.private_chat(account, person)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        member = {"status": "member", "user": account.as_user()}
        gone = {"status": "kicked", "user": account.as_user(), "until_date": 0}
        account.queue.push("my_chat_member", {
            "chat": chat.as_json(), "from": person.as_user(), "date": self.now(),
            "old_chat_member": member if blocked else gone,
            "new_chat_member": gone if blocked else member,
        })  # fmt: skip
        self.note()

    # --- updates and faults by hand ---

    def push_raw(self, bot: BotName, update: Json | bytes) -> None:
        """Any update as it is; without an update_id it gets the next."""
        self.account(bot).queue.push_raw(update)
        self.note()

    def restart_ids(self, bot: BotName, at: int) -> None:
        """The next update gets this id; also what waits keeps its own."""
        self.account(bot).queue.next_id = at

    def script(self, bot: BotName, method: str, *faults: Fault) -> None:
        """Each of the next calls of `method` ("*": any) meets one; Fault.duplicate and
        Fault.reorder meet the next updates, whatever `method` says."""
        self.account(bot).script.add(method, *faults)

    def stand(
        self, bot: BotName, method: str, fault: Fault, probability: float, seed: int = 0
    ) -> None:
        """A fault for every call with this probability, until `clear_faults`."""
        self.account(bot).script.stand(method, fault, probability, seed)

    def clear_faults(self, bot: BotName) -> None:
        self.account(bot).script.clear()

    # --- what a test sees ---

    def made(self, method: str = "", bot: BotName | None = None) -> list[Made]:
        """Calls of one method, or all, the oldest first."""
        account = self.account(bot) if bot is not None else None
        return [
            call
            for call in self.calls
            if (not method or call.method.lower() == method.lower())
            and (account is None or call.bot is account)
        ]

    def note(self) -> None:
        """Something changed: `until` looks again."""
        self.events += 1
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, predicate: Callable[[], Any], seconds: float = 5.0) -> Any:
        """Wait until `predicate` gives something true, and return that. It is asked again after
        every change here. Raises TimeoutError with the last calls."""
        ends = time.monotonic() + seconds
        while True:
            news = self._news
            if found := predicate():
                return found
            try:
                async with asyncio.timeout(max(0.0, ends - time.monotonic())):
                    await news.wait()
            except TimeoutError:
                last = [f"{call.method} {call.status}" for call in self.calls[-8:]]
                raise TimeoutError(f"waited {seconds} s; the last calls: {last}") from None


def _mime(name: str) -> str:
    endings = {
        "pdf": "application/pdf", "txt": "text/plain", "png": "image/png", "jpg": "image/jpeg",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "ogg": "audio/ogg", "md": "text/markdown", "mp4": "video/mp4",
    }  # fmt: skip
    return endings.get(name.rpartition(".")[2].lower(), "application/octet-stream")
