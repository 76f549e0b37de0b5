"""Stretches that tell nothing of the buyer as it is now: what is supposed, past, or of others."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dialogs.understanding.words import Words

_BREAK = re.compile(
    r"[;；。！？!?\n、()，]|,(?!\d)|\.(?=\s|$)|\s[-–—]+\s|"
    r"\s(?=(?:but|while|whereas|though|and (?:we|i|our)|а мы|а я|но|и мы|pero|mientras|"
    r"y (?:nosotros|yo)|nosotros|(?:we|i)(?:'re|'m| are| am|'ve| have))\b)|(?=但|不过|而我|现在)"
)
_LEAD = (
    r"^\W*(?:(?:and|so|but|also|well|ok|hi|hello|while|whereas|because|well|а|и|но|ну|что|так|"
    r"просто|y|pero|bueno|pues|que|hola|那|但是?|请问|因为|比如说?|我们?的?|不过)[\s,]*)*"
)
# "If we had 500 staff", 假如我们有500人: nothing of it is so.
_SUPPOSED = re.compile(
    _LEAD + r"(?:(?:what )?if (?:we|i|our \w+|one|it|they|the \w+) (?:were|was|had|ever|grow|grew|"
    r"hire|hired|get to|got to|reach|became|become)\b|(?:what )?if (?:we|i)'d\b|what if\b|"
    r"suppos(?:e|ing)\b|imagine\b|hypothetically\b|"
    r"(?:如果|假如|假设|要是|万一|倘若)(?:我们?|咱们?|公司|以后|将来)*.{0,2}(?:有|是|到|涨|扩|变|"
    r"超|要)|"
    r"если (?:бы |вдруг )?(?:нас|мы (?:вырас|будем|станем|дойд)|бы|у нас (?:будет|станет|бы))|"
    r"допустим\b|предположим\b|представ(?:им|ьте)\b|"
    r"si (?:fueramos|fuesemos|tuvieramos|tuviesemos|llegamos a|llegaramos|crecemos|crecieramos|"
    r"hubiera\w*)\b|supongamos\b|imagin(?:e|en|emos)\b)"
)
# A rival's or a friend's firm: not even its machines are the buyer's.
_RIVALS = re.compile(
    _LEAD + r"(?:(?:an? |the |our |my |another |other |some )?(?:\w+ )?(?:competitors?|rivals?|"
    r"competition|neighbou?rs?|friends?|cousins?|brother|sister(?! (?:firm|compan))|uncle|aunt|"
    r"mate|buddy|pal)\b"
    r"(?:'s)?(?! (?:and|n|&) (?:i|me)\b)(?= (?:company|firm|shop|store|business|place|in|from|at|"
    r"uses|has|runs|got|had|bought|says|swears|told|pays|with|near|is|are|was|were|and|over|who|"
    r"charges?|offers?|sells?)\b|[ ,]*$)|"
    r"(?:竞品|竞争对手|对手|同行|别家|隔壁|朋友|亲戚|表哥|表弟|表姐|堂哥|我?哥们)|"
    r"(?:у )?(?:наш\w* |мо\w+ |один |одн\w+ )?(?:конкурент|сосед|знаком|приятел|кум|двоюродн)\w*|"
    r"(?:l[ao]s? |el |nuestr[oa]s? |mi |un |una )(?:competencia|competidor\w*|rival\w*|vecin\w+|"
    r"amig\w+|prim[oa]s?|cunad[oa]s?|conocid[oa]s?|ti[oa])\b(?! y yo\b)(?=(?: m[ií][oa])? "
    r"(?:de|en|tiene\w*|usa\w*|dice\w*|con|compr\w+|que|me|nos|trabaja\w*|vende\w*|paga\w*)\b))"
)
_OTHERS = re.compile(
    _LEAD + r"(?:(?:i'm |we're |i am )?(?:asking|writing|here|checking) (?:this |it )?(?:for|"
    r"on behalf of) (?:an? |the |my |our )?(?:\w+ )?(?:colleague|coworker|boss|manager|friend)|"
    r"(?:an? |the |our |my |(?=last |previous |former |old |other ))(?:\w+ )?(?:agency|"
    r"contractors?|suppliers?|vendors?|consultants?|"
    r"integrators?|distributors?|landlord|bank|colleagues?|co-?workers?|accountant|lawyers?)\b"
    r"(?! and (?:i|me)\b)|"
    r"(?:上一?家|之前(?:那)?家|前一家|别的公司|另一家|代理商|代运营|供应商|合作方|合作伙伴|"
    r"外包(?:公司)?|顾问|同事|(?:帮|替|给).{0,8}(?:同事|"
    r"朋友|"
    r"领导).{0,3}(?:问|打听|咨询|看看))|"
    r"(?:спрашиваю|пишу|узнаю|интересуюсь) (?:за|для|по просьбе) (?:\w+ )?(?:коллег|друг|знаком|"
    r"начальни|шеф)\w*|"
    r"(?:у )?(?:наш\w* |мо\w+ |прошл\w+ |прежн\w+ |бывш\w+ |стар\w+ |друг\w+ )?(?:подрядчик|"
    r"агентств|поставщик|консультант|интегратор|коллег)\w*|"
    r"(?:pregunto|escribo|consulto) (?:por|para|de parte de) (?:un|una|mi|el|la) (?:companer[oa]|"
    r"colega|amig[oa]|jef[ea])|"
    r"(?:en otr[oa] (?:lado|sitio|parte|empresa)|nos (?:pidieron|cobraron|"
    r"ofrecieron)\b(?=.*\botr[oa]\b))|"
    r"(?:la|el|nuestr[oa]s?|mis?|un|una) (?:agencia|proveedor\w*|consultor\w*|companer[oa]s?|"
    r"colegas?|contratista|integrador\w*|gestor\w*)\b(?! y yo\b))"
)
_OWN_AGENCY = re.compile(
    r"\b(?:agency|агентств\w*|agencia)\b.{0,20}\b(?:here|ourselves|тут)\b|"
    r"\b(?:and|y|и) (?:i|me|yo|я)\b"
)
_YEAR = r"(?:19\d\d|20[01]\d|202[0-4])"
_PAST = re.compile(
    rf"\b(?:last (?:year|time|season)|back then|(?:in|until|till) {_YEAR}|"
    r"(?:\w+ )?years ago|used to (?:be|have)|previously|formerly|"
    r"we were (?=\d)|there were (?=\d)|had been|"
    rf"в прошлом (?:году|сезоне)|в {_YEAR}(?: году)?|до {_YEAR}|(?:\w+ )?(?:лет|года?) назад|"
    r"раньше(?! чем)|прежде|когда-то|too late|(?:won't|can't|cannot) make it|не успе\w+|"
    r"no (?:llegamos|nos da tiempo)|"
    rf"(?:el ano|la temporada) pasad[oa]|antes (?:era|eramos|tenia|teniamos|estaba|estabamos|"
    rf"fui)|en {_YEAR}|"
    rf"antes del? {_YEAR}|hace \w+ anos)\b|"
    r"(?:赶不上|来不及)|^\W*(?:before|antes|earlier)(?= [^\W\d_]+$)|"
    r"^\W*(?:我们?|公司|本来)?(?:之前|以前|原来|原先|曾经|早年|从前|去年|前年)"
)
# What is said anew after another value: "Ghent. no, Bruges", "писал март, пусть будет май".
_REPAIR = re.compile(
    r"(?:[,.;…–—-] ?(?:oh |ah |ой |uy |哦)?(?:(?:no|nope|нет)(?=[,.;，]| wait| espera|"
    r" perdon)|wait|sorry|oops|rather|scratch that|i mean|"
    r"ugh|argh|d'oh|doh|damn|тьфу|блин|упс|фу ты|vaya|ay no|呸|啊不|噢不|"
    r"ой|точнее|вернее|то есть|стоп|digo|perdon|mejor dicho|espera|不对|哦不|错了|说错了|"
    r"不好意思|抱歉)(?:[ ,.;，]+|$)(?:it's |its |we're |i mean |make that |es |son |это |是|"
    r"应该是)?|"
    r"\b(?:let's say|make (?:it|that)|or rather|(?:should|ought to) be|but (?:it's|it is|its|now)|"
    r"пусть(?: будет)?|давайте|вернее|точнее|теперь|лучше|"
    r"pon(?:ga|gan|gamos|lo)?|digamos|mejor dicho|mejor|ahora)\b(?=.*\w)|(?:改成?|换成|调到|改到|"
    r"应该是)(?=.*\w))"
)
_LEAST = 2  # letters that another part must have to hold what is so now
_LETTERS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Views:
    """A message three times, of the same length, with other things blanked in each.

    `real`: without what is supposed and what a rival has. `now`: without the past as well. `own`:
    without other people as well.
    """

    real: Words
    now: Words
    own: Words

    def after(self, place: int) -> Views:
        """The same message with all before a place blanked."""
        head = [(0, place)]
        return Views(_without(self.real, head), _without(self.now, head), _without(self.own, head))

    @property
    def hides_past(self) -> bool:
        return self.now is not self.real


def view(words: Words) -> Views:
    """Blanks the parts that are about something else; the same object where there are none."""
    parts = _split(words.low)
    supposed = [part for part in parts if is_unreal(words.low[slice(*part)])]
    rest = [part for part in parts if part not in supposed]
    past = [part for part in rest if _PAST.search(words.low[slice(*part)])]
    if sum(_size(words.low[slice(*part)]) for part in rest if part not in past) < _LEAST:
        past = []
    others = [part for part in rest if part not in past and _is_others(words.low[slice(*part)])]
    real = _without(words, supposed)
    now = _without(real, past)
    return Views(real, now, _without(now, others))


def find_repair(low: str) -> int | None:
    """Where what is said anew begins, if anything is put in the place of what was said before."""
    first = _LETTERS.search(low)
    hit = _REPAIR.search(low, first.end()) if first else None
    return hit.end() if hit else None


def is_unreal(low: str) -> bool:
    """Whether a part only supposes something, or tells of a rival."""
    return _SUPPOSED.match(low) is not None or _RIVALS.match(low) is not None


def _is_others(low: str) -> bool:
    return _OTHERS.match(low) is not None and _OWN_AGENCY.search(low) is None


def _size(low: str) -> int:
    return len(_LETTERS.findall(low))


def _split(low: str) -> list[tuple[int, int]]:
    parts, start = [], 0
    for hit in _BREAK.finditer(low):
        if hit.start() > start:
            parts.append((start, hit.start()))
        start = hit.end()
    if len(low) > start:
        parts.append((start, len(low)))
    return parts


def _without(words: Words, parts: list[tuple[int, int]]) -> Words:
    if not parts:
        return words
    text, low = list(words.text), list(words.low)
    for start, end in parts:
        text[start:end] = low[start:end] = " " * (end - start)
    return replace(words, text="".join(text), low="".join(low))
