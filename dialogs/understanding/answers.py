"""Yes, no, "not sure" and "rather not": what a message says to the open question itself."""

from __future__ import annotations

import re

_END = r"(?=$|[\s,.;:!?)\-—~、，。…；\u3400-\u9fff])"
YES = re.compile(
    r"^(?:(?:well|oh|ah|um|hm+|ok|ну|a|bueno|pues|嗯+|哦|啊|呃)[,\s、，]*)*"
    r"(?:(?:yes|yeah|yep|yup|yea|yess+|yas|aye|sure(?: thing)?|ok(?:ay|ey)?|okie|kk?|of course|absolutely|definitely|certainly|"
    r"correct|that's (?:right|correct|true|it)|thats (?:right|correct|true)|indeed|totally|yes please|please do|go ahead|"
    r"sounds good|alright|affirmative|you bet|agreed|do it|please|gladly|with pleasure|ja|jawohl|genau|oui|"
    r"да+|ага|угу|так точно|конечно|разумеется|верно|именно|точно|правильно|естественно|есть|имеется|имеются|ок|окей|хорошо|ладно|"
    r"давай(?:те)?|согласен|согласна|безусловно|да-да|так и есть|все (?:верно|так|правильно)|само собой|пожалуй|присылайте|шлите|"
    r"si+|claro(?: que si)?|por supuesto|vale|exacto|exactamente|correcto|asi es|de acuerdo|desde luego|efectivamente|perfecto|cierto|"
    r"afirmativo|sip|dale|venga|adelante|si,? (?:claro|por favor)|okey)" + _END + r"|"
    r"(?:是的?呀?|是啊|对的?呀?|对啊|嗯嗯?|没错|当然(?:有|可以)?|有的?呀?|有啊|好的?呀?|好啊|行的?|可以的?|没问题|正确|的确|确实|要的?|需要|能|成|肯定|必须的|就是|ok|麻烦了?|发吧|来吧|恩)"
    r"(?=$|[\s,.;:!?、，。；~…的呢吧啊呀了哈]|我|但|不过|先|有|请|而且))"
)
# These say yes only when nothing follows in the same breath: "right" but not "right now".
SOFT_YES = re.compile(
    r"^(?:exactly|right|true|fine|we do|i do|we have|we are|i am|i have|precisely|perfect|totally|можно|хочу|хотим|"
    r"tenemos|los tenemos|si tenemos|lo soy|soy yo|bueno|listo|eso es|能|要|会|我是|我们有|我们是|可以)(?=$|[,.;!，。；！…]| ?$)"
)
NO = re.compile(
    r"^(?:(?:well|oh|ah|um|hm+|sorry|actually|unfortunately|ну|bueno|pues|嗯+|哦|啊|呃|呀)[,\s、，]*)*"
    r"(?:(?:of course not|certainly not|absolutely not|definitely not|nope|nah|nay|nop|negative|not (?:yet|really|at all|at the moment|right now|now|currently|necessary|needed|so far|quite|true|correct|right)|no thanks?(?: you)?|none(?: at all)?|never|"
    r"we don't(?: have (?:any|one|it|them|that))?|i don't(?: have (?:any|one|it|them))?|we do not|i do not|dont|don't have (?:any|one)|haven't|we haven't(?: got (?:any|one))?|that's (?:wrong|not right|not correct|incorrect)|wrong|incorrect|not me|i'm not|i am not|nein|nothing yet|nothing|no+|"
    r"да нет|конечно нет|нету|нема|неа|пока (?:что )?нет|еще нет|пока не|не совсем|никак нет|отнюдь|не надо|не нужно|не стоит|нет,? спасибо|неверно|неправильно|не так|не верно|не имеем|отсутству\w+|ни одного|не+т|не|"
    r"claro que no|por supuesto que no|no gracias|todavia no|aun no|de momento no|por ahora no|ahora no|para nada|que va|nada|ninguno|ninguna|tampoco|no (?:tengo|tenemos|hay|hace falta|es (?:asi|correcto)|lo tengo|lo tenemos|los tenemos|es necesario|soy yo)|incorrecto|nunca|negativo)" + _END + r"|"
    r"(?:不是的?|没有的?|没|不|不对|(?:先|暂时|暂)?不用了?|(?:先|暂时)?不需要|不要了?|还没有?|暂时没有?|暂时不用|目前没有?|暂无|无|否|并没有|并不是|错了?|不行|不必了?|还不|没呢|没啊|没得|非也|不了)"
    r"(?=$|[\s,.;:!?、，。；~…呢吧啊呀的了哈]|我|但|不过|先|谢|都)|(?:不对|错了|没有|不是的)(?=是))"
)
YES_AT_END = re.compile(r"(?:[,;，] |\bso )(?:so )?(?:yes|yeah|yep|да|si|es que si)[.! ]*$|[,，](?:有的?|是的?|可以)[。!！]?$")
NO_AT_END = re.compile(r"(?:[,;，] |\bso )(?:so )?(?:no|nope|нет)[.! ]*$|[,，](?:没有|不是)[。!！]?$")
DONT_KNOW = re.compile(
    r"(?:do(?:n't| not)|dunno|dont|didn't|not) (?:really |exactly |quite |yet )?(?:know|sure|certain|decided?|clear|settled|determined|fixed|defined|established|finali[sz]ed)|\bdunno\b|\bidk\b|"
    r"no (?:idea|clue|decision)|not (?:been )?(?:decided|fixed|settled|finali[sz]ed|agreed|discussed)|haven't (?:decided|thought|discussed|made up|figured|settled|fixed|agreed)|"
    r"undecided|unsure|hard to (?:say|tell)|can't (?:say|tell)|cannot (?:say|tell)|(?:have|need|got|must|would have|i'll have|i'd have) to (?:ask|check|find out|look|discuss|clarify|confirm)|"
    r"(?:need|let me|i'll|i will|will|should|must|gotta) (?:to )?(?:ask|check with|check|find out|get back)|still (?:open|thinking|discussing|under discussion|deciding|tbd|undecided|unclear)|"
    r"\btbd\b|\btba\b|depends|depending|to be (?:decided|determined|confirmed|defined)|open question|either (?:is|would be) fine|any of them|whichever|whatever you (?:think|recommend|suggest)|who knows|maybe,? maybe|"
    r"being discussed|under discussion|not clear|unclear yet|no preference|don't mind|"
    r"不(?:太|大|是很)?(?:清楚|知道|确定|了解|好说|晓得|明确)|没(?:有)?(?:想好|定(?!制)|确定|决定|考虑好|想过|数|商量)|还没(?:有)?(?:定|想|决定|确定|考虑|商量)|未定|待定|再说吧|说不(?:好|准|清|上)|看情况|看(?:价格|效果|方案)再|"
    r"得?(?:要|得|去|先)?(?:问|请示|确认)(?:一下|问)?(?:技术|老板|领导|同事|财务|it|一下|下)|不好说|都(?:行|可以)|随便|无所谓|在考虑|考虑中|还在(?:考虑|讨论|商量|看|犹豫)|商量|取决于|视情况|"
    r"не (?:знаю|знаем|уверен|в курсе|определил|решил|решено|ясно|думал|понятно|могу (?:пока )?сказать|скажу (?:точно|сейчас|сходу)|обсужда|ясен|определен|утвержд)|без понятия|понятия не имею|хз\b|фиг знает|"
    r"(?:надо|нужно|придется|уточню|должен|должна|требуется) (?:\w+ )?(?:спросить|уточнить|узнать|посоветоваться|проверить|обсудить)|надо у .* спросить|уточню|спрошу|узнаю у|"
    r"пока (?:непонятно|неясно|неизвестно|не решен\w*|думаем|вопрос)|еще (?:думаем|обсуждаем|не|решаем|выбираем)|смотря|зависит|трудно сказать|сложно сказать|затрудняюсь|вопрос открыт|как получится|все равно|без разницы|"
    r"no (?:lo |la |los )?(?:se\b|sabemos|sabria|tengo (?:ni )?(?:idea|claro)|estoy segur|estamos segur|hemos decidido|esta (?:decidido|definido|claro|cerrado|fijado)|he pensado|hemos pensado|sabria)|ni idea|sin (?:decidir|definir)|por (?:definir|decidir|determinar|ver)|"
    r"(?:tengo|tendria|tenemos|tendriamos|hay|habria) que (?:preguntar|consultar|mirar|ver|confirmar|comprobar)|aun no (?:lo )?(?:se|hemos|sabemos|esta)|todavia no (?:lo )?(?:se|hemos|sabemos|esta)|depende|dificil de decir|cualquiera|da igual|me da lo mismo|estamos (?:viendo|pensando|valorando|hablando)|lo estamos|"
    r"dudo|no sabria|quien sabe|segun"
)
REFUSE = re.compile(
    r"^(?:skip(?: (?:it|this|that|please|this (?:one|question)|the question))?|next(?: (?:question|one|please))?|pass|later|not now|n/?a|no comment|move on)[.! ]*$|"
    r"\bskip (?:this|that|it|the)|rather not|prefer not|not (?:going to|gonna) (?:say|tell|answer|share|give)|won't (?:say|tell|answer|share|give)|don't want to (?:say|tell|answer|share|give|disclose|talk)|"
    r"(?:can't|cannot|not allowed to|may not) (?:share|disclose|reveal|give)|none of your (?:business|concern)|confidential|that's (?:private|secret|personal|internal)|(?:keep|stay) (?:that|it|this) (?:private|to myself)|no (?:more )?questions|stop asking|"
    r"too many questions|no questionnaire|enough questions|price first|first (?:the|tell me the|give me the|i want the|your) price|just (?:the|tell me the|give me the|want the|need the) price|"
    r"(?:tell|answer) (?:you )?(?:that )?later|another time|let's (?:leave|skip|do that later)|maybe later|not (?:sharing|giving|telling|answering)|no comment|don't (?:wish|feel like)|i'd rather (?:not|keep)|not relevant|doesn't matter|next question|"
    r"不(?:想|愿意?|方便|便|打算|能)(?:说|讲|透露|回答|告诉|提供|留|给|答)?(?=$|[,，。!！.\s吧啊呢了哈这])|不(?:想|愿意?|方便|便|打算)(?:说|讲|透露|回答|告诉|提供|留|给|答)|保密|跳过|下一(?:题|个)|下个问题|别问|不告诉|不回答|不说|先(?:报价|说价|说多少钱|说价格|告诉我价|讲价|给(?:我)?(?:个)?(?:价|报价)|看价|问价|聊价|报个价)|"
    r"(?:以后|回头|待会儿?|等会儿?|晚点|之后|下次)(?:再)?(?:说|聊|讲)|商业机密|隐私|拒绝|问题太多|问那么多|直接(?:报价|说价|告诉我价)|略过|过$|pass|不便|"
    r"не (?:скажу|хочу (?:говорить|отвечать|оставлять|называть|давать|указывать)|буду (?:говорить|отвечать|называть|оставлять|давать)|дам|могу (?:раскрыть|разглашать|назвать)|разглаша|отвечу|хотел\w* бы (?:говорить|отвечать|называть))|пропус[тк]|дальше$|"
    r"следующий вопрос|дальше,|не ваше дело|(?:коммерческая )?тайна|конфиденциальн|секрет|потом (?:скажу|отвечу|расскажу)|давайте (?:потом|позже)|позже$|потом$|хватит вопросов|без (?:анкет|вопросов|опросов)|много вопросов|"
    r"сначала (?:\w+ )?(?:\w+ )?(?:цен|стоимост|прайс)|сперва (?:\w+ )?цен|сразу цену|просто (?:скажите |назовите )?цену|предпоч\w+ (?:бы )?не|воздержусь|оставлю при себе|нельзя разглашать|не разглаша|лучше не|отложим|"
    r"prefiero (?:no|guardar|reserv)|preferiria no|no (?:quiero|voy a|pienso|deseo|puedo) (?:decir|dar|contestar|responder|compartir|revelar)|paso de|^paso$|saltar|siguiente|omitir|confidencial|no es asunto|no (?:le|te|les|os) importa|es privado|es secreto|"
    r"(?:mas tarde|luego|despues|otro momento)(?: lo)?(?: (?:digo|vemos|hablamos))?$|primero (?:el|los|digame el|dime el|deme el|quiero (?:saber )?el) precio|basta de preguntas|demasiadas preguntas|sin cuestionario|no (?:mas )?preguntas|solo (?:digame |dime |quiero )?(?:el|los) precio|"
    r"no lo (?:digo|dire|comparto)|me lo (?:guardo|reservo)|eso (?:luego|no se lo)|dejemoslo|pasemos a|no procede|mejor no"
)
PRICE_FIRST = re.compile(
    r"price first|first (?:the|tell me the|give me the|i want the|your) price|just (?:the|tell me the|give me the|want the|need the) price|先(?:报价|说价|说多少钱|说价格|告诉我价|讲价|给(?:我)?(?:个)?(?:价|报价)|看价|问价|聊价|报个价)|直接(?:报价|说价|告诉我价)|"
    r"сначала (?:\w+ )?(?:\w+ )?(?:цен|стоимост|прайс)|сперва (?:\w+ )?цен|сразу цену|просто (?:скажите |назовите )?цену|primero (?:el|los|digame el|dime el|deme el|quiero (?:saber )?el) precio|solo (?:digame |dime |quiero )?(?:el|los) precio|"
    r"(?:give|tell) me the price|назовите цену|digame el precio|costs? first|quote first"
)
CORRECT = re.compile(
    r"\bno,? wait\b|\bwait\b[,.]|\bwait no\b|\bi (?:actually )?meant\b|\bi mean\b|my (?:mistake|bad)|\bcorrection\b|\bscratch that\b|\btypo\b|\bi (?:said|wrote|typed|told you)\b|\bmisspoke\b|\bmistyped\b|\bgot (?:it|that) wrong\b|"
    r"^(?:oh |oops |ah )?sorry\b|\boops\b|\bwhoops\b|\bnot .{2,30}[,;]? but \b|\bit's .{2,30}, not \b|\bchange (?:that|it|my|the)\b.{0,20}\bto\b|^actually\b|\bactually (?:it|we|i|that)|\binstead\b|\bmisunderst|\bi (?:was wrong|made a mistake)|\bshould (?:be|have been|say)\b|\brather than\b|\bhold on\b|"
    r"说错|写错|打错|搞错|弄错|记错|填错|更正|纠正|改一下|改成|改为|应该是|其实是?|不是.{1,12}[,，]?\s?(?:而)?是|刚才|刚刚说|前面说|之前说|口误|^不对[,，]|^等等|^等下|^哦不|抱歉|不好意思|"
    r"ошиб|оговорил|опечат|вернее|точнее|поправ|исправ|на самом деле|имел[аи]? в виду|(?:^|[\s,])не [^,]{2,30},? а |погодите|подождите|^стоп,|^извин|^простите|^sorry|неправильно (?:написал|указал|сказал)|перепутал|я (?:сказал|написал|указал)|не .{2,20}, ?а |"
    r"\bperdon|me (?:he )?equivo|quise decir|queria decir|mejor dicho|\bcorrijo|rectifico|en realidad|me (?:he )?confund|no,? espera|no,? espere|\bno .{2,30},? sino |dije .{2,30} pero|^disculp|error mio|fe de erratas|cambi[eo] .{2,20} (?:a|por) "
)
FILLER = re.compile(
    r"\b(?:we(?:'re| are| have| do|'ve)?|i(?:'m| am| have|'ve| do)?|im|it(?:'s| is)?|that(?:'s| is)?|there(?:'s| are| is)?|the|an?|my|our|is|are|am|be|of|in|at|for|to|by|with|and|so|just|about|around|roughly|approx(?:imately)?|maybe|probably|"
    r"i think|i guess|say|ca|circa|some|only|well|um+|uh+|hm+|lol|haha|please|pls|thanks|thx|hi|hello|here|right now|now|currently|company|ours|mine|btw|tbh|from|based|located|department|dept|city|team|guys?|us|all|total|in total|or so|mostly|somewhere|between|ideally|like|"
    r"мы|у нас|нас|я|это|где-то|около|примерно|наверное|думаю|ну|в|на|из|к|с|до|за|от|и|а|по|для|компания|фирма|здесь|тут|всего|есть|город|г|отдел|работаю|находимся|сейчас|пожалуйста|спасибо|года|году|году\b|кажется|вроде|приблизительно|порядка|"
    r"somos|soy|estamos|estoy|es|son|la|el|los|las|un[oa]?s?|de|del|en|a|y|unos|unas|aproximadamente|alrededor|mas o menos|como|creo|pues|bueno|mi|nuestr[oa]s?|empresa|ciudad|departamento|aqui|tenemos|tengo|para|por|favor|gracias|trabajo|sobre|hacia|antes|con|que|ahora|se)\b"
    r"|我们?的?|公司|大概|大约|左右|差不多|可能|应该|吧|呢|啊|哦|嗯|呀|的|了|在|是|有|一共|总共|目前|现在|这边|那边|位于|城市|部门|就|也|还|都|想|要|个|家|一|来|人|约|希望|打算|预计|准备|之前|以前|前|内|左右|上线|这个|那个|请|谢谢|您好|你好|左右"
)
_LETTERS = re.compile(r"[^\W_]", re.UNICODE)


def is_used_up(low: str, spans: list[tuple[int, int]]) -> bool:
    """Whether nothing but filler words is left of a text once the spans that were read are out."""
    rest = list(low)
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    left = FILLER.sub(" ", "".join(rest))
    return _LETTERS.search(left) is None
