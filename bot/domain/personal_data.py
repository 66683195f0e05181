"""Personal data in what people write: pure patterns of the Netherlands, that say which kind is there and where, never what it says.

It warns and nothing more: what it does not see is still personal data, and what it sees may be something else.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final, Literal, get_args

PersonalData = Literal["name", "handle", "profile", "phone", "mail", "iban", "bsn", "plate"]
KINDS: Final[tuple[PersonalData, ...]] = get_args(PersonalData)

_LONGEST: Final = 20_000  # beyond this nobody types; what is longer was pasted and is read so far
# Stands in place of what was found, in either language; what is hidden may be as long as it likes.
MASK: Final = "[…]"
# "meneer", "mevrouw" and their short forms, what may stand between them and the name, and the words of the name after its first
_TITLE: Final = (
    r"\b(?:[Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]eneer|[Mm]evrouw|[Dd]rs|[Ii]r|[Mm]r|[Mm]rs|[Mm]s|[Mm]ister)\b\.?\s+"
)
_BETWEEN: Final = r"(?:van|de|der|den|het|te|ter|ten|el|al|von|'t|[A-Z]\.)"
_WORD: Final = r"[A-ZÀ-Þ][\w'’-]+"
_NAME: Final = re.compile(
    rf"{_TITLE}(?P<whole>(?:{_BETWEEN}\s*)*(?P<name>{_WORD})(?:\s+(?:{_BETWEEN}\s+)*{_WORD}){{0,2}})"
)
# Who is meant by an office is no person data: "de heer officier", "mevrouw de burgemeester".
_OFFICES: Final = frozenset(
    ("Burgemeester", "Officier", "Wethouder", "Commissaris", "Voorzitter", "Minister", "Raadslid", "President")
)
_HANDLE: Final = re.compile(
    r"(?<![\w@./])@(?P<handle>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?P<home>:[A-Za-z0-9.-]+)?"
)
_PROFILE: Final = re.compile(
    r"\b(?:https?://)?(?:(?:www|m|nl-nl|old)\.)?(?:"
    r"(?:instagram|tiktok|facebook|twitter|x|threads|twitch|linkedin|vk)\.(?:com|net|tv)/(?!hashtag|explore|search|events|groups)"
    r"(?:in/|profile\.php\?id=)?@?[\w.-]{2,}"
    r"|snapchat\.com/(?:add|@|t)/?[\w.-]{2,}|t\.me/[\w+-]{3,}|youtube\.com/(?:@|c/|user/|channel/)[\w.-]+"
    r"|reddit\.com/u(?:ser)?/[\w-]+|wa\.me/\d+|discord(?:app)?\.com/users/\d+)\S*",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b")
_GAP: Final = r"[ \-./]{0,3}"
_PHONE: Final = re.compile(
    rf"(?<![\w+/.-])(?:(?:\+|00)31{_GAP}(?:\(0\))?{_GAP}|0)(?:6{_GAP}(?:\d{_GAP}){{7}}\d|(?:[1-57]\d|8[4578]){_GAP}(?:\d{_GAP}){{6}}\d)(?![\w]|-\d)"
)
_FOREIGN: Final = re.compile(r"(?<![\w+])\+(?!31)[1-9](?:[ -]?\d){8,13}(?!\w)")
_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?!\w)", re.IGNORECASE)
_BSN: Final = re.compile(
    r"(?<![\w.,/+-])(?P<digits>\d{3}[ .]?\d{3}[ .]?\d{3}|\d{4}\.?\d{2}\.?\d{3}|\d{8})(?![\w/]|[.,]\d)"
)
_BSN_SAID: Final = re.compile(r"\b(?:bsn|burgerservicenummer|sofi(?:nummer)?|citizen service number)\b", re.IGNORECASE)
# Numbers of cases and amounts pass the eleven test one time in eleven.
_NO_BSN: Final = re.compile(
    r"(?:kenmerk|zaak(?:nummer)?|nummer|nr\.?|dossier|ticket|incident|referentie|reference|ref\.?|case|€|euro|\bid)\W*$",
    re.IGNORECASE,
)
_NEAR: Final = 40  # characters before a number in which the word must stand for the eight digits of an old one
_PLATE: Final = re.compile(r"(?<![\w-])[A-Z0-9]{1,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,2}(?![\w-])", re.IGNORECASE)
# The Dutch sidecodes since 1951: letters and digits in their three groups.
_SIDECODES: Final = frozenset(
    (
        "AA-99-99", "99-99-AA", "99-AA-99", "AA-99-AA", "AA-AA-99", "99-AA-AA", "99-AAA-9", "9-AAA-99", "AA-999-A", "A-999-AA",
        "AAA-99-A", "A-99-AAA", "9-AA-999", "999-AA-9",
    )
)  # fmt: skip


Span = tuple[int, int]  # from the first character up to, not including, the last


def find(text: str, known: Collection[str] = ()) -> tuple[PersonalData, ...]:
    """The kinds that stand in the text, each once, in a fixed order. `known` are the handles (in lower case, without @) of the
    people of the project itself, whom one may name."""
    return tuple(dict.fromkeys(kind for kind, _ in spans(text, known)))


def masked(text: str, known: Collection[str] = ()) -> str:
    """The text with `MASK` for each piece that `find` finds something in; what is not found stays."""
    shown, end = "", 0
    for start, stop in sorted(span for _, span in spans(text, known)):
        if start >= end:
            shown += text[end:start] + MASK
        end = max(end, stop)
    return shown + text[end:]


def spans(text: str, known: Collection[str] = ()) -> Iterator[tuple[PersonalData, Span]]:
    """Each piece that was found, by kind; two kinds may be found in one piece."""
    read = text[:_LONGEST]
    for kind in KINDS:
        for span in _FOUND[kind](read, known):
            yield kind, span


def _names(text: str, known: Collection[str]) -> Iterator[Span]:
    for hit in _NAME.finditer(text):
        if hit["name"] not in _OFFICES:
            yield hit.span("whole")


def _handles(text: str, known: Collection[str]) -> Iterator[Span]:
    """A Matrix id names a colleague and `@room` everybody; numbers alone are no account."""
    for hit in _HANDLE.finditer(text):
        handle = hit["handle"].lower()
        of_us = hit["home"] is not None or handle in known or handle in ("room", "naam", "name")
        if not of_us and not handle.isdecimal():
            yield hit.span()


def _profiles(text: str, known: Collection[str]) -> Iterator[Span]:
    yield from (hit.span() for hit in _PROFILE.finditer(text))


def _mails(text: str, known: Collection[str]) -> Iterator[Span]:
    yield from (hit.span() for hit in _MAIL.finditer(text))


def _phones(text: str, known: Collection[str]) -> Iterator[Span]:
    rest = text
    for start, end in _ibans(text, known):
        rest = rest[:start] + " " * (end - start) + rest[end:]
    for pattern in (_PHONE, _FOREIGN):
        yield from (hit.span() for hit in pattern.finditer(rest))


def _ibans(text: str, known: Collection[str]) -> Iterator[Span]:
    for hit in _IBAN.finditer(text):
        length = _iban_in(hit.group())
        if length is not None:
            yield hit.start(), hit.start() + length


def _iban_in(said: str) -> int | None:
    """The characters of it that are a number: people write on behind it, and the check holds for one of the lengths that fit."""
    ends = [at for at, char in enumerate(said, start=1) if char != " "]
    found = said.replace(" ", "").upper()
    fitting = (length for length in range(len(found), 14, -1) if is_iban(found[:length]))
    return next((ends[length - 1] for length in fitting), None)


def is_iban(compact: str) -> bool:
    """The check of ISO 13616: the number, moved round and read as digits, leaves 1 when divided by 97."""
    moved = compact[4:] + compact[:4]
    length = 18 if compact.startswith("NL") else len(compact)
    return len(compact) == length and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _bsns(text: str, known: Collection[str]) -> Iterator[Span]:
    for hit in _BSN.finditer(text):
        digits = "".join(char for char in hit["digits"] if char.isdecimal())
        before = text[max(hit.start() - _NEAR, 0) : hit.start()]
        said = _BSN_SAID.search(before) is not None
        alone = hit["digits"].isdecimal() and len(digits) == 9 and _NO_BSN.search(before) is None
        if is_bsn(digits.zfill(9)) and (said or alone):
            yield hit.span()


def is_bsn(digits: str) -> bool:
    """The eleven test: nine digits weighed 9 to 2 and -1 make a multiple of 11."""
    weighed = sum(weight * int(digit) for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True))
    return weighed % 11 == 0 and int(digits) != 0


def _plates(text: str, known: Collection[str]) -> Iterator[Span]:
    for hit in _PLATE.finditer(text):
        code = "".join("9" if char.isdecimal() else "A" if char.isalpha() else char for char in hit.group())
        if code in _SIDECODES:
            yield hit.span()


_FOUND: Final[dict[PersonalData, Callable[[str, Collection[str]], Iterator[Span]]]] = {
    "name": _names,
    "handle": _handles,
    "profile": _profiles,
    "phone": _phones,
    "mail": _mails,
    "iban": _ibans,
    "bsn": _bsns,
    "plate": _plates,
}
