"""Words of what is no business of pre-sales: parcels, jobs, sellers, orders to the bot."""

from __future__ import annotations

import re

# What agencies offer; told to us with "you" it is an offer, and no wish of a buyer.
_SERVICES = (
    r"(?:google|seo|rank\w*|traffic|leads?|pipeline|customers|clients|followers|logos?|ads?|"
    r"adverti\w+|marketing|backlinks|visibility|revenue|funding|loans?|insurance|outsourc\w+|"
    r"conversion\w*|reach)\b"
)
_SERVICES_RU = (
    r"(?:логотип\w*|сайт|реклам\w+|клиент\w*|заявк\w+|трафик\w*|лид\w*|подписчик\w*|в топ|"
    r"кредит\w*|страхов\w+|продвижени\w+)\b"
)
_SERVICES_ES = (
    r"(?:google|seo|clientes|trafico|seguidores|campanas?|publicidad|logo\w*|leads|financiacion|"
    r"seguros?|prestamos?|posicion\w+|redes sociales)\b"
)
# What those have to sell who write to every firm.
_LISTS = (
    r"(?:\w+ ){0,2}(?:leads?|e-?mail (?:lists?|addresses)|contact (?:lists?|data)|databases?|"
    r"mailing lists?)\b"
)
_LISTS_RU = (
    r"(?:\w+ )?(?:баз[уы] (?:\w+ )?(?:клиент|контакт|покупател|номер|адрес)\w*|"
    r"лиды|контакты|рассылк\w+|трафик)"
)
_LISTS_ES = r"(?:\w+ )?(?:bases? de datos|list(?:as?|ados?) de|leads|contactos)\b"
_OFFERS = (
    r"\b(?:we|i|our (?!\w+s\b)\w+)(?:'d| would| 'll| will| can| could| want to| like to| help|"
    r" offer)+ (?:to )?(?:boost|fill|get|bring|grow|rank|position|design|promote|find|deliver|"
    r"double|increase|improve|sell|offer|send|give|help|take care of|handle|run)? ?"
    rf"(?:you|your)\b[^.?]{{0,30}}\b{_SERVICES}|"
    rf"\b(?:we|our agency) (?:do|does|sell|offer|provide|run) (?:\w+ )?{_SERVICES}.{{0,20}}"
    r"\b(?:interested|want|need|collaborat\w+|partner\w*)\b|"
    r"\b(?:сдела|разработа|продвин|настро|приве|привле|нарису|предлага|обеспеч|увелич)\w* "
    rf"(?:\w+ )?(?:вам|вас|ваш\w*) (?:\w+ ){{0,3}}{_SERVICES_RU}|"
    r"\b(?:os|les|le|te) (?:podemos|podriamos|puedo|ofrec\w+|conseguimos|traemos|llevamos|hacemos|"
    rf"disenamos)\b[^.?]{{0,30}}\b{_SERVICES_ES}|"
    rf"\b(?:llevamos|ofrecemos|hacemos|vendemos) (?:\w+ )?{_SERVICES_ES}.{{0,24}}"
    r"\b(?:os|les|le|te) (?:interesa|vendria)|"
    r"(?:帮|给|为)(?:你们?|您|贵司|贵公司).{0,8}(?:引流|推广|涨粉|获客|优化|排名|投放|贷款|融资|代运营|"
    r"广告)|我们?(?:公司|这边)?是?(?:专业)?做.{0,6}(?:seo|引流|推广|获客|群发|代账|贷款|投放|涨粉).{0,8}"
    r"(?:需要|合作|有兴趣|了解|考虑)"
)
OFF_TOPIC = re.compile(
    rf"{_OFFERS}|"
    r"(?:where(?:'s| is| are)|track|status of) (?:my|the) (?:order|parcel|package|delivery|"
    r"shipment)|\bmy (?:parcel|package|delivery|refund for)|"
    r"\bhiring\b(?! and|,| manager| people|$)|vacanc|job opening|open positions?|"
    r"looking for (?:a )?(?:job|work)|internship|"
    r"\bmy (?:cv|resume)\b|resume attached|\bjob application|apply for|"
    r"(?:ignore|forget|disregard) (?:all |your |the |my |any )*(?:previous |prior |"
    r"above )?(?:instructions|rules|prompt)|(?:system|hidden|initial) prompt|you were (?:given|"
    r"told) (?:at|in|before|to)|your (?:config|instructions|guidelines)\b|jailbreak|"
    r"developer mode|"
    r"\b(?:boost|improve|increase|grow) your (?:google|seo|rank|sales|traffic|follow|web|visib)|"
    r"\b(?:do|would|could) you (?:guys )?(?:need|want|hire) (?:any ?one|any ?body|an intern|"
    r"freelancers?|(?:any |some )?(?:dev\w*|programmers?|designers?|writers?))\W*$|"
    rf"\bsell(?:ing)? {_LISTS}|"
    r"we (?:offer|provide|sell) .{0,30}(?:followers|backlinks|seo|leads)|search engine optimi|"
    r"\bseo (?:services|package|agency)|"
    r"帮(?:你|您|贵公司).{0,6}(?:推广|涨粉|优化排名|引流)|刷单|代写|炒币|накрут|продвинем ваш|"
    r"предлагаем .{0,20}продвижен|(?:vendo|ofrecemos|le ofrezco) .{0,30}(?:seguidores|seo|"
    r"posicionamiento|prestamo)|"
    r"(?:投|发|收)(?:一?[份下])?(?:个人)?简历|应聘|"
    r"(?:我的|查一?下?)(?:快递|包裹|物流)|(?:快递|包裹)(?:到哪|什么时候|单号)|招聘|招人|"
    r"招(?:不招)?.{1,8}[吗不]|"
    r"(?:还要|需要|缺)(?:人|前端|后端|程序员|开发|销售|运营|客服|会计)(?:吗|么|不)|"
    r"(?:来|去)你们(?:这|那|公司)?(?:里|儿)?上班|找工作|求职|实习|忽略.{0,8}(?:指令|提示|规则)|提示词|系统提示|"
    r"где (?:мой|моя|мои) (?:заказ|посылк|товар)|посылк|ваканси|"
    r"\bищу (?:\w+ )?(?:работ|удаленк|подработк|стажировк|место работы)\w*|"
    r"\b[а-я-]{4,}(?:ом|ем|ером|ой) (?:возьмете|берете|примете)\b|\bвозьм[её]те на работу|"
    rf"\bпрода(?:ю|ем|дим) {_LISTS_RU}|"
    r"нужны (?:ли )?(?:вам )?(?:\w+ ?)?(?:сотрудник|бухгалтер|программист|менеджер|продавц)|"
    r"резюме|стажировк|(?:игнорируй|забудь|проигнорируй).{0,20}(?:инструкци|правил)|"
    r"системн\w+ промпт|"
    r"donde esta mi (?:pedido|paquete|envio)|mi (?:pedido|paquete) no|"
    r"busco (?:\w+ )?(?:trabajo|empleo|curro|chamba)|"
    rf"\b(?:vend|ofre)\w+ {_LISTS_ES}|"
    r"vacantes?\b|mi curriculum|hacer practicas|ignora (?:todas |tus |las )*(?:instrucciones|"
    r"reglas)|prompt del sistema"
)
