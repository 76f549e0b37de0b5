"""What a made-up prospect does next, by what the bot has asked and shown."""

from __future__ import annotations

from random import Random

from bot.seeding.people import Persona, read_cast
from dialogs.control import STARS
from dialogs.pack import Pack
from dialogs.quoting import HELPS, NOT_MEANT
from dialogs.types import OpenQuestion, State, Struct


class Deed(Struct):
    """`kind`: say, press, paste (a written requirement), open (a paper), leave."""

    kind: str
    text: str = ""
    value: str = ""
    question: int = 0


LEAVE = Deed(kind="leave")


class Speaker:
    """One prospect's mind. Asked for a deed after each answer of the bot."""

    def __init__(self, pack: Pack, who: Persona, chance: Random) -> None:
        self._pack = pack
        self._who = who
        self._chance = chance
        self._said = 0
        self._corrected = False
        self._opened: set[str] = set()
        self._judged: set[int] = set()
        self._rated = False
        self._stopped = False
        self._goals = self._plan()

    def _plan(self) -> list[str]:
        """What they will bring up by themselves, in this order."""
        extras = [goal for goal in ("compare", "budget", "unknown") if self._chance.random() < 0.16]
        plain = {"look": []}.get(self._who.wants, [self._who.wants])
        return [*plain, *extras]

    def next(self, state: State) -> Deed:
        """The next deed. Nobody leaves before they have said anything, but for a few."""
        temper, chance = self._who.temper, self._chance
        if self._stopped:
            return self._rate(state) or LEAVE
        if chance.random() > (temper.stays if self._said else 0.88):
            return self._leave()
        self._said += 1
        aside = self._open(state) or self._judge(state) or self._rate(state)
        if aside is not None:
            return aside
        if self._said == 1:
            return self._begin()
        if self._goals and chance.random() < 0.6:
            return self._goal(self._goals.pop(0))
        if state.owner == "human" or state.question is None:
            return self._small_talk()
        if self._may_correct(state) and chance.random() < temper.corrects:
            self._corrected = True
            return self._say("corrections")
        if chance.random() < temper.asks:
            return self._ask()
        return self._answer(state.question)

    def _may_correct(self, state: State) -> bool:
        return not self._corrected and "headcount" in state.profile

    # --- by themselves -------------------------------------------------------------------------

    def _begin(self) -> Deed:
        if self._who.wants == "price" and self._chance.random() < 0.5:
            return self._sample("ask_price")
        if self._chance.random() < 0.35:
            return self._ask()
        return self._say("beginnings")

    def _goal(self, goal: str) -> Deed:
        if goal == "requirement":
            return Deed(kind="paste", text=read_cast().requirement[self._who.language])
        if goal in ("price", "papers", "person", "support"):
            intents = {
                "price": "ask_price", "papers": "ask_document", "person": "talk_to_human",
                "support": "support_request",
            }  # fmt: skip
            return self._sample(intents[goal])
        names = {"compare": "compares", "budget": "budgets", "custom": "wishes"}
        return self._say(names.get(goal, goal))

    def _ask(self) -> Deed:
        """A question that the papers answer."""
        mine = [a for a in self._pack.articles if a.public and a.language == self._who.language]
        if not mine:
            return self._sample("ask_feature")
        article = self._chance.choice(mine)
        return Deed(kind="say", text=self._chance.choice(article.questions))

    def _small_talk(self) -> Deed:
        if self._chance.random() < 0.4:
            return self._ask()
        return self._say("thanks")

    def _open(self, state: State) -> Deed | None:
        """Open a paper that was given and not looked at."""
        fresh = [each.document for each in state.given if each.document not in self._opened]
        if not fresh:
            return None
        self._opened.add(fresh[0])
        if self._chance.random() >= self._who.temper.opens:
            return None
        return Deed(kind="open", value=fresh[0])

    def _judge(self, state: State) -> Deed | None:
        """Say by a button whether the newest answer helped."""
        answer = state.answers[-1] if state.answers else None
        if answer is None or answer.helpful is not None or answer.seq in self._judged:
            return None
        self._judged.add(answer.seq)
        if self._chance.random() >= self._who.temper.judges:
            return None
        verb = HELPS if self._chance.random() < 0.75 else NOT_MEANT
        return Deed(kind="press", value=f"{verb}{answer.seq}")

    def _rate(self, state: State) -> Deed | None:
        """One tap, once, where it was asked how the talk went."""
        if not state.rating_asked or self._rated:
            return None
        self._rated = True
        if self._chance.random() >= 2 * self._who.temper.judges:
            return None
        stars = self._chance.choices(STARS, (6, 3, 1))[0]
        return Deed(kind="press", value=f"rate:{stars}")

    def _leave(self) -> Deed:
        """Most just go; some say that it is enough."""
        if not self._said or self._chance.random() >= 0.08:
            return LEAVE
        self._stopped = True
        return self._sample("stop")

    # --- answers -------------------------------------------------------------------------------

    def _answer(self, question: OpenQuestion) -> Deed:
        temper, chance = self._who.temper, self._chance
        if chance.random() < temper.refuses:
            return self._sample("refuse")
        if chance.random() < temper.skips:
            return Deed(kind="press", value="skip", question=question.number)
        if chance.random() < temper.unsure:
            return self._sample("dont_know")
        if question.options and (chance.random() > temper.types or not self._names(question)):
            value = chance.choice(question.options)
            return Deed(kind="press", value=value, question=question.number)
        return self._in_words(question)

    def _in_words(self, question: OpenQuestion) -> Deed:
        who, slot = self._who, question.slot
        told = {
            "city": who.city, "headcount": str(who.headcount), "name": who.name,
            "company": who.company, "email": "prospect@example.com", "industry": who.industry,
        }  # fmt: skip
        if slot in told:
            return Deed(kind="say", text=told[slot])
        if slot == "need":
            return self._say("needs")
        names = self._names(question)
        if names:
            return Deed(kind="say", text=self._chance.choice(names))
        if question.options:
            value = self._chance.choice(question.options)
            return Deed(kind="press", value=value, question=question.number)
        return self._sample("affirm")

    def _names(self, question: OpenQuestion) -> tuple[str, ...]:
        """How the options are called in their language, as people write them."""
        examples = self._pack.examples.get(self._who.language)
        if examples is None:
            return ()
        named = examples.values.get(question.slot, {})
        return tuple(name for value in question.options for name in named.get(value, ())[:4])

    def _sample(self, intent: str) -> Deed:
        """A sentence that people of their language type who mean this."""
        examples = self._pack.examples.get(self._who.language)
        sentences = examples.intents.get(intent, ()) if examples is not None else ()
        if not sentences:
            return self._say("thanks")
        return Deed(kind="say", text=self._chance.choice(sentences))

    def _say(self, name: str) -> Deed:
        """One of the cast's lines, with what is theirs filled in."""
        lines: tuple[str, ...] = getattr(read_cast(), name)[self._who.language]
        who = self._who
        text = self._chance.choice(lines).format(
            city=who.city, headcount=who.headcount, company=who.company, industry=who.industry,
            rival=who.rival, amount=who.amount,
        )  # fmt: skip
        return Deed(kind="say", text=text)
