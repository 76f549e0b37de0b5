"""Which courtesy a bare word of small talk is: who says hello again wants no thanks."""

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
_MARKS = re.compile(r"[^\w\s]+")


def greets(text: str) -> bool:
    """Is the whole message a greeting, in any language?"""
    bare = " ".join(_MARKS.sub(" ", fold(text)).split())
    return _GREETING.fullmatch(bare) is not None
