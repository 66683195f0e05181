"""What a telephone service is told in TwiML, and the signature by which its requests are known.

Checked against Twilio's pages on Gather, Say, Redirect and request validation: the signature is the base64 of HMAC-SHA1, with
the account's token, over the full address as the service called it and the fields of the form, sorted, name and value
joined. Over https a service may leave the port out of that address, or put the usual one in.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from xml.sax.saxutils import escape, quoteattr

from bot.domain.people import Language
from bot.words.channel_words import LOCALES

KEY_SECONDS: Final = 8  # who just woke up looks for the keys
_USUAL_PORT: Final = {"https": 443, "http": 80}
Fields = Sequence[tuple[str, str]]


def said_then_hung_up(lang: Language, *sentences: str) -> str:
    return _response("".join(_say(lang, sentence) for sentence in sentences) + "<Hangup/>")


def hung_up() -> str:
    """For an answering machine: it is told nothing, and it has answered nothing."""
    return _response("<Hangup/>")


def asked(lang: Language, here: str, *sentences: str) -> str:
    """Says the sentences and waits for one key, which goes to `here`; silence goes there too, without a key."""
    inside = "".join(_say(lang, sentence) for sentence in sentences)
    gather = (
        f'<Gather input="dtmf" numDigits="1" timeout="{KEY_SECONDS}" method="POST" action={quoteattr(here)}>'
        f"{inside}</Gather>"
    )
    return _response(f'{gather}<Redirect method="POST">{escape(here)}</Redirect>')


def signature(token: str, url: str, fields: Fields) -> str:
    """What a service that has the token sends as `X-Twilio-Signature`."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()


def is_signed(token: str, url: str, fields: Fields, given: str) -> bool:
    """Compared in constant time, for each way in which the service may have written our address."""
    found = [hmac.compare_digest(signature(token, one, fields).encode(), given.encode()) for one in _ways_to_write(url)]
    return any(found)


def _ways_to_write(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = parts.port or _USUAL_PORT.get(parts.scheme, 443)
    return tuple(
        dict.fromkeys((url, *(urlunsplit(parts._replace(netloc=netloc)) for netloc in (shown, f"{shown}:{port}"))))
    )


def _say(lang: Language, sentence: str) -> str:
    return f'<Say language="{LOCALES[lang]}">{escape(sentence)}</Say>'


def _response(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{inside}</Response>\n'
