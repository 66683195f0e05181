"""Makes the channels that the settings configure, each with connections of its own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.config import Settings
from bot.domain.ladder import Channel
from bot.pagers import sms_cm, sms_generic, sms_spryng
from bot.pagers.asking import TOTAL_SECONDS, Asking, asking
from bot.pagers.channel import Inbound, Pager, SmsPager
from bot.pagers.mail import MailPost
from bot.pagers.ntfy import NtfyPush
from bot.pagers.one_way import AppriseNotice
from bot.pagers.pushover import PushoverPush
from bot.pagers.voice import VoiceCalls
from bot.words.catalogue import Catalogue

# How the body of each provider's webhook is read.
HEARD: Final[Mapping[str, Callable[[bytes], Inbound | None]]] = {
    "cm": sms_cm.heard,
    "spryng": sms_spryng.heard,
    "generic": sms_generic.heard,
}


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels by name; those that can do more than others once more by what they are. None: not configured."""

    every: Mapping[Channel, Pager]
    sms: SmsPager | None
    voice: VoiceCalls | None
    pushover: PushoverPush | None


@asynccontextmanager
async def channels(settings: Settings, words: Catalogue, total: float = TOTAL_SECONDS) -> AsyncIterator[Channels]:
    """`total` (seconds) is the longest that one question to a provider may take."""
    async with AsyncExitStack() as stack:

        async def ask() -> Asking:
            return await stack.enter_async_context(asking(total))

        sms = None if settings.sms_provider == "none" else _sms(settings, await ask())
        voice = _voice(settings, await ask()) if settings.voice_account else None
        pushover = _pushover(settings, await ask()) if settings.pushover_token.get_secret_value() else None
        made: list[Pager | None] = [sms, voice]
        if settings.ntfy_url:
            made.append(NtfyPush(await ask(), settings.ntfy_url, settings.ntfy_token.get_secret_value(), words))
        made += [_mail(settings, words, total) if settings.mail_host else None, pushover]
        made.append(AppriseNotice(total) if settings.apprise else None)
        yield Channels({one.channel: one for one in made if one is not None}, sms, voice, pushover)


def _sms(settings: Settings, ask: Asking) -> SmsPager:
    token, sender = settings.sms_token.get_secret_value(), settings.sms_sender
    match settings.sms_provider:
        case "cm":
            return sms_cm.CmSms(ask, token, sender, settings.sms_url or sms_cm.URL)
        case "spryng":
            return sms_spryng.SpryngSms(ask, settings.sms_account, token, sender, settings.sms_url or sms_spryng.URL)
        case _:
            fields = dict(pair.split("=", 1) for pair in settings.sms_fields)
            inbox, status = settings.sms_inbox_url, settings.sms_status_url
            return sms_generic.GenericSms(ask, settings.sms_url, token, sender, fields, status, inbox)


def _voice(settings: Settings, ask: Asking) -> VoiceCalls:
    token = settings.voice_token.get_secret_value()
    return VoiceCalls(ask, settings.voice_account, token, settings.voice_from, settings.voice_url)


def _pushover(settings: Settings, ask: Asking) -> PushoverPush:
    return PushoverPush(ask, settings.pushover_token.get_secret_value(), settings.pushover_url)


def _mail(settings: Settings, words: Catalogue, total: float) -> MailPost:
    return MailPost(
        host=settings.mail_host,
        port=settings.mail_port,
        sender=settings.mail_from,
        words=words,
        security=settings.mail_security,
        user=settings.mail_user,
        password=settings.mail_password.get_secret_value(),
        total=total,
    )
