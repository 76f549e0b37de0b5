"""A message in parts, so that "depends, what does Cluster cost?" can mean two things."""

from __future__ import annotations

import re

from dialogs.understanding.words import Words

_BREAK = re.compile(
    r"[!?;\n。！？；…]+\s*|\.(?=\s|$)\s*|,\s*|，|、(?=还|也|再|顺便)|\s+[-–—]+\s+|"
    r"\s(?=(?:but|however|also|plus|btw|and (?:can|do|does|how|what|is|are|where|please|send|"
    r"could|i|we)|но|однако|а еще|а также|и еще|и (?:как|сколько|есть|можно|пришлите)|"
    r"pero|ademas|tambien|y (?:cuanto|como|que|si|me|tienen|hay|puede))\b)|"
    r"(?=不过|但是|但|另外|还有|顺便|而且|同时)"
)
_QUESTION = re.compile(
    r"[?？]|\b(?:wants?|like|need) to know\b|想知道|\bхо\w+ (?:у?знать)\b|\bquier\w+ saber\b|"
    r"^(?:(?:and|but|so|ok|well|also|oh|then|hi|hello|no idea|lol) ,?)*"
    r"(?:what|how|which|who|where|when|why|can|could|do|does|did|is|are|will|would|may|"
    r"should|has|have you|any|got|whats|hows|wheres|whos)\b|"
    r"\b(?:tell me|let me know|want to hear)(?: first| please| just)? "
    r"(?:if|whether|how|what|which)\b|"
    r"\b(?:dime|digame|diganme|decidme|me dices|saber|explicame)(?: \w+)? (?:si|como|que|cual|"
    r"cuant\w+)\b|\b(?:по|рас)?скажи(?:те)?\b,? (?:\w+,? ){0,4}(?:ли|как\w*|сколько|можно|есть|"
    r"будет|чем|где|когда)\b|"
    r"(?<!不)([\u4e00-\u9fff])[不没]\1|吗|么$|呢$|什么|怎么|如何|多少|几|哪|啥|不一样|能不能|可不可以|"
    r"有没有|是否|能否|支持.*不|"
    r"(?:得[了上下动起住进开到]|可以|能|会|够|行|中)不\W*$|"
    r"\bли\b|^(?:(?:а|но|и|ну|так) )*(?:как|сколько|какие|какой|какая|какую|можно|есть ли|где|"
    r"кто|когда|что|почем)\b|"
    r"^(?:(?:y|pero|bueno|pues|entonces) )*(?:que|q|como|cuanto|cuanta|cual|donde|quien|cuando|"
    r"hay(?! que\b)|tienen|se puede|puedo|pueden|"
    r"es posible|me(?! (?:he|equi|confu|llam|pare|inter|gusta|lo|la|urge|que|va|sirve|conv)))\b"
)
_PUT_TO_US = re.compile(
    r"(?:(?:and|but|so|well|hm+|ok) )*(?:do(?:es)?|did|is|are|can|could|will|would|should|what|"
    r"which|how|where|why)\b|(?:а |и )?(?:можно|нужен|нужны|подойдет|какие|какой|как|где|зачем)\b|"
    r"(?:y |pero )?(?:se puede|hace falta|vale|sirve|que|cual|como|donde)\b"
)
_WOULD_DO = re.compile(  # also without a question mark
    r"(?:is|are|does|do|can|could|would|will) .*\b(?:ok(?:ay)?|fine|enough|possible|count|"
    r"supported|work|needed|required|allowed|acceptable|alright|suitable|sufficient)\b"
)
_OF_OWN = re.compile(
    r"\b(?:we|we're|we've|i|i'm|i've|our|ours|us|my|mine|мы|наш\w*|нас|у меня|я|мой|nosotros|"
    r"nuestr\w+|tenemos|tengo|mi|somos|soy)\b"
)
_LETTERS = re.compile(r"[^\W_]")


def split_clauses(words: Words) -> list[tuple[int, int]]:
    """(start, end) of the parts of a message, in order; at most 12."""
    parts: list[tuple[int, int]] = []
    start = 0
    for hit in _BREAK.finditer(words.low):
        end = hit.end() if hit.end() > hit.start() else hit.start()
        _add_part(parts, words.low, start, end)
        start = end
    _add_part(parts, words.low, start, len(words.low))
    return parts[:12]


def _add_part(parts: list[tuple[int, int]], low: str, start: int, end: int) -> None:
    if _LETTERS.search(low[start:end]):
        parts.append((start, end))


def is_question(low: str) -> bool:
    return _QUESTION.search(low.strip()) is not None


def is_within_question(words: Words, place: int) -> bool:
    """Whether a place lies in a question put to us that says nothing of the writer's own."""
    for start, end in split_clauses(words):
        if start <= place < end:
            low = words.low[start:end].strip()
            asks = low.endswith(("?", "？")) and _PUT_TO_US.match(low)
            return bool(asks or _WOULD_DO.match(low)) and not _OF_OWN.search(low)
    return False


def size_of(low: str) -> int:
    """How much is said: words, with two Han characters for one."""
    han = sum(1 for ch in low if "\u3400" <= ch <= "\u9fff")
    return len(re.findall(r"[a-zа-я0-9']+", low)) + (han + 1) // 2
