"""The language of a message: script first, then letters' statistics among the likely languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from dialogs.understanding.words import Words

_HAN = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[^\W\d_\u0400-\u04ff\u3400-\u9fff]")
_SPANISH = re.compile(
    r"[ñ¿¡]|\b(?:el|los|las|una|que|para|con|por|del|es|su|nos|tenemos|somos|quiero|cuanto|"
    r"gracias|hola|cual|necesito|puede|esta|usted|empresa|sí|soy|hay|pero|como|precio)\b"
)
_ENGLISH = re.compile(
    r"\b(?:the|is|are|we|you|do|does|have|what|how|can|for|with|our|my|please|of|it|and|need|want|"
    r"yes|i'm|i|there|not|would|price|who|which)\b"
)
_SHORT = 3  # Latin words up to which statistics are worse than the talk's language


class Languages:
    """Tells the language among those of the pack and of the examples that it was taught."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._known = tuple(dict.fromkeys(languages))
        self._latin = tuple(code for code in self._known if code not in ("zh", "ru"))
        # Its tables take 100 MB: English and Spanish are told apart by their small words alone.
        self._identifier = _load(self._latin) if set(self._latin) - {"en", "es"} else None

    def tell(self, words: Words, prior: str) -> str:
        """ISO code; the prior stays for what is short, ambiguous or no language at all."""
        han, cyrillic, latin = words.han, words.cyrillic, words.latin
        if han or cyrillic:
            letters = len(_LATIN.findall(words.low))
            # A Han character says about as much as two letters.
            weight = 2 * len(_HAN.findall(words.low)) if han else len(_CYRILLIC.findall(words.low))
            told = "zh" if han else "ru"
            if told in self._known and (weight >= letters or prior == told):
                return told
        if not latin:
            return prior
        return self._tell_latin(words, prior)

    def _tell_latin(self, words: Words, prior: str) -> str:
        spanish = len(_SPANISH.findall(words.low)) if "es" in self._latin else 0
        english = len(_ENGLISH.findall(words.low)) if "en" in self._latin else 0
        if spanish != english and max(spanish, english) >= (1 if prior in ("en", "es") else 2):
            return "es" if spanish > english else "en"
        if len(words.low.split()) <= _SHORT or self._identifier is None:
            return prior
        told, share = self._identifier.classify(words.low)
        return str(told) if share > 0.9 else prior


def _load(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
