"""Calls into the talk: whether anybody is there, and whether it is a person or a machine."""

from __future__ import annotations

import re

# What tells a question about the bot from a greeting.
BOT_QUESTION = re.compile(
    r"bot|robot|robó|机器|真人|real|бот|робот|human|person|machine|who|谁|name|叫|зовут|говорю|"
    r"llamas|quien"
)
_MACHINE = r"(?:(?:chat|ro)?bot|machine|computer|program|script|ai)\b"
_MACHINE_RU = r"(?:чат-?бот|бот|робот|машин|программ|автомат|автоответчик|ии\b|нейросет)\w*"
_MACHINE_ES = r"(?:maquina|(?:ro)?bot|robot|programa|ordenador|computadora|ia)\b"
_PERSON_ES = r"(?:persona|humano|alguien)\b"
_WHICH_OF_BOTH = re.compile(
    rf"\b(?:person|human|somebody|someone)\b[^.?!]{{0,12}} or (?:\w+ ){{0,4}}{_MACHINE}|"
    rf"\b{_MACHINE}[^.?!]{{0,8}} or (?:\w+ ){{0,3}}(?:person|human)\b|"
    r"(?:真人|人工|人)(?:在回)?还是(?:\w{0,2})(?:机器|程序|ai|电脑)|(?:机器人?|程序|ai|"
    r"电脑)还是(?:真?人)|"
    rf"\b(?:человек\w*|жив\w+|людьми)(?: \w+)?,? или (?:\w+ ){{0,2}}{_MACHINE_RU}|"
    rf"\b{_MACHINE_RU},? или (?:\w+ ){{0,2}}(?:человек|жив|люд)|"
    rf"\b{_PERSON_ES}[^.?!]{{0,12}} o (?:\w+ ){{0,3}}{_MACHINE_ES}|"
    rf"\b{_MACHINE_ES},? o (?:\w+ ){{0,3}}{_PERSON_ES}"
)
_ANYBODY_THERE = re.compile(
    r"\b(?:can|do|does|did) (?:you|anyone|anybody|someone|somebody) (?:even |still |actually )?"
    r"(?:hear|read|see|get|receive|copy) (?:me|this|that|us|my messages?|what i (?:write|type))\b|"
    r"\b(?:are you|is (?:anyone|anybody|someone|somebody)) (?:even |still |actually |really )?"
    r"(?:there|here|alive|awake|listening|around|reading(?: this)?)\b(?! (?:on|from|in|at|to) \w)|"
    r"^(?:hello|hi|hey|ok)?[ ,!?]*(?:anyone|anybody|someone|somebody|you) (?:still )?(?:there|"
    r"home|here|"
    r"alive|awake)\b|"
    r"\bis this (?:thing|chat|line) (?:on|working|alive|dead|live)\b|"
    r"(?:听|看|收)得?(?:到|见)我|"
    r"(?:^|[，,？?! ])(?:能)?(?:听|看|收)得?(?:到|见)(?:吗|么|没)|"
    r"^(?:人呢[，,]?)?(?:还|人|你们?|您)?在(?:不在|没在)(?=$|[啊呀呢?？，,])|^(?:喂|哈喽|"
    r"嗨)+[，,]?(?:还)?在|"
    r"^(?:还|人|你们?|您|客服)?在(?:吗|么|嘛|线吗)|(?:有|还有)(?:没有)?人(?:在|回|管|理我?|"
    r"搭理)?(?:[啊呀]|吗|么|不|没有|$)|"
    r"\b(?:меня|нас) (?:\w+ )?(?:слыш|вид|чита|понима)\w+|\b(?:слыш|чита)\w+ (?:меня|нас)\b|"
    r"\b(?:вы|ты|кто-?нибудь|кто-?то|есть кто) (?:тут |там |здесь )?(?:(?:тут|там|здесь)(?=\W*$)|"
    r"жив\w*\b|на связи|на месте)|\b(?:есть (?:тут |здесь |там )?кто(?:-?(?:нибудь|то|"
    r"либо))?(?: (?:тут|здесь|там|"
    r"живой|на связи|дома|онлайн))?|кто-?(?:нибудь|то) (?:тут |здесь )?есть)\W*$|"
    r"^(?:ау+|алло?|але)\b|"
    r"\b(?:me|nos) (?:escuch|oye|oyes|lee|ves?\b|recib)\w*|\b(?:sigues?|estas?|esta usted) ahi\b|"
    r"\bhay alguien\b(?! (?:que|para|con|de)\b)|\balguien (?:ahi|por ahi|lee|me lee)\b"
)
# Who wants one of both asks for a person; what is seen or read may be a paper or a page.
_WANTING = re.compile(
    r"\b(?:want|need|prefer|rather|like|can|could|may|let|get|give|put|connect)\b|"
    r"想|要|转|找|换|接|能|可以|请|\b(?:хо[чт]\w*|дай\w*|нуж\w+|можно|позов\w+|соедин\w+|лучше)\b|"
    r"\b(?:quier\w*|quisier\w*|prefier\w*|prefiero|necesit\w+|pued\w+|podri\w+|pas[ae]\w*|"
    r"pong\w+)\b"
)
# "Let somebody alive answer me" asks for a person.
_SENDING_FOR = re.compile(
    r"\b(?:let|have|get|find|want|need)\b|让|叫|找|换|\b(?:пусть|пускай|дайте?|нужен|позовите)\b|"
    r"\bque (?:me|nos) (?:atienda|conteste|responda|llame|escriba)\w*"
)
_LONGEST = 60  # letters of a call that holds nothing else


def asks_who(low: str) -> str:
    """The words that ask whether a person or a machine answers; "" if none do."""
    hit = _WHICH_OF_BOTH.search(low)
    return hit.group() if hit and not _WANTING.search(low) else ""


def calls_out(low: str) -> str:
    """The words that ask whether anybody is there at all; "" if none do."""
    hit = _ANYBODY_THERE.search(low) if len(low) <= _LONGEST else None
    return hit.group() if hit and not _SENDING_FOR.search(low) else ""
