"""Values put right by their subject: "the headcount is wrong, it's 64", "the right mail is ..."."""

from __future__ import annotations

import re

from dialogs.understanding.draft import Draft
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.names import Found
from dialogs.understanding.slots import read_slots
from dialogs.understanding.words import read_words

# The longer names come first: a phone number is no number of people.
_NOUNS = {
    "phone": (
        r"(?:phone|mobile|telephone|cell)(?: number)?|电话号?码?|手机号?码?|телефон\w*|"
        r"(?:numero de )?(?:telefono|movil)|number(?! of)|номер\w*|号码"
    ),
    "email": r"e-?mail(?: address)?|mail|邮箱|邮件地址|почт\w+|имейл\w*|мейл\w*|correo",
    "company": (
        r"(?:company|firm|business) name|name of (?:the|our) (?:company|firm)|公司名称?|"
        r"названи\w+ (?:компании|фирмы)|nombre de (?:la )?empresa"
    ),
    "headcount": (
        r"head ?count|(?:number|count) of (?:people|staff|employees)|staff (?:number|count|figure)|"
        r"team size|人数|员工数|(?:числ\w+|количеств\w+) (?:сотрудник\w+|людей|человек)|"
        r"численност\w+|numero de (?:empleados|personas|trabajadores)|plantilla"
    ),
    "budget": r"budget|预算|бюджет\w*|presupuesto",
    "timeline": (
        r"dates?|deadline|time ?line|go-?live(?: date)?|日期|(?:上线)?时间|工期|срок\w*|"
        r"дат[аеуы]\w*|"
        r"fechas?|plazo"
    ),
    "city": r"city|town|location|城市|地点|город\w*|ciudad|localidad",
    "department": r"department|dept|部门|отдел\w*|departamento",
    "role": r"job title|position|role|title|职位|职务|должност\w*|cargo|puesto",
    "name": r"(?:first |last |sur)?name|名字|姓名|имя|имени|фамили\w+|nombre|apellido",
}
_NOUN = re.compile(
    "|".join(
        rf"(?P<{slot}>(?<![^\W\u3400-\u9fff])(?:{names})(?![^\W\u3400-\u9fff]))"
        for slot, names in _NOUNS.items()
    )
)
_WRONG = re.compile(
    r"\b(?:wrong(?:ly)?|incorrect(?:ly)?|mistaken?|typos?|misspel\w+|mistyped|mixed up|"
    r"messed up|confused|outdated|not (?:right|correct)|isn't (?:right|correct)|"
    r"(?:letter|digit)s? (?:is |are |was )?(?:missing|extra|off|too many)|"
    r"(?:missed|forgot|dropped|swapped) (?:a|one|two) (?:letter|digit)s?|"
    r"невер\w+|неправильн\w+|ошиб\w+|опечат\w+|пере?путал\w*|напутал\w*|неточн\w+|лишн\w+|"
    r"пропустил\w*|не т(?:от|а|о|у)\b|друг(?:ой|ая|ое)\b|"
    r"mal\b|equivoq\w*|equivoca\w*|error\w*|erron\w+|incorrect\w+|confund\w+|"
    r"me (?:he )?li(?:e|ado)|"
    r"errata|me comi|falta\w*|sobra\w*|no es correct\w+)|"
    r"错|不对|有误|不准确|搞混|弄混|记混|[搞写弄]反|反了|漏了|[说写报填打算][少多]了|少[写打输填]了|多[写打输填]了"
)
# What is wrong with a page or a system is no value of the buyer's.
_OF_A_SYSTEM = re.compile(
    r"\b(?:your|system|site|website|page|form|field|check ?out|list|server|login|screen|app|"
    r"ваш\w*|систем\w*|сайт\w*|форм[аеуы]|страниц\w*|пол[ея]|su (?:web|pagina)|sistema|pagina|"
    r"formulario|pantalla)\b|系统|页面|网站|你们|接口|表单|后台"
)
# "The right number is ...", "el correo bueno es ...", 正确的邮箱是.
_RIGHT_BEFORE = re.compile(
    r"(?:\b(?:the )?(?:right|correct|actual|proper)|\b(?:верн|правильн|актуальн)\w+|"
    r"正确的?|准确的?) ?$"
)
_RIGHT_AFTER = re.compile(r"^ (?:buen[oa]|correct[oa]|верн\w+|правильн\w+)\b")
_IS = re.compile(r"^ ?(?:is|was|are|would be|es|son|это|[:：—–=-]|是|应该是|应为|为)[: ]*")
_CLAUSE_END = re.compile(r"[,，;；:：。!！\n]|\.(?=\s|$)|\s[-–—]+\s|(?=应该?[是为])")
_VALUE_LEAD = re.compile(
    r"^(?:[\s,，:：]|(?:it's|its|it is|it should (?:be|say|read)|should (?:be|say|read)|actually|"
    r"really|rather|right is|is|i'm|we're|это|на самом деле|надо|нужно|правильно|верно|должн\w+ "
    r"быть|es|son|era|en realidad|debe(?:ria)? ser|pon(?:ga)?|here|вот)(?![^\W\u3400-\u9fff])|"
    r"应该?[是为]|其实是?|是|叫|为)+"
)


