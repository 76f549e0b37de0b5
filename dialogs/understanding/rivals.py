"""Questions that hold us against another maker: "what do you have that the others haven't"."""

from __future__ import annotations

import re

_BETTER_RU = r"(?:лучше|хуже|круче|удобнее|интереснее|сильнее|надежнее)"
# These forms ask, whatever stands around them.
_ASKS = re.compile(
    r"\bwhat (?:do|does|have|has|can) (?:you|yours|your \w+|it|this)\b[^.;]{0,30}\bthat "
    r"(?:\w+ ){1,3}(?:has|have|does|do|can|is|are)(?:n't|nt| not|not)\b|"
    r"\bwhy (?:should|would|do|shall|must) (?:i|we)\b[^.;]{0,30}\b(?:over|instead of|rather than|"
    r"and not)\b|"
    r"\bhow (?:do|does|are|is) (?:you|yours|it|your \w+) (?:compare|differ|any better|better)\b|"
    r"(?:跟|和|与|同|比起?).{1,10}?(?:比|相比|对比|比较)[^。！]{0,10}(?:强|好|优势|区别|不同|差别|特点|亮点|优点)|"
    r"比.{1,8}(?:强|好|优势|厉害)在(?:哪|什么)|"
    rf"(?<!тем )\bчем (?:(?!чем\b)\w+ ){{0,3}}{_BETTER_RU}\b|"
    rf"\bчем {_BETTER_RU} |\bв чем (?:\w+ ){{0,3}}(?:преимуществ|отличи|плюс)\w*|"
    r"\b(?:que|q) (?:tiene\w*|ofrece\w*|aporta\w*|trae\w*|hace\w*)\b[^.;]{0,30}\b(?:que|q) no "
    r"(?:\w+ )?(?:teng|tien|ofre|apor|trai|trae|hag|hac)\w*|"
    r"\ben (?:que|q) (?:son|es|sois|gana\w*|mejora\w*|supera\w*)\b|"
    r"\bpor (?:que|q) (?:\w+ ){1,4}(?:en vez de|en lugar de|y no)\b"
)
# Beside a question mark these ask; without one they tell what somebody wants.
_COMPARES = re.compile(
    r"\b(?:any )?(?:better|worse|different|safer|faster) than (?!\d|nothing|before|that)\w|"
    rf"\b{_BETTER_RU},? чем |\bпреимуществ\w* (?:перед|над)|\bпо сравнению с|\bв сравнении с|"
    r"\b(?:mejor|mejores|peor|peores|distint\w+|diferent\w+) (?:que|a) (?!nada)\w|"
    r"\bventajas? (?:sobre|frente)|\bfrente a\b|\ben comparacion con|\bcomparad\w+ con|"
    r"比.{1,8}(?:好|强|优)(?:吗|么|[?？])"
)


def compares(low: str) -> str:
    """The words of a question what we have over somebody else; "" if it asks none."""
    hit = _ASKS.search(low)
    if hit is None and ("?" in low or "？" in low):
        hit = _COMPARES.search(low)
    return hit.group().strip() if hit else ""
