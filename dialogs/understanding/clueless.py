"""Who asks what a thing is, or wonders where it should come from, has none to tell of."""

from __future__ import annotations

import re

# Who has "no clue about servers" says nothing of having any.
_CLUELESS = re.compile(
    r"(?:\b(?:no (?:idea|clue|knowledge|opinion)|know (?:nothing|little)|clueless|(?:don't|dont|"
    r"do not) (?:know|understand)(?: much| anything)?|not an expert|(?:not|isn't|"
    r"aren't)(?: really| "
    r"too| so| quite| yet| 100%)? (?:sure|certain|clear|decided)|unsure|undecided|dunno)(?: \w+)? "
    r"(?:about|of|on|in|with|regarding|re) |"
    r"(?:不懂|不了解|不会弄|没研究过)|\b(?:не разбираюсь|ничего не понимаю) в |"
    r"\bне (?:уверен\w*|знаю|знаем|решил\w*|ясно|понятно)(?: \w+)? (?:насчет|по поводу|про|по|с) |"
    r"\b(?:no (?:entiendo|se|sabemos|(?:lo )?tengo claro|tenemos claro)(?: nada)?|ni idea|"
    r"no est(?:oy|amos) segur\w+) (?:de|sobre|con|respecto a|lo de|en cuanto a) )"
    r"(?:(?:the|our|own|los|las|el|la|lo de|наш\w+|свои\w*) )*$"
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
    r"(?:i'm |we're |i |we )?(?:really )?(?:not sure|unsure|don't know|dunno|undecided)"
    r"(?! (?:how|which|what|if|whether))|"
    r"(?:пока )?не (?:знаю|знаем|уверен\w*|решил\w*)(?! (?:сколько|какие|какой|подойд\w+|что))|"
    r"no (?:lo )?(?:se|sabemos|tengo claro)(?! \w)|"
    r"(?:啥的|什么的|这块|方面|这边|的事)?(?:我|我们)?(?:还|也|真|暂时|目前)*(?:不确定|不清楚|"
    r"没想好|没定|"
    r"不懂)|"
    r"never heard|(?:ni|no) (?:lo )?se (?:que|[qk]|ni)|ni (?:lo )?(?:se|idea)\b|"
    r"que es(?: eso)?\W*$|"
    r"(?:(?:даже )?не (?:знаю|в курсе) )?(?:это )?что (?:это|такое)|понятия не|без понятия|"
    r"не в курсе|хз\b|не разбираюсь|"
    r"(?:我|都|也)*(?:不知道)?(?:是什么|是啥|不懂|没听说|什么意思|啥意思|啥东西))"
)
_WHENCE_BEFORE = re.compile(
    r"(?:\bоткуда (?:у нас |им |им тут |взяться )*|\b(?:какой|какие) (?:там|у нас|уж)(?: \w+)? |"
    r"\bde donde (?:vamos a |ibamos a )?(?:sacar|tener) |\b(?:as if|like) we(?:'d| would| could)? "
    r"(?:have|had|own|afford) |哪来的?|哪有(?:什么)?|要什么)$"
)


# "Server? no idea what that is, I have none": after all it is told that there is none.
_NONE_LATER = re.compile(
    r"[,.;!?，。)]\s*(?:(?:and|so|but|we|i|y|pero|а|и|но|我|我们|反正)\s?)*"
    r"(?:no (?:tengo|tenemos|hay)|(?:don't|dont|do not) (?:have|own)|haven't got|have none|"
    r"got none|нету?\b|не имею|没有|没)(?! idea| ni idea|听|想)"
)
# "What servers, we have a page on Facebook": asked back in scorn, and what there is comes instead.
_SCORNED_BEFORE = re.compile(
    r"^\W*(?:lol|haha\w*|jaja\w*|ха[хa]*|oh|ну|да|а|pero|uy|嗨|哈+)?\W*"
    r"(?:what|како[ейм]|каки[ех]|какая|[qk]u?e?|什么|啥) (?:own |свои |еще |там |нафиг )?$|"
    r"^\W*(?:什么|"
    r"啥)$"
)
_SCORNED_AFTER = re.compile(
    r"\w*\s?(?:(?:[)!,.;…—–-]|lol\b|haha|jaja|хах|哈)+|\?(?=.*(?:\b(?:only|just|и все|только|лишь|"
    r"solo|nada mas)\b|就|只))|\s?ni (?:que|[qk])\b)\s*\W*(?P<rest>[^?？]{4,})$"
)


def knows_not(before: str, after: str) -> bool:
    """Whether what stands around a thing's name asks what it is, or owns to know nothing of it."""
    asks = _WHAT_BEFORE.search(before) or _CLUELESS_AFTER.match(after)
    return bool(asks or _CLUELESS.search(before))


def is_denied(before: str, after: str) -> bool:
    """Whether a thing is named only to say that there is none: "servers? from where"."""
    none = knows_not(before, after) and _NONE_LATER.search(after)
    scorned = _SCORNED_BEFORE.search(before) and _SCORNED_AFTER.match(after)
    return bool(none or scorned or _WHENCE_BEFORE.search(before))
