"""Who buys for nobody but themselves: works alone, studies, has no company."""

from __future__ import annotations

import re

# "I make candles at home", 我一个人在家做: whoever works so buys for themselves.
_ALONE = re.compile(
    r"\bi (?:only |just |mostly )?(?:make|sell|bake|sew|knit|craft|paint|produce|brew|build|do) "
    r"(?:[^\W\d_]+ ){0,4}(?:at|from) home\b|^(?:just |only )?(?:me,? )?alone\b|\ball by myself\b|"
    r"\bone[- ](?:man|woman|person) (?:show|business|band)\b|"
    r"^\W*(?:it'?s )?(?:just|only) me(?=,| (?:in|at|with|making|doing|selling|here|from|and a)\b)|"
    r"(?:我|自己|我们)?(?:还|也)?(?:没有?|没开|没注册)公司(?=$|[,，。!])|就我(?:自己|一个人|1个人)|(?:我|自己).{0,6}在家里?(?:做|卖|弄)|我(?:就)?一个人(?:在|做|干|搞|卖|开|忙|"
    r"弄)|"
    r"\bя (?:\w+ ){0,3}(?:дома|из дома|на дому)\b|^(?:я )?(?:тут |здесь |совсем |вообще )*(?:один|"
    r"одна)(?:,| работаю| делаю)|"
    r"\bя одн?[ани]н? [а-я]+[юу]\b|\bдома (?:я )?(?:вяжу|шью|делаю|пеку|варю|мастерю)\b|"
    r"в одиночку|^(?:solo|sola|solo yo|"
    r"yo sol[oa])(?=$|[,.])|trabajo sol[oa]\b|"
    r"\b(?:hago|vendo|fabrico|coso) (?:\w+ ){0,4}(?:en|desde) (?:mi )?casa\b|"
    r"\b(?:no|not an?|without an?|there's no|isn't an?) (?:company|firm|business)"
    r"(?: (?:behind|involved)(?: (?:it|me|this|us))?)?(?=$|[,.;!)])|"
    r"\b(?:без|нет|никакой|никакая|не) (?:фирмы?|компани[ия]|организаци[ия])(?=$|[,.;!)])|"
    r"\b(?:sin|no (?:hay|tengo|soy|es)(?: una?| ninguna)?) (?:empresa|compania)(?: detras)?(?=$|"
    r"[,.;!)])|"
    r"(?:^|\b(?:i'm|i am|im|i) )(?:still |currently )?(?:at|in) (?:uni|university|college)\b|"
    r"\bi study\b|"
    r"\bя (?:\w+ )?учусь\b|\bучусь (?:в|на)\b|\b(?:мой|моя|для) (?:диплом|курсов)\w*|"
    r"\b(?:i'm|i am|im) an? (?:\w+ )?student\b|"
    r"\bestudio (?:en|segundo|primero|tercero|la carrera|informatica)\b|\bmi tfg\b|在校生|在读|"
    r"我还在读"
)
# "我们IT就我一个人": a team of one is still somebody's team.
_TEAM_BEFORE = re.compile(
    r"(?:部门?|it|技术|运维|网管|电商|团队|小组|那边|\b(?:dept|department|team|отдел\w*|equipo|"
    r"departamento))\W{0,2}$"
)
# One person's trade: an enterprise, and nobody else can own it.
_SOLE_TRADER = re.compile(
    r"\b(?:ип|sole traders?|sole proprietor\w*|self[- ]employed|autonom[oa]|самозанят\w*)\b|"
    r"个体(?:工商)?户"
)


def trades_alone(low: str) -> bool:
    """Whether the writer is one person with a trade: "я ИП", "sole trader"."""
    return _SOLE_TRADER.search(low) is not None


def find_alone(low: str) -> re.Match[str] | None:
    """Where the writer is told to be no organisation."""
    alone = _ALONE.search(low)
    return None if alone is None or _TEAM_BEFORE.search(low[: alone.start()]) else alone
