"""The alphabet of text messages: one letter outside it cuts a message from 160 characters to 70 (3GPP TS 23.038, section 6.2)."""

import unicodedata
from typing import Final

MOST_SEPTETS: Final = 160  # in one message; of a longer one each part holds 153

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # each takes two places
# What Dutch and English texts hold beside letters with accents.
_INSTEAD: Final = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‒": "-", "‑": "-", "−": "-", "…": "...", "·": "-", "•": "-", "×": "x", "°": "o",
    "œ": "oe", "Œ": "OE", "ĳ": "ij", "Ĳ": "IJ", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th",
    "Þ": "Th", "ı": "i", "½": "1/2", "¼": "1/4", "¾": "3/4", "²": "2", "³": "3", "\t": " ", "\u00a0": " ",
}  # fmt: skip


def gsm7(text: str) -> str:
    """The text in this alphabet: accents that it does not know are dropped, signs are replaced, pictures left out."""
    out: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if char in BASIC or char in EXTENDED:
            out.append(char)
        elif char in _INSTEAD:
            out.append(_INSTEAD[char])
        else:
            out += _without_accent(char)
    return "".join(out)


def _without_accent(char: str) -> list[str]:
    if unicodedata.category(char) in ("Zs", "Zl", "Zp"):
        return [" "]
    plain = unicodedata.normalize("NFKD", char)
    kept = [part for part in plain if part in BASIC or part in EXTENDED]
    # A letter of another script is shown to be missing; a picture or an invisible sign just goes.
    return kept or (["?"] if unicodedata.category(char).startswith("L") else [])


def septets(text: str) -> int:
    """How many of the 160 places a text in this alphabet takes."""
    return sum(2 if char in EXTENDED else 1 for char in text)


def is_gsm7(text: str) -> bool:
    return all(char in BASIC or char in EXTENDED for char in text)


def cut(text: str, places: int = MOST_SEPTETS) -> str:
    """The text in this alphabet, within so many places."""
    text = gsm7(text)
    while septets(text) > places:
        text = text[:-1]
    return text
