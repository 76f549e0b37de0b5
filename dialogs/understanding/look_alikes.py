"""Telling words that mean something else where they stand."""

from __future__ import annotations

import re

from dialogs.understanding.wishes import haggles

# "Do dealers get their own prices?" asks what the shop can do.
_OWN_PRICES = re.compile(
    r"\b(?:their|there|his|own|different|special|individual|customer|dealer)(?: own)? prices\b|"
    r"\bprecios? (?:distint|propi|especial|diferent)\w+|\b(?:сво|разн|индивидуальн|отдельн)\w+ цен|"
    r"(?:不同|各自|单独|专属|自己)的?(?:价格|价)"
)
# 不用天天打电话, "instead of calling us": what the shop shall save, and no call to us.
_NO_MORE_CALLS = re.compile(
    r"(?:不用|不必|免得|省得|不要|别|避免).{0,5}打电话|\b(?:instead of|without|no more|stop) "
    r"(?:\w+ )?(?:calling|phoning|ringing)|чтоб\w* не звонил|вместо звонков|"
    r"\b(?:sin|en vez de|para no) (?:tener que )?llamar"
)
# "Are you a real person?" asks what the bot is, and calls for nobody.
_ABOUT_THE_BOT = re.compile(
    r"\b(?:are you|am i (?:talking|speaking|chatting)|is this) (?:\w+ ){0,3}(?:real|human|person)|"
    r"你是(?:不是)?(?:真人|人工|人)|(?:ты|вы) (?:живой|настоящий|человек)|"
    r"(?:eres|es usted) (?:una )?(?:persona|humano)"
)


def put_right(found: list[tuple[str, str]], low: str) -> list[tuple[str, str]]:
    """Signs whose words mean something else here: prices of their customers, calls to be saved."""
    if any(intent == "ask_price" for intent, _ in found) and haggles(low):
        found = [(intent, word) for intent, word in found if intent != "buy_now"]
    if _OWN_PRICES.search(low):
        found = [("ask_feature" if i == "ask_price" else i, word) for i, word in found]
    if _ABOUT_THE_BOT.search(low) or _NO_MORE_CALLS.search(low):
        found = [(intent, word) for intent, word in found if intent != "talk_to_human"]
    return found
