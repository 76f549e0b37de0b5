"""Questions as they are put, put again, and ended."""

from __future__ import annotations

from storage import conversations, questions_asked
from storage.conversations import NewConversation
from storage.db import Database, Tx
from storage.questions_asked import QuestionRow

TALK = "talk"


async def test_put_again_in_a_row_it_counts_once(db: Database) -> None:
    def play(tx: Tx) -> None:
        conversations.create(tx, NewConversation(TALK, "widget", b"", "en", 1))
        assert not questions_asked.count_on(tx, TALK, "need"), "there is none yet"
        questions_asked.put(tx, QuestionRow(TALK, 1, "need", 1, asked_at=10))
        assert questions_asked.count_on(tx, TALK, "need")
        questions_asked.end(tx, TALK, "passed", 20)
        assert questions_asked.count_on(tx, TALK, "need"), "it was only passed over"
        assert not questions_asked.count_on(tx, TALK, "city")
        questions_asked.end(tx, TALK, "refused", 30)
        questions_asked.end(tx, TALK, "passed", 40)
        assert not questions_asked.count_on(tx, TALK, "need"), "it has its answer"
        questions_asked.put(tx, QuestionRow(TALK, 4, "city", 1, asked_at=50))
        assert not questions_asked.count_on(tx, TALK, "need"), "another one stands between"

    await db.write(play)
    need, city = db.peek(lambda tx: questions_asked.of(tx, TALK))
    assert need == QuestionRow(TALK, 1, "need", 3, asked_at=10, ended_at=30, ended="refused")
    assert (city.number, city.times, city.ended) == (4, 1, "")
