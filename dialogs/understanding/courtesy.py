"""Which courtesy a bare word of small talk is: who says hello again wants no thanks, and who says
goodbye no further question."""

from __future__ import annotations

import re

from dialogs.words import fold

_GREETING = re.compile(
    r"(?:oh |ah |ok |so |well |and )?(?:hi+|hello+|hey+|hiya|heya|howdy|yo|moin|servus|"
    r"good (?:morning|afternoon|evening|day)|greetings)(?: (?:again|there|everyone|all|team|you))*"
    r"|(?:你好|您好|嗨|哈喽|哈啰|早上好|上午好|下午好|晚上好|早安|在吗|"
    r"有人吗)[啊呀吗呢]?(?:又是我)?|又见面了|我又来了"
    r"|(?:и )?(?:снова |ещ?е раз )?(?:привет\w*|здравствуй\w*|здрасте|здрасьте|хай|приветик|салют|"
    r"добр\w+ (?:день|утро|вечер|дня|утра|вечера|времени суток))(?: (?:снова|еще раз|опять|всем))*"
    r"|(?:hola+|holi|buenas|buen(?:os|as)? (?:dias?|tardes|noches)|saludos|que tal)"
    r"(?: (?:de nuevo|otra vez|a todos|buenas|buenos dias|buenas tardes))*"
)
# Folded, "that's" is "that".
_FAREWELL = re.compile(
    r"\b(?:(?:good)?bye+|see (?:you|ya)|good night|that(?: is| was|s)? all|"
    r"have a (?:nice|good|great) (?:day|evening|week|weekend|one)|talk (?:to you )?(?:later|soon)|"
    r"пока(?! не)|до (?:свидания|встречи|связи|завтра)|всего (?:доброго|хорошего)|"
    r"(?:на этом|это) все|хорошего (?:дня|вечера)|"
    r"adios|hasta (?:luego|pronto|otra|manana)|nos vemos|eso es todo|nada mas|cha[ou]|"
    r"(?:que tenga )?buen (?:dia|fin de semana))\b|"
    r"再见|拜拜|先这样|就这样|回头(?:聊|见|再)|下次(?:聊|再)|晚安"
)
_MARKS = re.compile(r"[^\w\s]+")


def greets(text: str) -> bool:
    """Is the whole message a greeting, in any language?"""
    bare = " ".join(_MARKS.sub(" ", fold(text)).split())
    return _GREETING.fullmatch(bare) is not None


def takes_leave(text: str) -> bool:
    """Is there a goodbye in a message of nothing but courtesy, in any language?"""
    return _FAREWELL.search(fold(text)) is not None
