"""Cues that the rules of a pack may use: words of discounts, contracts, law and the like."""

from __future__ import annotations

import re

# Commission for who sells it for us; what we might take of the buyer's own sales is a feature.
_OF_EACH_SALE = (
    r"(?: (?:on|per|from|of|по|с|со|за|от|por|sobre|de) (?:each |every |our |my |the |кажд\w+ |"
    r"наш\w+ |"
    r"cada |nuestr\w+ |las? )?(?:sales?|orders?|transactions?|turnover|продаж|заказ|оборот|сделк|"
    r"ventas?|pedidos?|transacc))"
)
_SHARE_FOR_SELLING = (
    r"(?<!take )(?<!charge )(?<!take a )(?<!charge a )(?<!take any )"
    rf"\bcommissions?\b(?!{_OF_EACH_SALE})|"
    rf"\bкомисси\w*\b(?!{_OF_EACH_SALE})|"
    rf"(?<!cobran )(?<!cobra )(?<!cobrais )\bcomision\w*\b(?!{_OF_EACH_SALE})"
)
CUES = tuple(
    (cue, re.compile(pattern))
    for cue, pattern in (
        ("discount", r"discount|rebate|cheaper|special deal|"
                     r"打[个点几\d一二三四五六七八九.]{0,3}折|折扣|"
                     r"优惠(?!券|码)|最低(?:价|多少|能|可以)|(?:能|可以)少(?:点|多少)|"
                     r"\b\d{1,2} ?(?:%|percent) (?:off|less|cheaper)|\b(?:best|lowest|"
                     r"bottom) price|"
                     r"\b(?:give|do|get|knock|take|offer|grant) (?:me |us )?(?:an? |"
                     r"off )?\d{1,2} ?%|"
                     r"\b(?:скин|сбав|уступ|дад|дай)\w* (?:\w+ )?\d{1,2} ?%|"
                     r"\b(?:rebaj|descont|hac|dar|dan|dej)\w* (?:un )?\d{1,2} ?%|便宜|"
                     r"скидк|дешевл|акци[ия]|descuento|rebaja|mas barat"),
        ("contract", r"contract|agreement|\bsla\b|terms and|合同(?!工|制)|协议|договор|контракт|"
                     r"соглашен|"
                     r"contrato|acuerdo"),
        ("legal", r"\blegal|lawyer|liabil|\bgdpr\b|\bnda\b|compliance|jurisdiction|法律|法务|律师|"
                  r"保密协议|责任|юрид|юрист|ответственност|разглашен|152.?фз|juridic|abogad|"
                  r"responsabilidad|rgpd"),
        ("agency", r"resell|返点|返佣|agency (?:terms|program|commission)|"
                   rf"{_SHARE_FOR_SELLING}|white.?label|"
                   r"become an? (?:partner|dealer|agent)|dealer (?:program|terms|network)|代理|"
                   r"加盟|(?:做|成为|当)分销商|(?<![收抽扣取])佣金|贴牌|дилер|реселл|агентск|"
                   r"distribuidor|revende|marca blanca"),
        ("tender", r"\btender|\brf[pqi]\b|\bbid(?:ding)?\b|招标|投标|标书|竞标|тендер|конкурс|"
                   r"закупк[аиу] по|\b44.?фз|\b223.?фз|licitaci|pliego|concurso publico"),
        ("existing_customer", r"(?:already|existing|current|long.?time) (?:a |your )?(?:customer|"
                              r"client|user)(?!s)|we(?:'re| are) (?:already )?(?:your|a) customer|"
                              r"bought (?:it |your |from you|the licen)|"
                              r"our (?:existing )?licen[cs]e|since the update|renew|"
                              r"(?<![给让对向便的些跟和护帮])老客户|老用户|"
                              r"已经(?:买|购买|在用|是你们)|我们(?:在用|用的是)你们|买(?:了|过|"
                              r"的)你们|续费|已购|"
                              r"ваш (?:действующий )?клиент|уже (?:купили|клиент|пользуемся|"
                              r"работаем с вами|покупали)|действующ\w+ клиент|наша лицензия|"
                              r"продлить|ya (?:somos|soy) client|(?:somos|soy) client|ya (?:compr|"
                              r"tenemos su)|nuestra licencia|renovar"),
    )
)  # fmt: skip
