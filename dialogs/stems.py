"""Words without their common endings, so that "tienda" finds "tiendas": English, Spanish, Russian.

Not the endings of a grammar but those that a search does better without; what is left of a word is
no word. Words come folded.
"""

from __future__ import annotations


def stem(word: str, language: str = "en") -> str:
    """The word as it is looked up. The script tells Russian, `language` Spanish."""
    if len(word) < 3 or not word.isalpha():
        return word
    if "а" <= word[0] <= "я":
        return _without(word, _RUSSIAN, 3)
    if not word.isascii():
        return word
    return _without(word, _SPANISH, 3) if language == "es" else _english(word)


def _english(word: str) -> str:
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


def _without(word: str, endings: frozenset[str], least: int) -> str:
    """Without the longest ending that leaves so many letters."""
    for size in range(min(_LONGEST, len(word) - least), 0, -1):
        if word[-size:] in endings:
            return word[:-size]
    return word


def _listed(words: str) -> list[str]:
    return words.split()


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
_SPANISH = frozenset(
    _listed("""
    a e o as es os s is an en ar er ir ara era ira aran eran iran aria eria iria ia ian ias
    ada ado adas ados ida ido idas idos ando iendo aba aban aron ieron amos emos imos ais eis
    acion aciones adora ador adores adoras amiento amientos imiento imientos mente
    idad idades able ables ible ibles ion iones al ales
    """)
)
_RUSSIAN = frozenset(
    _listed("""
    а я о е у ю ы и й ь ам ям ом ем ах ях ой ей ую юю ая яя ое ее ые ие ый ий их ых им ым ами ями
    ого его ому ему ыми ими ов ев ья ье ью ьи ия ию ии ием иям иях иями
    ть ти ться тся сь ся ешь ишь ет ит ют ят ут ат ете ите ает яет ают яют ует уют уем
    ал ала ало али ил ила ило или ел ела ели ял яла яли ался алась ались ился илась ились
    ать ять ить еть аться яться иться еться ается яется ается ются аются яются ится ятся уется
    ение ения ению ением ений ениях ениями ание ания анию анием аний аниях аниями
    ость ости остью остей остям ный ная ное ные ных ным ного ному ной ную ными
    енный енная енное енные енных енного анный анная анное анные анных анного
    ющий ющая ющее ющие ющих ющим щий щая щие щих вший вшая вшие вших
    ка ки ку кой ке ок ков кам ками ках
    """)
)
_LONGEST = 7
