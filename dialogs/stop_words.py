"""Words that carry a question but not its matter: they count neither for nor against a passage.

Folded: in lower case and without accents.
"""

from __future__ import annotations


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_ENGLISH = """
    a about after again all also am an and any anyone anything are around as at be because been
    before being both but by can could did do does doing don done each either else ever every
    few for from further get gets getting give given go goes going got had has have having he
    her here hers him his how however i if in into is it its itself just know let like likely ll
    lot made make makes making many may maybe me might mine more most much must my need needed
    needs no nor not now of off on once one only or other our ours out over own part per please
    possible quite rather re really s same say see shall she should show since so some somebody
    someone something still such sure t take tell than thank thanks that the their them then
    there these they thing things this those through to too under until up us use used uses
    using ve very want wanted wants was way we well were what whats when where whether which
    while who whom whose why will wish with within without won work works would yes yet you your
    yours hi hello hey ok okay actually currently exactly simply basically already able
    available company firm software system platform solution tool stuff question wonder
    wondering curious interested happen happens kind sort type long often offer offers provide
    provides include includes included including come comes coming via fit fits process handle
    handles switch afterwards later exist exists mean means usually normally generally roughly
    total different various instead directly easily quickly regarding concerning plan planning
    think believe guess hope hear heard looking look find check ask asking answer
"""
_GERMAN = """
    der die das ein eine und oder ist sind mit fur von zu im auf wie kann konnen wir ihr sie es den
    dem des nicht auch bei gibt haben hat
"""
_SPANISH = """
    el la los las lo un una unos unas y e o u de del en con sin por para que como cual cuales quien
    quienes donde cuando cuanto cuanta cuantos cuantas si no ya mas menos muy tan tambien solo a al
    se su sus mi mis me te le les nos nuestro nuestra nuestros nuestras vuestro ustedes usted
    vosotros yo nosotros ellos esto esta este estos estas eso esa ese aquel algo alguno alguna
    algunos algunas algun ningun todo toda todos todas otro otra otros otras es son ser esta estan
    estar era fue hay haber ha han hemos he tiene tienen tengo tenemos tener puede pueden puedo
    podemos podria podrian poder hace hacen hacer haria debe deben debemos deberia quiero queremos
    querria quisiera necesito necesitamos va vamos ir sobre entre desde hasta segun mientras
    antes despues ahora luego aqui alli pues porque aunque pero sino ni cada mismo misma saber
    decir decirme dime gracias hola favor pregunta ofrecen ofrece ustedes incluye incluyen existe
    existen permite permiten posible sirve usar usan utilizar empresa programa sistema plataforma
    solucion software ver caso vez cosa cosas acepta aceptan
"""
_RUSSIAN = """
    и в во не на с со что как это есть ли у вас мы вы по для из за от до или можно а но я он она оно
    они нам нас нами вам вами мне меня мой моя мои наш наша наше наши нашем нашего нашей нашу
    наших нашим ваш ваша ваше ваши вашей вашего вашу ваших вашим свой своя свои своей своего
    их его ее им ей то та тот те эта этот эти этого этой такой такая такие так же бы б к ко о об
    про при через над под между без если когда где куда откуда кто кого чем чего чему какой какая
    какое какие каких каким каком сколько почему зачем ведь вот тут там уже еще только лишь тоже
    также очень более менее самый самая самое сам сами все всех всем весь вся каждый другой другие
    будет будут быть был была было были может могут могу можем мочь сможем смогут сможет нужно
    надо нужен нужна нужны хочу хотим хотел хотела хотели хотелось должен должна должны нельзя
    скажите подскажите пожалуйста спасибо здравствуйте привет интересует узнать вопрос да нет
    имеется имеют имеет предлагаете предоставляете предлагает умеет программа система платформа
    решение компания фирма случае раз вещь делать делает делаете работаете
"""
STOP_WORDS = frozenset(_listed(f"{_ENGLISH} {_GERMAN} {_SPANISH} {_RUSSIAN}"))

# Single characters only where they seldom stand inside a word of another sense.
STOP_CHINESE = _listed("""
    我们 你们 他们 咱们 贵司 贵公司 您们 请问 请教 想问 问下 问一下 想知道
    想了解 了解一下 告诉 可以 能够 能否 是否 可否 能不能 可不可以 有没有 是不是
    会不会 要不要 行不行 什么 怎么 怎样 如何 怎么样 为什么 多少 几个 哪些 哪个
    哪里 多久 一个 一下 一些 这个 那个 这些 那些 现在 目前 已经 如果 的话 还是
    或者 以及 还有 需要 想要 希望 应该 必须 软件 系统 平台 产品 公司 方案 问题
    情况 时候 关于 进行 使用 提供 包含 包括 拿到 得到 同时 自己 多长时间 多长 时间
    具体 大概 一般 通常 主要 直接 的 了 吗 呢 吧 啊 呀 嘛 么 我 你 您 他
    她 它 是 有 在 和 与 也 都 就 还 又 很 这 那 哪 谁 几 想 把 被 呗
    哦
    """)
