"""What has to hold of a talk however its actors came together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.presales.group.walking import key_of
from dialogs.ownership import OWNER_EVENTS, next_owner
from storage import outbox
from tests.bot.telegram.crossing_journal import Entry, Handing
from tests.bot.telegram.crossing_talk import Talk, owners_after
from tests.bot_api.world import Message

# What is told in a talk that a human has, beside the human's own words.
NOTICES = ("desk.", "telegram.in.continued", "start.human")


class Ledger:
    """The journal of a talk, to be asked."""

    def __init__(self, journal: Sequence[Entry]) -> None:
        self.journal = journal
        self.moves = [entry for entry in journal if entry.kind == "owner"]
        self.claims = [entry for entry in self.moves if entry.word == "human"]

    def owner_at(self, position: int) -> Entry | None:
        """The move by which the talk came to who has it at this position."""
        return next((e for e in reversed(self.moves) if e.id <= position), None)

    def has_human(self, position: int) -> bool:
        found = self.owner_at(position)
        return found is not None and found.word == "human"

    def state_of(self, seq: int, position: int) -> str:
        """Of the delivery of a message."""
        states = [e.word for e in self.journal if e.kind == "send" and e.seq == seq
                  and e.id <= position]  # fmt: skip
        return states[-1] if states else ""

    def span_of(self, entry: Entry) -> tuple[int, int]:
        """The last entry before the same write, and the last one of it."""
        same = [each.id for each in self.journal if each.job == entry.job]
        return same[0] - 1, same[-1]


def check(talk: Talk) -> Counter[str]:
    """Raises AssertionError. Gives what was met, by name."""
    ledger = Ledger(talk.journal)
    handings = talk.crossing.handings[talk.id]
    check_owners(talk, ledger)
    check_silence(talk, ledger)
    check_sends(ledger, handings)
    check_deliveries(talk, handings)
    check_chat(talk, handings)
    check_words(talk)
    check_topic(talk)
    return count_encounters(ledger, handings, talk)


# --- one owner -----------------------------------------------------------------------------------


def check_owners(talk: Talk, ledger: Ledger) -> None:
    """Each move is one that the house knows; nobody takes what another has."""
    owner = "bot"
    for move in ledger.moves:
        assert move.before == owner, move
        assert move.word != owner, "handed from one to the other, or to nobody, without a word"
        known = {next_owner(owner, event) for event in OWNER_EVENTS}  # type: ignore[arg-type]
        assert move.word in known, f"{owner} to {move.word}: no such move"
        owner = move.word
    assert talk.row.owner == owner, talk.row
    assert not ledger.moves or talk.row.staff_id == ledger.moves[-1].staff, talk.row
    anna = [claim.id for claim in ledger.claims if claim.staff == talk.anna.id]
    for since, until, claimed in talk.claims:
        own = [at for at in anna if since < at <= until]
        here = [m for m in ledger.moves if since < m.id <= until] + [ledger.owner_at(since)]
        staff = {m.staff for m in here if m is not None and m.word == "human"}
        if own:
            assert claimed.won, "it was given to her, and she was told that it was not"
            anna.remove(own[0])
        elif claimed.won:
            assert talk.anna.id in staff, "she had it already"
        elif not claimed.refused:
            assert claimed.owner_name == "Boris"
            assert staff - {talk.anna.id}, "told that another has it, whom nobody knows of"
    assert not anna, "a claim that nobody made"
    joined = [m.staff_id for m in talk.messages if key_of(m) == "desk.joined"]
    assert joined == [claim.staff for claim in ledger.claims], "not told as it was"


# --- the bot is silent ---------------------------------------------------------------------------


def check_silence(talk: Talk, ledger: Ledger) -> None:
    """While a human has the talk nobody else says a word in it, and only the owner as staff."""
    owners, by_seq = owners_after(ledger.journal), {m.seq: m for m in talk.messages}
    for entry in ledger.journal:
        if entry.kind != "said" or entry.word in ("prospect", "note"):
            continue
        human = owners[entry.seq] == "human"
        if entry.word == "bot":
            assert not human, f"the bot said message {entry.seq} in a talk that a human has"
        elif entry.word == "staff":
            move = ledger.owner_at(entry.id)
            mine = human and move is not None and move.staff == entry.staff
            assert mine, f"{entry.seq} is from somebody who does not have the talk"
        else:
            key = key_of(by_seq[entry.seq])
            assert not human or key.startswith(NOTICES), f"{key} in a talk that a human has"


def check_sends(ledger: Ledger, handings: Sequence[Handing]) -> None:
    """Nothing of the bot's goes out once a claim is committed, but the one call that was being made
    already; what a claim finds in the queue is withdrawn."""
    for handing in handings:
        if handing.author != "bot":
            continue
        assert not ledger.has_human(handing.begun), f"{handing.seq} set out after a claim"
        for ask in handing.asks:
            assert ask.looked >= 0, f"{ask.method} of {handing.seq}: nobody asked if it is wanted"
            assert not ledger.has_human(ask.looked), f"{handing.seq} went on after a claim"
            claim = ledger.owner_at(ask.begun)
            if claim is not None and claim.word == "human":
                states = {ledger.state_of(handing.seq, at) for at in (claim.id, ask.begun)}
                assert states == {"sending"}, f"{handing.seq} was not on its way at the claim"
    ours = {e.seq for e in ledger.journal if e.kind == "send" and e.before == "bot"}
    for claim in ledger.claims:
        _, end = ledger.span_of(claim)
        left = [seq for seq in ours if ledger.state_of(seq, end) == "queued"]
        assert not left, f"{left} still wait to be sent after a claim"


# --- what arrived --------------------------------------------------------------------------------


def check_deliveries(talk: Talk, handings: Sequence[Handing]) -> None:
    """Each came to an end, and as much of it went out as its row says."""
    for message in talk.messages:
        delivery = talk.crossing.db.peek(
            lambda tx, seq=message.seq: outbox.find_send(tx, talk.id, seq)  # type: ignore[misc]
        )
        if delivery is None:
            continue
        asks = [ask for each in handings if each.seq == message.seq for ask in each.asks]
        done = int(delivery.payload or b"0")
        gone = [ask for ask in asks if not ask.error]
        unchanged = sum(ask.error == "Unchanged" for ask in asks)  # it stood there already
        assert delivery.state in ("sent", "withdrawn", "failed")
        assert done - unchanged <= len(gone) <= done, "a part was left out, or went out twice"
        if delivery.state == "withdrawn":
            assert message.author == "bot"
            assert bool(gone) == bool(done), "it was withdrawn, and arrived"
        elif delivery.state == "failed":
            assert sum(ask.error == "Busy" for ask in asks) >= 2, "given up too soon"
        else:
            assert gone, "sent, as it says, and nothing went out"


def check_chat(talk: Talk, handings: Sequence[Handing]) -> None:
    """In the chat stands what was sent, in the order of the talk, and nothing else."""
    asks = [ask for each in handings for ask in each.asks]
    by_message = {ask.message: ask for ask in asks if ask.message}
    shown = [m for m in talk.chat if m.by_bot]
    strange = [m.text for m in shown if m.id not in by_message]
    assert not strange, f"nobody sent these: {strange}"
    arrived = [by_message[m.id].seq for m in shown]
    assert arrived == sorted(arrived), arrived
    said = [ask.seq for ask in asks if not ask.error]
    assert said == sorted(said), said


def check_words(talk: Talk) -> None:
    """What people wrote stands in the talk once; what staff said arrived once and in order."""
    said = talk.messages
    by_author = {author: [m.text for m in said if m.author == author]
                 for author in ("prospect", "staff", "note")}  # fmt: skip
    for written, authors in (
        (talk.words, ("prospect",)),
        (talk.site_words, ("prospect",)),
        (talk.there, ("staff", "note")),
        (talk.replies, ("staff",)),
    ):
        texts = [text.split()[0] for author in authors for text in by_author[author]]
        assert all(texts.count(word) == 1 for word in written), (written, texts)
    for own in (talk.words, talk.site_words):
        assert [text for text in by_author["prospect"] if text in own] == own, own
    kept = [word for word in talk.refused if any(word in t for t in by_author["staff"])]
    assert not kept, f"refused, and kept: {kept}"
    check_replies(talk, [text for text in by_author["staff"]])


def check_replies(talk: Talk, said: Sequence[str]) -> None:
    chat = [m for m in talk.chat if m.by_bot]
    for text in said:
        mark = text.split()[0]
        seen = [m for m in chat if mark in m.text]
        state = find_state(talk, text)
        assert len(seen) == (state == "sent"), f"{mark} arrived {len(seen)} times: {state}"
    orders = [place(chat, text) for text in said if find_state(talk, text) == "sent"]
    assert orders == sorted(orders), orders
    sent = [word for word in talk.refused if any(word in m.text for m in chat)]
    assert not sent, f"refused, and sent: {sent}"


def place(chat: Sequence[Message], text: str) -> int:
    return next(at for at, message in enumerate(chat) if text.split()[0] in message.text)


def find_state(talk: Talk, text: str) -> str:
    seq = next(m.seq for m in talk.messages if m.text == text)
    delivery = talk.crossing.db.peek(lambda tx: outbox.find_send(tx, talk.id, seq))
    return delivery.state if delivery else ""


def check_topic(talk: Talk) -> None:
    """The brief names the owner, and no line stands there twice."""
    assert talk.is_shown(), talk.head and talk.head.text
    shown = "\n".join(talk.topic_texts)
    twice = [line for line in talk.find_lines() if shown.count(line) != 1]
    assert not twice, twice
    taps = [tap for tap in talk.ann.taps if tap.answer is None]
    assert not taps, "the client's clock goes on"


# --- what was met --------------------------------------------------------------------------------


def count_encounters(ledger: Ledger, handings: Sequence[Handing], talk: Talk) -> Counter[str]:
    """How the claims met what the bot was saying."""
    met: Counter[str] = Counter(talks=1, moves=len(ledger.moves), claims=len(ledger.claims))
    met["lost claims"] = sum(not c.claimed.won and not c.claimed.refused for c in talk.claims)
    asks = [ask for handing in handings for ask in handing.asks]
    met.update(f"{ask.method} {ask.error}".strip() for ask in asks)
    ours = [handing for handing in handings if handing.author == "bot"]
    sends = {e.seq for e in ledger.journal if e.kind == "send" and e.before == "bot"}
    for claim in ledger.claims:
        before, _ = ledger.span_of(claim)
        states = {seq: ledger.state_of(seq, before) for seq in sends}
        met["withdrawn from the queue"] += "queued" in states.values()
        for seq in (seq for seq, state in states.items() if state == "sending"):
            met.update(name_meeting(ledger, claim, [h for h in ours if h.seq == seq]))
    return met


def name_meeting(ledger: Ledger, claim: Entry, handings: Sequence[Handing]) -> Iterator[str]:
    """What the claim met of a message that was on its way."""
    asks = [ask for handing in handings for ask in handing.asks]
    for ask in asks:
        if ask.looked < claim.id <= ask.ended:
            yield f"{'during' if ask.begun < claim.id else 'before'} {ask.method}"
            return
    said = any(0 <= ask.ended < claim.id and not ask.error for ask in asks)
    seqs = {handing.seq for handing in handings}
    if any(e.word == "withdrawn" and e.id > claim.id and e.seq in seqs for e in ledger.journal):
        yield "withdrawn half said" if said else "withdrawn before it was said"