def take_blamed(draft: Draft, lexicon: Lexicon) -> None:
    """Reads what follows the blamed subject as the answer to the question for that subject."""
    low = draft.words.low
    if "?" in low or "？" in low:
        return
    blamed = find_blamed(low)
    if blamed is None:
        return
    slot, begin, start = blamed
    hit = _read_after(draft, lexicon, slot, start)
    if hit is None:
        return
    for other in _misread(draft, slot, begin, start):
        draft.forget(other, f"said of the {slot}")
        draft.stated.found.pop(other, None)
    draft.stated.found[slot] = hit
    draft.take(hit)
    draft.used.append((begin, start))
    draft.bare.discard(slot)
    for intent in ("affirm", "deny"):
        if begin == 0:
            draft.drop(intent)
    draft.put_right = hit.start
    draft.add("correct", f'"{low[begin:start].strip()}"')


def find_blamed(low: str) -> tuple[str, int, int] | None:
    """(slot, where its part begins, where the right value may begin), or None."""
    for noun in _NOUN.finditer(low):
        slot = noun.lastgroup or ""
        right = _RIGHT_BEFORE.search(low[: noun.start()])
        after = _RIGHT_AFTER.match(low[noun.end() :])
        if right or after:
            end = noun.end() + (after.end() if after else 0)
            told = _IS.match(low[end:])
            if told:
                return slot, right.start() if right else noun.start(), end + told.end()
        begin = max((hit.end() for hit in _CLAUSE_END.finditer(low, 0, noun.start())), default=0)
        close = _CLAUSE_END.search(low, noun.end())
        wrong = _WRONG.search(low, begin, close.start() if close else len(low))
        ours = wrong and not _OF_A_SYSTEM.search(low, begin, close.start() if close else len(low))
        if ours and close and low[close.end() :].strip():
            return slot, begin, close.end()
    return None


def _read_after(draft: Draft, lexicon: Lexicon, slot: str, start: int) -> Found | None:
    """The value of the slot in the rest of the message, its places those of the whole."""
    low = draft.words.low
    lead = _VALUE_LEAD.match(low[start:])
    start += lead.end() if lead else 0
    stated = read_slots(read_words(draft.words.text[start:]), lexicon, slot=slot, loose=True)
    hit = stated.found.get(slot)
    if hit is None or hit.start > 12:
        return None
    return Found(slot, hit.value, start + hit.start, start + hit.end, "its subject, put right")


def _misread(draft: Draft, slot: str, begin: int, start: int) -> list[str]:
    """Slots that were read within the words of blame, or where the value stands."""
    found = draft.stated.found
    return [
        name
        for name, hit in found.items()
        if (name == slot and name in draft.slots) or begin <= hit.start < start
    ]
