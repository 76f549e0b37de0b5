"""Words of a text for look-up: folded, stemmed a little, Chinese as characters and their pairs.

Shared by `knowledge` and `documents`. Bounded: only the first `MAX_CHARS` of a text count.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 4_000
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_CJK_RUN = re.compile(f"[{CJK}]+")
_PIECE = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+(?:['’.+#-][^\\W_{CJK}]+)*[+#]*")
_GROUPED = re.compile(r"(?<=\d)[,\u2009\u202f'’](?=\d{3}(?!\d))")
_POSSESSIVE = re.compile("(?<=[^\\W\\d_])['’]s(?!\\w)")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# Words that carry a question but not its matter. They count neither for nor against a passage.
STOP_WORDS = frozenset(
    _listed("""
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
    think believe guess hope hear heard looking look find check ask asking answer der die das
    ein eine und oder ist sind mit für von zu im auf wie kann können wir ihr sie es den dem des
    nicht auch bei gibt haben hat el la los las un una unos unas y o de del en con por para que
    qué cómo son su sus se lo hay tiene tienen puede pueden и в во не на с со что как это есть
    ли у вас мы вы по для из за от до или можно
    """)
)
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
_STOP_CHINESE = re.compile("|".join(sorted(STOP_CHINESE, key=len, reverse=True)))

# "can", "will", "shall" before what is asked about; alone they may begin a word ("function").
_ASKING = re.compile("^[能会要请]+(?=..)")


def fold(text: str) -> str:
    """Text as it is compared: NFKC, case folded, invisible marks gone, 5,000 written 5000."""
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MAX_CHARS]))
    return _POSSESSIVE.sub("", _GROUPED.sub("", clean).casefold())


def stem(word: str) -> str:
    """An English word, British or American, without its common endings; others as they are."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    if word in _NUMBERS:
        return _NUMBERS[word]
    word = word.replace("z", "s").replace("licens", "licenc").replace("our", "or")
    if len(word) < 4:
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeousl":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


_NUMBERS = dict(
    zip(
        _listed("two three four five six seven eight nine ten eleven twelve"),
        map(str, range(2, 13)),
        strict=True,
    )
)
_ENDINGS = (
    ("ables", ""), ("able", ""), ("ations", ""), ("ation", ""), ("ators", ""), ("ator", ""),
    ("ating", ""), ("ated", ""), ("ates", ""), ("ate", ""), ("ments", ""), ("ment", ""),
    ("ings", ""), ("ing", ""), ("ied", "y"), ("ies", "y"), ("edly", ""), ("ed", ""),
    ("ers", ""), ("er", ""),
    ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("ss", "ss"), ("us", "us"),
    ("is", "is"), ("s", ""), ("ly", ""),
)  # fmt: skip


def terms(text: str) -> list[str]:
    """All look-up terms of a text in order, stop words too: stems, Chinese characters and pairs."""
    found: list[str] = []
    for piece in _PIECE.findall(fold(text)):
        if _CJK_RUN.match(piece):
            found.extend(piece)
            found.extend(piece[i : i + 2] for i in range(len(piece) - 1))
        else:
            found.extend(_word_terms(piece))
    return found


def _word_terms(piece: str) -> list[str]:
    """A word, and for a compound such as e-mail or v2.1 also its parts."""
    parts = re.split(r"['’.+#-]+", piece)
    if len(parts) == 1:
        return [stem(piece)]
    return [piece, *(stem(part) for part in parts if len(part) > 1)]


def content_words(text: str) -> list[str]:
    """Words of a question that carry its matter, folded but not stemmed, each once, in order."""
    words = (p for p in _PIECE.findall(fold(text)) if not _CJK_RUN.match(p))
    return list(dict.fromkeys(w for w in words if _base(w) not in STOP_WORDS))


def _base(word: str) -> str:
    """`what's` -> `what`: what a stop word is looked up by."""
    return re.split("['’]", word, maxsplit=1)[0]


def content_runs(text: str) -> list[str]:
    """Runs of Chinese characters of a question that carry its matter, stop words cut out."""
    runs: list[str] = []
    for run in _CJK_RUN.findall(fold(text)):
        runs.extend(_ASKING.sub("", part) for part in _STOP_CHINESE.split(run) if part)
    return runs


def has_chinese(text: str) -> bool:
    return _CJK_RUN.search(text) is not None


def holds(text: str, name: str) -> bool:
    """Does the folded text hold the folded name: as whole words, Chinese as a substring?"""
    if not name or name not in text:
        return False  # most names are not there: no pattern need be made for them
    if _CJK_RUN.search(name):
        return True
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
