"""Words that only announce a question: "I'd like to ask if ...", 想问一下, "хотел узнать"."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question

_HELLO = (
    r"(?:(?:hi|hello|hey|so|and|but|ok|okay|well|also|sorry|please|good (?:morning|day|afternoon|"
    r"evening)|здравствуйте|добрый (?:день|вечер)|привет|извините|и|а|но|ну|так|еще|тогда|hola|"
    r"buenas(?: tardes)?|buenos dias|y|pues|bueno|oye|oiga|perdon|disculp\w+)[ ,.!:-]*)*"
)
# What begins the question itself; a person who is to be asked is none of these.
_THEN_EN = (
    r"(?: (?P<if>if|whether)\b|[ ,;:–—-]*(?= (?:what|which|how|where|when|why|who|do|does|did|is|"
    r"are|was|can|could|will|would|should|has|have|any|there)\b)| ?[:;,–—-]+(?= ))"
)
_EN = (
    r"(?:(?:i|we)(?:'d| would| am| are|'m|'re| was| were| have| just| only| also| really)* "
    r"(?:(?:like|love|want|wanted|need|wish|wanting|trying|curious|hoping) to (?:ask|check|know|"
    r"find out|inquire|enquire|clarify|understand)|wonder(?:ed|ing)?|curious|a question|ask)"
    r"|(?:just |only )?(?:wanted|want|wanting) to (?:ask|check|know)|(?:just |was )*(?:wondering|"
    r"curious)|(?:may|can|could|might) (?:i|we) (?:just |also )?(?:ask|check|know)|"
    r"(?:could|can|would) you (?:please |kindly )?(?:tell (?:me|us)|let (?:me|us) know|say)|"
    r"(?:(?:just|a|an|one|another|other|quick|short|small|stupid|silly|last) )*questions?)"
    r"(?: (?:you|here|please|one thing|something|a question|from me))*"
)
_THEN_RU = (
    r"(?:[ ,;:–—-]*(?= (?:есть|можно|как\w*|сколько|когда|где|кто|что|чем|умеет|будет|нужен|нужно|"
    r"[\w-]+ ли|а)\b)| ?[:;,–—-]+(?= ))"
)
_RU = (
    r"(?:(?:(?:я |мы )?(?:хоте\w+|хочу|хотим|хотелось)(?: бы)?|можно|разрешите|позвольте|надо|"
    r"нужно)"
    r"(?: у вас| вас| только| просто| еще)* (?:спросить|узнать|уточнить|поинтересоваться|"
    r"проконсультироваться|понять|задать вопрос|вопрос)|"
    r"(?:(?:у (?:меня|нас)|есть|такой|один|еще|быстрый|небольшой|простой) )*вопрос(?: такой)?|"
    r"(?:не )?(?:подскаж\w+|скаж\w+)|(?:меня |нас )?интересует)(?: пожалуйста| у вас| вас)*"
)
_THEN_ES = (
    r"(?: (?P<si>si)\b| ?[:;,.–—-]+(?= )|(?= (?:cuant\w+|como|que|cual\w*|donde|"
    r"cuando|hay|tienen|se)\b))"
)
_ES = (
    r"(?:(?:(?:solo|tambien|ademas|yo) )*(?:(?:os|les|le|te) )?(?:queria(?:mos)?|quisiera(?:mos)?|"
    r"querria|quiero|queremos|(?:me|nos) gustaria|necesito|necesitaria) (?:preguntar|consultar|"
    r"saber|informarme|aclarar|confirmar)(?:l[eo]s?|[ot]s|te)?(?: algo| una cosa| una duda)?|"
    r"(?:(?:una|otra|tengo|solo|la|mi) )*(?:pregunta|consulta|duda)(?: rapida| tonta)?|"
    r"(?:me )?(?:podri?an?|puede|podeis|pueden|puedes|podrias) (?:decirme|indicarme|informarme|"
    r"confirmarme|decir)|(?:se )?(?:puede|puedo|podria) (?:saber|preguntar))(?: por favor)?"
)
_LATIN = re.compile(rf"{_HELLO}(?:{_EN}{_THEN_EN}|{_RU}{_THEN_RU}|{_ES}{_THEN_ES})[ :;,–—-]*(?=\S)")
_HAN = re.compile(
    r"(?:(?:你好|您好|哈喽|嗨|那|还|就|另外|再|嗯|亲)[,，!！ ]*)*"
    r"(?:请问|(?:我们?|咱们?|俺)?(?:这边|主要|就是|就|也|还|再|只|先)*(?:想|要|来|麻烦|劳驾|请|"
    r"跟你|向您)+(?:再|先|跟?你们?|您)*(?:问|咨询|请教|了解|打听|确认|知道)|(?:问|咨询|请教|打听)"
    r"(?=[一个问下]))(?:问|一?下下?|一问|个问题|个事儿?|您|你们?(?=[,，:：能有是支可会]))*"
    r"[哈啊呢哦]?[,，:： ]*(?=\S{2})"
)


def lead_of(low: str) -> int:
    """How many letters at the head of a part only announce the question that follows."""
    hit = _HAN.match(low) or _LATIN.match(low)
    if hit is None:
        return 0
    asked = any(hit.groupdict().values()) or is_question(low[hit.end() :])
    return hit.end() if asked else 0
