"""Words as people shorten them in a chat, spelled out for the model and for telling words."""

from __future__ import annotations

import re

from dialogs.understanding.traditional import TO_SIMPLIFIED

_FULL = {
    # English
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks",
    "ta": "thanks", "cuz": "because", "whats": "what's", "wheres": "where's", "hows": "how's",
    "dont": "don't", "cant": "can't", "wont": "won't", "doesnt": "doesn't", "isnt": "isn't",
    "im": "i'm", "gimme": "give me", "wanna": "want to", "gonna": "going to", "tmrw": "tomorrow",
    "nr": "number", "vid": "video", "vids": "videos", "docs": "documents", "diff": "difference",
    "dif": "difference", "tryna": "trying to", "mgr": "manager", "dept": "department",
    "lemme": "let me", "lets": "let's", "b4": "before", "bc": "because", "w/o": "without",
    # Spanish
    "q": "que", "k": "que", "xq": "por que", "pq": "por que", "pa": "para", "tb": "tambien",
    "tmb": "tambien", "uds": "ustedes", "ud": "usted", "info": "informacion", "porfa": "por favor",
    "dnd": "donde", "cdo": "cuando", "msj": "mensaje",
    # Russian
    "скок": "сколько", "скока": "сколько", "тыщ": "тысяч", "чел": "человек", "щас": "сейчас",
    "ща": "сейчас", "спс": "спасибо", "пжл": "пожалуйста", "плиз": "пожалуйста", "чо": "что",
    "че": "что", "оч": "очень", "норм": "нормально", "инфа": "информация", "инфу": "информацию",
    "доки": "документы", "прога": "программа", "комп": "компьютер",
    # Chinese
    "木有": "没有", "啥": "什么", "咋": "怎么", "俺": "我", "咱": "我们",
}  # fmt: skip
_LATIN_OR_CYRILLIC = re.compile(r"(?<!\d)[a-zа-я][a-zа-я0-9/]*")
_HAN = re.compile("木有|啥|咋|俺|咱")


_IN_PAPERS = {
    **_FULL, "n": "and", "ppl": "people", "abt": "about", "sth": "something", "smth": "something",
    "yr": "year", "yrs": "years", "msg": "message", "w/": "with", "gd": "good", "biz": "business",
    "sys": "system", "prod": "production", "dev": "developer", "devs": "developers",
}  # fmt: skip
_ANY_CASE = re.compile(r"(?<![\w/&.])[A-Za-zА-Яа-я][A-Za-zА-Яа-я0-9]*(?:/[a-z]?)?(?![\w&])")


def spell_out(text: str) -> str:
    """The text with the shortened words in full; not of the same length."""
    text = _LATIN_OR_CYRILLIC.sub(lambda hit: _FULL.get(hit.group(), hit.group()), text.lower())
    return _HAN.sub(lambda hit: _FULL[hit.group()], text)


def spell_out_question(text: str) -> str:
    """As `spell_out`, for papers to be searched: names keep their capitals, Traditional Chinese
    becomes simplified."""
    text = _ANY_CASE.sub(lambda hit: _IN_PAPERS.get(hit.group().lower(), hit.group()), text)
    return _HAN.sub(lambda hit: _FULL[hit.group()], text.translate(TO_SIMPLIFIED))
