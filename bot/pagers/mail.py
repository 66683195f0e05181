"""E-mail by the region's own mail server: plain text with the link, and the same as a small page that reads well aloud.

Built on aiosmtplib 5.1 (its `send` connects, upgrades, logs in, sends and leaves). The Message-ID follows from our key, so a
repeat after a broken connection is the same mail for whoever sorts out doubles. Codes 4xx may pass, 5xx never do (RFC 5321,
section 4.2.1).
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final, Literal

import aiosmtplib

from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.pagers.asking import CONNECT_SECONDS, TOTAL_SECONDS
from bot.pagers.channel import MESSAGE_REFUSED, Notice, reference_of
from bot.words.catalogue import Catalogue

Security = Literal["starttls", "tls", "none"]
_PAGE: Final = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font: 18px/1.5 sans-serif; color: #000; background: #fff">
<h1 style="font-size: 22px">{title}</h1>
{lines}
</body></html>
"""
_LOOKS: Final = "display: inline-block; padding: 14px 22px; background: #00437a; color: #fff"
_BUTTON: Final = '<p><a href="{link}" style="{looks}">{label}</a></p>'


@dataclass(frozen=True, slots=True)
class MailPost:
    """`tls` replaces the usual trust in certificates; `total` is in seconds."""

    host: str
    port: int
    sender: str
    words: Catalogue
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    total: float = TOTAL_SECONDS
    channel: Channel = "mail"

    async def send(self, notice: Notice) -> Outcome:
        try:
            message = self._message(notice)
        except (ValueError, IndexError, MessageError):
            return GaveUp(MESSAGE_REFUSED)  # an address that no mail can be written to
        try:
            async with asyncio.timeout(self.total):
                await aiosmtplib.send(
                    message,
                    hostname=self.host,
                    port=self.port,
                    username=self.user or None,
                    password=self.password or None,
                    use_tls=self.security == "tls",
                    start_tls=self.security == "starttls",
                    tls_context=self.tls,
                    timeout=min(CONNECT_SECONDS, self.total),
                    local_hostname=self.sender.rpartition("@")[2],
                )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [one.code for one in refused.recipients]
            return Retry(f"mail_{codes[0]}") if codes and codes[0] < 500 else GaveUp(MESSAGE_REFUSED)
        except aiosmtplib.SMTPResponseException as refused:
            return Retry(f"mail_{refused.code}") if refused.code < 500 else GaveUp(f"mail_{refused.code}")
        except ssl.SSLError:
            return GaveUp("mail_certificate")
        except (aiosmtplib.SMTPException, OSError) as lost:  # OSError holds TimeoutError
            # Without a kind of its own it tells that the server knows no STARTTLS or no login: it is not trusted with links.
            plain = type(lost) is aiosmtplib.SMTPException
            return GaveUp("mail_not_supported") if plain else Retry(type(lost).__name__)
        return Delivered(event=EventId(str(message["Message-ID"])))

    async def find(self, notice: Notice) -> Outcome | None:
        return None

    async def call_off(self, reference: str, address: str) -> Outcome:
        return Delivered()

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(addr_spec=self.sender)
        message["To"] = Address(addr_spec=notice.address)
        message["Subject"] = notice.title
        message["Message-ID"] = f"<{reference_of(notice.key)}@{self.sender.rpartition('@')[2]}>"
        if notice.asked_at is not None:
            message["Date"] = format_datetime(notice.asked_at)
        message["Auto-Submitted"] = "auto-generated"
        if notice.urgent:
            message["Importance"] = "high"
        message.set_content(f"{notice.text}\n")
        message.add_alternative(self._page(notice), subtype="html")
        return message

    def _page(self, notice: Notice) -> str:
        lines = [f"<p>{escape(line)}</p>" for line in notice.text.splitlines() if line and line != notice.link]
        if notice.link:
            label = escape(self.words.text(notice.lang, "channel.mail_answer"))
            lines.append(_BUTTON.format(link=escape(notice.link), looks=_LOOKS, label=label))
        return _PAGE.format(lang=notice.lang, title=escape(notice.title), lines="\n".join(lines))
