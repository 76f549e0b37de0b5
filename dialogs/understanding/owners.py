"""Whose the organisation is, told by what is done with it: "the council runs us", "privatised"."""

from __future__ import annotations

import re

from dialogs.understanding.names import Found

_STATE = (
    r"(?:city|town|council|county|state|government|govt|municipality|ministry|province|region|"
    r"district|borough)"
)
_STATE_RUN = re.compile(
    rf"\b(?:the |our |local )?{_STATE} (?:runs|owns|funds|finances|operates|holds) "
    r"(?:us|it|everything|the whole thing|all of it|the (?:place|shop|museum|company|firm))\b|"
    rf"\b(?:run|owned|funded|financed|held) by (?:the |our )?(?:local )?{_STATE}\b|"
    r"\bдерж[аи]т нас (?:город|государство|администрация)\b|"
    r"\b(?:el ayuntamiento|el estado|la junta|el gobierno|la diputacion) (?:nos|lo|la) "
    r"(?:lleva|gestiona|financia|paga)\b|"
    r"\b(?:nationali[sz]ed|национализир\w+|nacionaliz\w+)\b|(?:收归|转为)国有"
)
_PRIVATE_NOW = re.compile(
    r"\b(?:privati[sz]ed|приватизир\w+|privatiz\w+)\b|(?:已经?)?(?:改制|私有化)(?:成|为|过|了|完)|"
    r"\b(?:partnership|company|firm|business|shop) (?:is |belongs to )?(?:all )?(?:mine|ours|"
    r"me and|"
    r"my (?:family|uncle|father|mother|brother|sister|parents|wife|husband|dad|mum|mom)'?s?)\b"
)
_KIN = (
    r"(?:uncle|aunt|father|mother|brother|sister|parents|wife|husband|dad|mum|mom|family|cousin|"
    r"grandpa|grandad|boss)"
)
# As the answer to whose it is: "it's my uncle's", "es mío", "de mi madre y mía".
_OURS = re.compile(
    rf"\b(?:it'?s|it is|belongs to|owned by|all) (?:me|us|mine|ours|(?:my|our) {_KIN})\b|"
    r"\b(?:es|de) (?:mi[oa]|nuestr[oa]|mi (?:padre|madre|tio|tia|hermano|hermana|marido|mujer|"
    r"familia|jefe))\b|\bd (?:mi|nuestr[oa])\b|"
    r"\b(?:моя|мой|мое|наша|наш|наше|принадлежит (?:мне|нам|семье))(?=$|[,.;!])|"
    r"(?:我(?:自己|们自己|家)?|老板(?:自己)?|私人|个人)的(?=$|[,，。!啊呀吧厂店])"
)
_NOT = re.compile(r"(?:\b(?:not|never|isn't|wasn't|не|no|nunca)|没有?|未|不)(?: \w+)? ?$")
# "We sell mostly to the government", 客户都是国企: what others are.
_OF_CUSTOMERS = re.compile(
    r"(?:\b(?:sell|supply|deliver|cater|work|ship|provide)(?:s|ing)?(?: (?:\w+ )?\w+)? (?:to|for|"
    r"with)|"
    r"\b(?:customers?|clients?|buyers?) (?:are|is|were|all|mostly|mainly|come from)|"
    r"\b(?:клиенты|покупатели|заказчики)(?: (?:у нас|наши|все|в основном))*(?: -| —)?|"
    r"\b(?:работаем|торгуем|поставляем)(?: \w+)? (?:на|для|с|по)|\bпродаем(?: \w+)?|"
    r"\b(?:vendemos|suministramos|trabajamos|servimos)(?: \w+)? (?:a|para|con)|"
    r"\b(?:clientes)(?: (?:son|todos|mayormente))*|"
    r"(?:客户|买家|甲方)(?:都|大多|主要|基本|多半)*(?:是)?|(?:卖|供货|服务)(?:给|于)?)"
    r"(?: (?:the|mostly|mainly|only|private and|las?|los|el|других|разны\w+))* ?$"
)


def find_owner(low: str, *, asked: bool) -> list[Found]:
    """Ownership told by a verb, or as an answer by whose it is; what is denied tells nothing."""
    told = [(_STATE_RUN, "state_owned"), (_PRIVATE_NOW, "private")]
    for pattern, value in (*told, *([(_OURS, "private")] if asked else [])):
        hit = pattern.search(low)
        if hit and not _NOT.search(low[: hit.start()]) and not low.rstrip().endswith(("?", "？")):
            return [Found("ownership", value, *hit.span(), "whose it is")]
    return []


def is_of_customers(before: str) -> bool:
    """Whether what follows these words names customers, not the writer's own organisation."""
    return _OF_CUSTOMERS.search(before) is not None
