"""All counterparts together, with the settings that lead a bot to them: what a demonstration or a story of a night needs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.embedded.provider_mail import MailCounterpart
from bot.embedded.provider_push import NtfyCounterpart, PushoverCounterpart
from bot.embedded.provider_sms import GatewayCounterpart
from bot.embedded.provider_voice import VoiceCounterpart
from bot.embedded.providers import running

OUR_NUMBER = "+3197" + 6 * "0"


@dataclass(frozen=True, slots=True)
class Phones:
    """What every phone and mailbox in the region saw, and the hands that answer."""

    sms: GatewayCounterpart
    voice: VoiceCounterpart
    ntfy: NtfyCounterpart
    pushover: PushoverCounterpart
    mail: MailCounterpart

    def settings(self) -> dict[str, object]:
        """The settings of a bot on this machine that uses all of them, beside `public_url`; secrets in plain text."""
        return {
            "sms_provider": "generic",
            "sms_url": f"{self.sms.url}/send",
            "sms_status_url": f"{self.sms.url}/status",
            "sms_inbox_url": f"{self.sms.url}/inbox",
            "sms_poll_seconds": 1,
            "sms_token": self.sms.token,
            "sms_sender": OUR_NUMBER,
            "voice_url": f"{self.voice.url}/2010-04-01",
            "voice_account": self.voice.account,
            "voice_token": self.voice.token,
            "voice_from": OUR_NUMBER,
            "ntfy_url": self.ntfy.url,
            "ntfy_token": self.ntfy.token,
            "mail_host": "127.0.0.1",
            "mail_port": self.mail.port,
            "mail_security": "none",
            "mail_user": self.mail.user,
            "mail_password": self.mail.password,
            "mail_from": "iog-bot@iog.example",
            "pushover_url": self.pushover.url,
            "pushover_token": self.pushover.token,
        }


@asynccontextmanager
async def phones(now: Callable[[], datetime], pushover_users: frozenset[str] = frozenset()) -> AsyncIterator[Phones]:
    """Every counterpart on a port of its own; `now` dates the calls (UTC)."""
    made = Phones(
        GatewayCounterpart(), VoiceCounterpart(now=now), NtfyCounterpart(),
        PushoverCounterpart(users=pushover_users), MailCounterpart(),
    )  # fmt: skip
    async with running(made.sms, made.voice, made.ntfy, made.pushover):
        await made.mail.start()
        try:
            yield made
        finally:
            await made.mail.stop()
