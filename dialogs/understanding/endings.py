"""Words that a wish to end, to erase or to begin anew needs: the model alone is not believed."""

from __future__ import annotations

import re

_TELLING = {
    "stop": re.compile(
        r"\b(?:stop|quit|end|enough|unsubscribe|cancel|delete|erase|remove|wipe|forget|leave|"
        r"opt out|go away|get lost|bye|goodbye|no (?:more|longer)|any ?more|nothing (?:more|else)|"
        r"not interested|never)\b|"
        r"停|退出|退订|结束|注销|取消|删|清空|清除|抹掉|忘[了掉记]|别再?|不要再?|不用再?|不再|"
        r"不(?:聊|谈|需要|想聊|感兴趣)了?|没兴趣|够了|算了|再见|"
        r"\b(?:стоп|хватит|достаточно|отпи[сш]|отмен|удал|стер|сотр|забуд|больше не|"
        r"больше ничего|прекрат|перестан|законч|заверш|надоел|уйди|отстан|отвали|оставьте|"
        r"до свидания|не (?:пиш|звон|беспоко|интерес))|"
        r"\b(?:par[ae]\w*|basta|baja|borr\w+|elimin\w+|suprim\w+|olvid\w+|cancel\w+|dej[ea]\w*|"
        r"termin\w+|fin|adios|no .{0,20}\bmas|ya no|no me interesa)\b"
    ),
    "restart": re.compile(
        r"\b(?:re-?start\w*|reset\w*|start|begin\w*|beginning|anew|scratch|"
        r"new (?:chat|talk|conversation))\b|"
        r"重|从头|从零|"
        r"\b(?:занов|сначала|с начала|с нуля|снова|сброс|перезапус|рестарт)|"
        r"\b(?:empez\w+|empiez\w+|comenz\w+|comienz\w+|reinici\w+|de nuevo|de cero|principio|"
        r"nueva (?:charla|conversacion))\b"
    ),
}
_GO_ON = re.compile(
    r"(?:(?:yes|ok(?:ay)?|sure|please|let's|let us|lets|we can|i want to|i'd like to)[ ,]*)*"
    r"(?:continue|go (?:on|ahead)|carry on|proceed|keep going|resume|move on)"
    r"(?:[ ,]*(?:please|then|now|with it|from there|where we (?:were|stopped|left off)))*|"
    r"(?:好的?|嗯+|行|可以|那|请|我们|咱们|我想|想|要|接着)*[,，]?"
    r"(?:继续|接着|往下)(?:聊|说|走|谈|来|进行)?(?:吧|啊|呀|一下)?|"
    r"(?:да|ок|хорошо|ладно)?[ ,]*(?:давай(?:те)? )?(?:продолж(?:ить|им|аем|ай|айте|у|"
    r"ение)|дальше|далее)(?: пожалуйста)?|"
    r"(?:si|vale|ok|bueno|claro)?[ ,]*(?:quiero )?(?:continu(?:ar|emos|e|a)|seguir|sigamos|sigue|"
    r"siga|adelante)(?: por favor)?"
)


def tells(intent: str, low: str) -> bool:
    """Whether words for this intent stand in it; True for an intent that needs none."""
    pattern = _TELLING.get(intent)
    return pattern is None or pattern.search(low) is not None


def goes_on(low: str) -> bool:
    """Whether a whole short message says no more than to go on: 继续吧."""
    return _GO_ON.fullmatch(low) is not None
