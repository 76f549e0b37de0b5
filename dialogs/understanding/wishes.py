"""What no label prints: what the product is wanted for, and that questions are unwelcome."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question, split_clauses
from dialogs.understanding.names import Found
from dialogs.understanding.words import Words

_WISH = re.compile(
    r"\b(?:wanna|tryna)\b|(?:^|[^\w\s,.] )(?:to )?(?:sell|selling|vender|продавать|продажа) |"
    r"\b(?:want|need|plan(?:ning)?|hope|intend|would like|'d like|trying|going|looking) (?:to|"
    r"for|4)\b|\b(?:want|need)\b|^an? .*\b(?:for|to|where)\b|\bit should\b|"
    r"想|要|打算|准备|计划|希望|需要|^做|\b(?:хо(?:чу|тим)|нуж(?:ен|на|но|ны)|планируем|будем|"
    r"ищем|надо)\b|"
    r"\b(?:нам|мне) бы\b|хотел\w* бы|"
    r"\b(?:[qk]u?er(?:o|emos)|necesit\w+|buscamos|busco|[qk]u?iero|quisier\w+|(?:nos|me) gustaria|"
    r"nos hace falta|vamos a)\b"
)
_PURPOSE = re.compile(
    r"\b(?:sell|shops?|stores?|webshops?|online|web ?sites?|internet|e-?commerce|portal|"
    r"catalog(?:ue)?s?|marketplace|take orders)\b|"
    r"卖|店|商城|网站|网上|线上|平台|小程序|库存|订单|批发|零售|"
    r"магазин|прода[жв]|онлайн|интернет|\bсайт|каталог|\b(?:tienda|vender|en linea|catalogo)"
)
# These are wishes of another kind: to buy, to see, to be helped, to work here.
_OTHER_WISH = re.compile(
    r"\b(?:buy|order (?:now|it|the)|purchase|pay|job|work for|demo|trial|speak|talk|call|price|"
    r"cost|quote|manual|brochure|paper|error|broken|down|custom\w*|bespoke|tailor\w*|built|build|"
    r"develop\w*|integrat\w+|connect\w*|migrat\w+|import)\b|"
    r"买|下单|付款|订购|试用|演示|人工|价|多少钱|手册|资料|报错|打不开|工作|定制|开发|对接|迁移|"
    r"купить|заказать|оплат|цен|демо|\b(?:comprar|precio|pagar|demo)\b"
)
# 让经销商在网上下单: what the shop is to let others do is part of the same wish.
_GOES_ON = re.compile(r"^(?:让|使|供|方便|以便|so (?:that|our)|where|which|that|para que|чтобы)")
# Selling as such, also told without a wish: "продаем чай", "vender recambios".
_SELLING = re.compile(
    r"\b(?:sell(?:ing|s)?|vend(?:er|emos|o|iendo)|торгу\w+|продава\w+|прода[ею]\w+)\b|卖"
)
# What their customers are to do in the shop is no wish of the writer to order now.
_LETS_OTHERS = re.compile(
    r"(?:让|使|供|方便|给)(?!我|你).{0,12}(?:下单|购买|付款|订购|订货)|"
    r"下单.{0,6}(?:自提|自取|到店|取货)|"
    r"(?:客户|顾客|经销商|用户|会员|学生|买家|消费者|家长).{0,10}(?:下单|购买|付款|订购|订货)|"
    r"\b(?:let(?! me| us)|so (?:that )?|customers?|dealers?|clients|shoppers|members|students|"
    r"parents|"
    r"people|visitors) (?:\w+ ){0,4}(?:order|buy|pay|purchase)\b|"
    r"\b(?:клиент|покупател|дилер|партнер)\w* (?:\w+ ){0,3}(?:заказ|купи|покуп|оплач|оплат)|"
    r"\b(?:clientes|distribuidores|alumnos|socios) (?:\w+ ){0,3}(?:pid|compr|pagu|pagar|pedir)"
)
# "I have to run, talk later": the talk is left, and no question refused.
_LEAVES = re.compile(
    r"\b(?:have|got|gotta|need|must) (?:to )?(?:run|go|leave|dash|head out|head off)\b"
    r"(?=$|\W*$|[,.!;]| now| but| talk| bye)|\bbrb\b|\bttyl\b|\b(?:talk|speak|"
    r"chat) (?:to you )?later\b"
    r"(?=\W*(?:bye)?$)(?<!maybe talk later)|\bin a meeting now\b|"
    r"(?:先|要|得)(?:去?开(?:个)?会|去忙|走了|下了|撤了|去吃饭)|(?:回头|改天|下次|晚点)再聊|"
    r"\bмне пора\b|\bпора (?:бежать|идти)|\bубегаю\b|\bме?не надо бежать|"
    r"\bme tengo que ir\b|\btengo que (?:irme|salir|dejarte|dejarle)\b|\bme voy\b"
)
# A question in form, which no words of a need are kept from.
_ASKS_US = re.compile(
    r"[?？]\s*$|(?:吗|么|呢|谁|不)\s*$|^(?:can|could|do|does|did|is|are|what|which|how|where|who|"
    r"when|why|"
    r"will|would)\b|^(?:有没有|能不能|可不可以|你们)|\bли\b|^(?:можно|есть ли|как|какие|сколько|"
    r"где|кто)\b|"
    r"^(?:hay|tienen|puede|pueden|cual|cuanto|donde|quien)\b"
)
# A wish for a person of ours anywhere in a sentence: not for one who is to do the buyer's work.
_TO_TALK = r"(?:talk|speak|call|contact|chat|ask|answer|explain|advise|consult|discuss|reach|meet)"
_HANDS = (
    r"(?:管|运营|打理|经营|负责|帮|做|写|开发|看店|用|代|来?(?:管理|维护|上架)|版|"
    r"的(?:商城|网店|店)|就)"
)
FOR_A_PERSON = (
    r"\b(?:need|want|prefer|like|get me|give me|send me|find me|bring (?:in|me)) "
    r"(?:to have )?(?:an? |some |one |the |your |any )?(?:real |human |live |sales |sales-?)?"
    r"(?:person|human(?: being)?|somebody|someone|anybody|anyone|consultant|colleague|"
    r"representative|sales ?(?:man|woman|person|rep)|adviser|advisor|specialist|operator)\b"
    r"(?! (?:who|that|which|to|for|with|in|on|at our|doing)\b"
    rf"(?! (?:can |could |will |would |i can |we can |we could |i could )?{_TO_TALK}))|"
    r"(?:需要|想要|想找|要|找|来|给我|派|安排|请|叫|换|有没有)(?:一下)?(?:你们的?)?"
    r"(?:(?:一[个位名]|[位名])(?:真?人|负责人|懂行的人?)|(?:一?[个位名])?(?:真人|顾问|专人|业务员|"
    r"销售(?:人员|顾问|代表)|工作人员|咨询师|专员|您?们?的?同事))"
    rf"(?!(?:来|去|能|可以)?{_HANDS})|"
    r"\b(?:нужен|нужна|нужно|хочу|хотим|дайте|пригласите|можно) (?:мне |нам |бы )?"
    r"(?:кто-?(?:то|нибудь)|кого-?(?:то|нибудь)|консультант\w*|живого|сотрудник\w*)"
    r"(?!,? (?:котор|чтоб|для|кто (?:будет|сможет) (?:вести|управ|делать)))|"
    r"\b(?:necesit\w+|quier[oe]\w*|queremos|prefiero|busco) (?:a )?(?:una persona|alguien|"
    r"un(?:a)? (?:humano|asesor\w*|consultor\w*|colega|especialista))\b"
    r"(?! (?:que|para|a cargo|con)\b(?! (?:pueda )?(?:hablar|explicar|asesorar|llamar)))"
)
_NO_QUESTIONS = re.compile(
    r"\bno \d{1,3} questions\b|\bjust (?:give me |gimme |tell me )?(?:the|a) (?:numbers?|"
    r"figures?)\b(?! of)|"
    r"别整(?:那些|这些|些)?(?:没用的?|虚的)|直接报(?:个)?(?:数|价)|"
    r"(?<!have )(?<!got )\bno (?:more |further )?question(?:s|naires?)?\b|stop asking|"
    r"without (?:all )?(?:the|these|your|any) questions|too many questions|enough questions|"
    r"(?:don't|do not|quit) ask(?:ing)? (?:me )?(?:so|that|too) many|"
    r"(?:^|\b(?:i|we|i'm|we're|i am|we are) )(?:(?:not|won't|wont|never|don't|dont|refuse) )"
    r"(?:going to |gonna |want to |to )?(?:fill(?:ing)?|complet(?:e|ing)) (?:in |out |up )?"
    r"(?:\w+ )?(?:forms?|questionnaires?|surveys?)\b|"
    r"\b(?:just|only) (?:(?:tell|give|show) (?:me|us) |want (?:to know )?|need )?(?:the|your|"
    r"a) price\b|"
    r"(?:不想?|懒得|别让我)填(?:什么)?(?:表|问卷)|"
    r"别(?:再)?(?:问(?!这)|提问)|不要(?:再)?问|少问|问那么多|问题太多|不想(?:填|回答)(?:问卷|问题|"
    r"这么多)|"
    r"直接(?:报价|说价|告诉我价|给(?:我)?(?:个)?(?:价|报价))|只(?:想|要)?(?:知道|问|看|要)价|"
    r"\b(?:анкет|форм|опрос)\w* (?:\w+ )?не (?:буду|хочу|стану|собираюсь)\b|"
    r"\bна вопросы (?:\w+ )?не (?:буду|хочу|стану)\b|"
    r"\bno (?:voy a|pienso|quiero) (?:rellenar|llenar|contestar) (?:\w+ )?(?:formulario|"
    r"cuestionario|encuesta|pregunta)|"
    r"не (?:буду|хочу|стану) (?:заполнять (?:\w+ )?(?:анкет|форм|опрос)|отвечать на вопрос)|"
    r"хватит вопросов|без (?:анкет|вопросов|опросов)|(?:слишком )?много вопросов|"
    r"просто (?:скажите |назовите )?цену|только цену|"
    r"(?:nada de|menos) (?:cuestionarios?|preguntas|formularios?)|"
    r"basta de preguntas|demasiadas preguntas|sin (?:cuestionarios?|preguntas)|"
    r"no (?:mas )?preguntas|solo (?:digame |dime |quiero )?(?:el|los) precio"
)

_FOR_LESS = re.compile(
    r"\b(?:discounts?|cheaper|rebate|less|off)\b|便宜|优惠|折|少(?:点|一点|些)|скид|дешевл|уступ|"
    r"\b(?:descuent\w+|rebaj\w+|barat\w+|precio)\b"
)
_FOR_YEARS = re.compile(
    r"\bfor (?:the )?(?:\w+ )?(?:years|months|seasons)\b|"
    r"签(?:了|个|满|够)?[一二两三四五六七八九十几\d]+个?年|\bна (?:\w+ )?(?:год|года|лет)\b|"
    r"\b(?:a|por) (?:\w+ )?anos\b"
)
# "Is it cheaper if we sign for three years?" haggles, and orders nothing yet.
_IF_SIGNED = re.compile(
    r"\b(?:if|when|once|suppose|provided|in case) (?:we|i)\b|\bfor (?:\w+ )?(?:years|months)\b|"
    r"如果|要是|假如|的话|(?:签|买|付|订)(?:了|个|满|够)?[一二两三四五六七八九十几\d]+(?:个?年|个?月|套|份)|"
    r"\b(?:если|при|когда|сразу за)\b|\b(?:si|cuando|en caso de)\b"
)


def read_need(words: Words) -> Found | None:
    """The first part of the message that says what the product is wanted for; in full."""
    parts = split_clauses(words)
    for place, (start, end) in enumerate(parts):
        low = words.low[start:end]
        lets = _LETS_OTHERS.search(low) is not None
        if is_question(low) or (_OTHER_WISH.search(low) and not lets):
            continue
        if (lets and low.startswith(("让", "let "))) or (
            _WISH.search(low) and _PURPOSE.search(low)
        ):
            end = _end_of_wish(words, end, parts[place + 1 :])
            text = words.text[start:end].strip(" ,.;!，。；！")
            return Found("need", text, start, end, "a wish")
    return None


def _end_of_wish(words: Words, end: int, following: list[tuple[int, int]]) -> int:
    """Where the wish ends, with the parts after it that go on with it."""
    for start, stop in following:
        if not _GOES_ON.match(words.low[start:stop]):
            break
        end = stop
    return end


def tells_purpose(low: str) -> bool:
    """Whether a word of what the product is for stands in it: a shop, selling, a catalogue."""
    return _PURPOSE.search(low) is not None


def tells_selling(low: str) -> bool:
    """Whether it is told that something is sold."""
    return _SELLING.search(low) is not None


def lets_others(low: str) -> bool:
    """Whether it says what the buyer's own customers shall be able to order or pay."""
    return _LETS_OTHERS.search(low) is not None


def bargains(low: str) -> bool:
    """Whether something is asked for less, with the years that would be signed for it."""
    return _FOR_LESS.search(low) is not None and _FOR_YEARS.search(low) is not None


def haggles(low: str) -> bool:
    """Whether an order is only supposed, or told by its years: "cheaper if we sign for three"?"""
    return _IF_SIGNED.search(low) is not None


def takes_leave(low: str) -> bool:
    """Whether the writer goes away for now."""
    return _LEAVES.search(low) is not None


def asks_us(low: str) -> bool:
    """Whether the whole message has the form of a question to us."""
    return _ASKS_US.search(low) is not None


def refuses_questions(low: str) -> bool:
    """Whether questions as such are refused, not only the one that is open."""
    return _NO_QUESTIONS.search(low) is not None
