"""The vault: seals private addresses, recognises them again, and makes the codes that prove them; and what a number must look like.

The key is a file beside the database and never in it, so a copy of the database alone tells nobody's number.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.ids import PersonId
from bot.domain.ladder import Channel

_NONCE: Final = 12  # bytes, as AES-GCM wants them
_DIGITS: Final = 6
_TOPIC_BYTES: Final = 15

NumberFault = Literal["wrong", "foreign", "special"]
# What a phone number may hold beside digits; a sentence with a number in it is not a number.
_NUMBER: Final = re.compile(r"(?:\+|00)?[0-9(][0-9\s().\-/]{4,24}")
_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PUSHOVER: Final = re.compile(r"[A-Za-z0-9]{30}")
_LONGEST_MAIL: Final = 254
_LANDLINE: Final = 9  # digits; a short number such as 14 020 answers with a menu


@dataclass(frozen=True, slots=True)
class Number:
    """`e164` is the one way in which it is written; a landline is only called, never sent a text."""

    e164: str
    mobile: bool


class Vault:
    """`chance` gives 32 random bytes."""

    def __init__(self, key: bytes, chance: Callable[[], bytes]) -> None:
        self._seal = AESGCM(_derived(key, b"seal"))
        self._finger = _derived(key, b"fingerprint")
        self._code = _derived(key, b"code")
        self._chance = chance

    def seal(self, text: str, about: str = "") -> bytes:
        """The text, readable only with the key, and only for what it is `about`."""
        nonce = self._chance()[:_NONCE]
        return nonce + self._seal.encrypt(nonce, text.encode(), about.encode())

    def open(self, sealed: bytes, about: str = "") -> str | None:
        """What was sealed; None when another key sealed it, or for something else."""
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError):
            return None

    def fingerprint(self, address: str) -> str:
        """The same for the same address and useless without the key; the address must be in its one form (E.164)."""
        return hmac.digest(self._finger, address.encode(), hashlib.sha256).hex()

    def code(self, key: str) -> str:
        """The six digits that go with an outbox key: made again after a crash they are the same, and stand nowhere."""
        number = int.from_bytes(hmac.digest(self._code, b"digits " + key.encode(), hashlib.sha256))
        return f"{number % 10**_DIGITS:0{_DIGITS}}"

    def code_hash(self, person: PersonId, channel: Channel, code: str) -> str:
        """What is kept of a code that somebody has to type."""
        return hmac.digest(self._code, f"typed {person} {channel} {code}".encode(), hashlib.sha256).hex()

    def topic(self) -> str:
        """A new address at the ntfy server that nobody guesses."""
        alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
        drawn = "".join(alphabet[byte % len(alphabet)] for byte in self._chance()[:_TOPIC_BYTES])
        return f"iog-{drawn}"


def about(person: PersonId, kind: str) -> str:
    """What an address is sealed for: taken over into another row it does not open."""
    return f"{person}\0{kind}"


def read_number(text: str) -> Number | NumberFault:
    """A Dutch number as people write it. A code over the number proves it; this only says early what cannot work.

    `special`: a number that costs money or is a machine's (090x, 097). `foreign`: from another country.
    """
    typed = text.strip()
    if not _NUMBER.fullmatch(typed) or not typed.isascii():
        return "wrong"
    try:
        parsed = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        return "wrong"
    if parsed.country_code != phonenumbers.country_code_for_region("NL"):
        return "foreign"
    national = phonenumbers.national_significant_number(parsed)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kind = phonenumbers.number_type(parsed)
    if kind in _SPECIAL or national.startswith(("97", "66", "676")):
        return "special"
    # the library knows no ranges that are not given out yet; the code will tell whether the phone is there
    if re.fullmatch("6[0-9]{8}", national):
        return Number(e164, mobile=True)
    return Number(e164, mobile=False) if kind in _FIXED and len(national) == _LANDLINE else "wrong"


def read_mail(text: str) -> str | None:
    """A mail address in its one form; None when it cannot be one."""
    typed = text.strip()
    if len(typed) > _LONGEST_MAIL or not _MAIL.fullmatch(typed):
        return None
    local, _, domain = typed.rpartition("@")
    return f"{local}@{domain.lower()}"


def read_pushover(text: str) -> str | None:
    """A user key of Pushover."""
    typed = text.strip()
    return typed if _PUSHOVER.fullmatch(typed) else None


def masked(channel: Channel, address: str) -> str:
    """As much as its owner needs to recognise it."""
    if channel in ("sms", "voice"):
        local = f"0{address[3:]}"
        return f"{local[:2]}-••••••{local[-2:]}" if local.startswith("06") else f"{local[:3]}-•••••{local[-2:]}"
    if channel == "mail":
        name, _, domain = address.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"••••{address[-3:]}"


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"iogplus reach " + purpose).derive(key)


_SPECIAL: Final = frozenset(
    (
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.VOICEMAIL,
    )
)
_FIXED: Final = frozenset(
    (
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.UAN,
    )
)
