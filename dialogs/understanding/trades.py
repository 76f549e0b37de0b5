"""Who buys, told by a trade: "we're a bakery", 开了个面包店, "pyme de bicis"."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from dialogs.understanding.clauses import is_question, split_clauses
from dialogs.understanding.names import Found, Names
from dialogs.understanding.negation import is_ruled_out
from dialogs.understanding.words import Words, fold

_FILE = Path(__file__).parent / "data" / "trades.txt"
# Whose trade it is: of who writes, or of somebody else.
_OWN_BEFORE = re.compile(
    r"\b(?:we|we're|i'm|i am|i run|i own|i have|i work (?:at|for|in)|our|my|us|somos|soy|tenemos|"
    r"tengo|llevo|trabajo (?:en|para)|nuestr[oa]|mi|мы|у нас|у меня|наш\w*|мо[йяе]м?|держу|держим|"
    r"работаю (?:в|на)|from a|ours is a|wir sind|wir haben|ich habe|unser\w*|for a|in a|at a|"
    r"para una?|en una?|de una?|для|из)\b|我们?|咱们?|本人|本店|自家|开了|开着|一家|一个"
)
_POSSESSED = re.compile(
    r"\b(?:our|my|nuestr[oa]|mi|наш\w*|мо[йяе]\w?|unser\w*)(?: [^\W\d_]+)? $|"
    r"(?:我们?|自己|咱们?)的?$"
)
_OTHERS_BEFORE = re.compile(
    r"(?:\b(?:your|customers?|clients?|like|such as|other|any|every|to|sell to|supply|supplies|"
    r"ваш\w*|клиент\w*|как у|клиентам|su|sus|clientes|como|otros?|para)"
    r"(?: (?:the|a|an|los|las|our))?|你们的?|贵|客户(?:是|有)?|给|卖给|像|其他|别的|供应)\W{0,2}$"
)
_PART_START = re.compile(
    r"\W*(?:(?:hi|hello|hola|здравствуйте|привет|yes|si|да|ja|ok|well)\W+)?(?:[^\W\d_]+[ -]){0,3}$"
)
_HAN_PART_START = re.compile(
    r"\W*(?:(?:你好|您好|在吗|在么|亲|是的?|我?做|搞|开|一家|一个|小|大型|中型|民营|私营|本地的?)\W*)*$"
)
_NAME_END = re.compile(
    r"\W*$|[,.;!，。、]|\s?(?:№|#|no\.? ?\d|\d)|"
    r"[滴哒呢哈呀吧啊]|\s?[+&/]|\s(?:in|with|from|here|near|for|of|and|d|de|en|con|y|с|в|на|из|и|для|по)\b|的"
)
_VERB = re.compile(
    r"\b(?:need|want|like|looking|build|make|have you|is there|can|нуж\w+|хо[чт]\w+|есть ли|"
    r"можно|quier\w+|necesit\w+|busc\w+|hay|puede\w*)\b|想要?|需要|要做|有没有|能"
)


_GREETING = re.compile(r"^\W*(?:在吗|在么|在不在|你好吗)\W*")
# 螺丝厂, 县供销社: whatever is made or sold there, when nothing else stands in the part.
_HAN_WORKS = re.compile(
    r"(?<![\u3400-\u9fff])(?!你们|别的|贵|哪|什么)(?:(?!的)[\u3400-\u9fff]){1,4}(?:厂|工坊|作坊|供销社|合作社|批发部|"
    r"专卖店|连锁店|商行)(?![\u3400-\u9fff])"
)


@lru_cache(maxsize=1)
def _trades() -> Names:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    return Names({"enterprise": [fold(name).removesuffix(" *") for name in names]})


def read_trade(words: Words, *, asked: bool) -> list[Found]:
    """The buyer's own trade; one that is asked about, supplied or dreamt of is none."""
    hits = _trades().find(words.low)
    if words.han:
        hits += [("enterprise", hit.start(), hit.end()) for hit in _HAN_WORKS.finditer(words.low)]
    if not hits:
        return []
    clauses = split_clauses(words)
    for value, start, end in hits:
        clause = next(((a, b) for a, b in clauses if a <= start < b), (0, len(words.low)))
        before = words.low[clause[0] : start]
        if is_ruled_out(words.low, start) or _OTHERS_BEFORE.search(before):
            continue
        asks = is_question(_GREETING.sub("", words.low[clause[0] : clause[1]]))
        if asks and not _OWN_BEFORE.search(before):
            continue
        told = _POSSESSED.search(before) or (
            _OWN_BEFORE.search(before) and not _VERB.search(before)
        )
        head = (_HAN_PART_START if words.han else _PART_START).match(before) and not _VERB.search(
            before
        )
        if asked or told or (head and _NAME_END.match(words.low, end)):
            return [Found("buyer_type", value, start, end, f"a trade: {words.low[start:end]}")]
    return []
