"""Who asks what a thing is, or wonders where it should come from, has none to tell of."""

from __future__ import annotations

import re

# Who has "no clue about servers" says nothing of having any.
_CLUELESS = re.compile(
    r"(?:\b(?:no (?:idea|clue|knowledge)|know (?:nothing|little)|clueless|(?:don't|do not) (?:know|"
    r"understand)(?: much| anything)?|not an expert)(?: \w+)? (?:about|of|on|in|with) |"
    r"(?:不懂|不了解|不会弄|没研究过)|\b(?:не разбираюсь|ничего не понимаю) в |"
    r"\b(?:no (?:entiendo|se)(?: nada)?|ni idea) (?:de|sobre) )(?:the |los |el )?$"
)
# "What servers?", "server? no clue what that is": not even the word is known.
_WHAT_BEFORE = re.compile(
    r"(?:\b(?:what|which|wat|what's an?|what is an?|какие|какой|каких|что за|что такое|[qk]|que|"
    r"cuales|"
    r"que es (?:eso de )?(?:un|los|lo de)|que son (?:los)?)(?: (?:a|own|свои|los|un))?|什么|啥|"
    r"啥叫|"
    r"什么叫|什么是|啥是|哪种) ?$"
)
_CLUELESS_AFTER = re.compile(
    r"\w*[\s?,.!;:，。？！、-]*(?:(?:sorry|ну|pues|eh|hm+|lol|haha|а) ?,? ?)?"
    r"(?:no (?:clue|idea)|(?:not sure |don't know |dunno )?what(?:'s| is| are) (?:that|it|those|"
    r"this)|"
    r"never heard|no (?:lo )?se (?:que|[qk]|ni)|ni (?:lo )?(?:se|idea)\b|que es(?: eso)?\W*$|"
    r"(?:это )?что (?:это|такое)|понятия не|без понятия|не в курсе|хз\b|не разбираюсь|"
    r"(?:我)?(?:是什么|是啥|不懂|没听说|什么意思|啥意思|啥东西))"
)
_WHENCE_BEFORE = re.compile(
    r"(?:\bоткуда (?:у нас |им |им тут |взяться )*|\b(?:какой|какие) (?:там|у нас|уж)(?: \w+)? |"
    r"\bde donde (?:vamos a |ibamos a )?(?:sacar|tener) |\b(?:as if|like) we(?:'d| would| could)? "
    r"(?:have|had|own|afford) |哪来的?|哪有(?:什么)?|要什么)$"
)


def knows_not(before: str, after: str) -> bool:
    """Whether what stands around a thing's name asks what it is, or owns to know nothing of it."""
    asks = _WHAT_BEFORE.search(before) or _CLUELESS_AFTER.match(after)
    return bool(asks or _CLUELESS.search(before))


def wonders_whence(before: str) -> bool:
    """Whether the words before a thing's name wonder where it should come from: there is none."""
    return _WHENCE_BEFORE.search(before) is not None
