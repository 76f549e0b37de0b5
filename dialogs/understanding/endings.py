"""Words that an end, a new beginning or trouble needs: the model alone is not believed."""

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
    # Trouble is a word for going wrong, or a no before what should go on.
    "support_request": re.compile(
        r"\b(?:error\w*|bug\w*|issue\w*|problem\w*|trouble\w*|ticket\w*|crash\w*|fail\w*|broke\w*|"
        r"break\w*|fix\w*|repair\w*|stuck|hang\w*|hung|freez\w*|frozen|slow\w*|timed? ?out|"
        r"times out|lost|los(?:es?|ing)|gone|vanish\w*|disappear\w*|missing|wrong\w*|"
        r"stop\w*|down|offline|dead|died|blank|empty|white|corrupt\w*|expired?|exception\w*|help|support|urgent\w*|asap|reset\w*|"
        r"forgot\w*|lock\w*|reject\w*|drop\w*|throw\w*|[45]\d\d|outage|fault\w*|hack\w*|"
        r"doesn't|don't|didn't|isn't|aren't|won't|can't|cannot|couldn't|unable|dont|doesnt|cant|wont|"
        r"(?:does|do|did|is|are|can|could|will) not|not (?:\w+ )?\w+(?:ing|ed)|"
        r"no (?:longer|more|results?|emails?|orders?|answer)|nobody|nothing|nowhere|any ?more|"
        r"customer no|since|complain\w*|glitch\w*|weird\w*|garbled|twice|duplicat\w*|logs? me out|"
        r"kicks?)\b|"
        r"[错坏崩挂卡慢丢失断停掉瘫]|不[了上到出开进通动见对能显]|没[了有反收到显人]|无法|问题|故障|报|白屏|空白|"
        r"异常|过期|帮|修|处理|急|工单|忘|乱码|重复|bug|bag|转圈|售后|"
        r"\b(?:не|нет|ни|без)\b|ошиб|слом|упал|лежит|завис|слет|вылет|перестал|глюч|тормоз|проблем|"
        r"помо[гщ]|почин|исправ|сроч|баг|пропал|исчез|потер|пуст|бел\w+ экран|истек|сбо[йи]|отвал|"
        r"забыл|сбрось|поддержк|тикет|заявк|[45]\d\d|двоит|дубл|криво|медлен|виснет|падает|рух|"
        r"\b(?:no|ni|sin|nadie|nada)\b|error|fall[aoóe]|roto|rota|romp|caid|cae\b|cayo|colg|lent[oa]|"
        r"problem|ayud|arregl|urgen|perdi|desapar|vaci|en blanco|caduc|venci|incidencia|tiquet|"
        r"averia|soporte|olvid|bloque|dej[oa]|repar|mal\b|duplic"
    ),
    "restart": re.compile(
        r"\b(?:re-?start\w*|re-?do|reset\w*|over|again|anew|afresh|fresh|scratch|zero|"
        r"square one|(?:the|very) (?:start|beginning|top)|beginning|first question|"
        r"new (?:chat|talk|conversation))\b|"
        r"重|从头|从零|"
        r"\b(?:занов|сначала|с начала|с нуля|снова|сброс|перезапус|рестарт)|"
        r"\b(?:reinici\w+|re(?:empez|empiez|comenz|comienz)\w+|de nuevo|nuevamente|otra vez|"
        r"cero|principio|inicio|volv\w+ a|vuelv\w+ a|nueva (?:charla|conversacion))\b"
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

# "Let's get started", 问吧, "поехали": whoever says so lets the questions come.
_BEGINS = re.compile(
    r"(?:(?:yes|ok(?:ay)?|sure|fine|alright|right|great|good|well|so|please|let's|let us|lets|"
    r"we can)[ ,.!]*)*"
    r"(?:(?:start|begin|get (?:started|going|to it|on with it)|kick off|go|do (?:it|this)|"
    r"fire away|shoot|ask away|go ahead and ask|just ask|ask me|bring it on|ready when you are|"
    r"i'm all ears|(?:i'm |im |we're )?ready)"
    r"(?:[ ,]*(?:then|now|please|asking|with (?:it|that|the questions)))*)|"
    r"(?:好的?|嗯+|行|可以|那就?|来|请|我们|咱们|你们?|您|现在)*[,，]?(?:开始|问|来|聊|走起|开整)"
    r"(?:问|聊|提问)?(?:吧|啊|呀|呗)|(?:好的?|可以|那就?|请)[,，]?开始|有什么(?:就)?问(?:吧|的)?|"
    r"(?:(?:да|ок|хорошо|ладно|ну|что ж|тогда|давай(?:те)?)[ ,]*)*"
    r"(?:начн[еи]м|начать|начинай(?:те)?|начинаем|приступим|приступай(?:те)?|приступаем|поехали|"
    r"погнали|спрашивай(?:те)?|задавай(?:те)?(?: (?:свои |ваши )?вопросы)?|валяй(?:те)?)"
    r"(?: (?:уже|тогда|пожалуйста))*|"
    r"(?:(?:si|vale|ok|bueno|venga|pues|claro|dale|entonces|ya|listos?|cuando (?:quiera|quieras))"
    r"[ ,]*)*(?:(?:vamos a )?(?:empezar|comenzar)|empecemos|comencemos|empieza|empiece|comience|"
    r"empezamos|comenzamos|arranquemos|arrancamos|vamos(?: alla| a ello)?|al lio|"
    r"pregunt(?:a|e|ame|eme|en)(?: (?:lo que (?:quiera|quieras)|nomas|no mas))?)"
    r"(?: (?:ya|pues|entonces|por favor|nomas))*"
)


def tells(intent: str, low: str) -> bool:
    """Whether words for this intent stand in it; True for an intent that needs none."""
    pattern = _TELLING.get(intent)
    return pattern is None or pattern.search(low) is not None


def goes_on(low: str) -> bool:
    """Whether a whole short message says no more than to go on: 继续吧."""
    return _GO_ON.fullmatch(low) is not None


def begins(low: str) -> bool:
    """Whether a whole short message says no more than to begin: "let's get started", 问吧."""
    return _BEGINS.fullmatch(low) is not None
