"""Notices by the many services that Apprise knows: one way only, so it comes last, and nothing depends on it.

Checked in the source of apprise 2.2: `notify` blocks (it uses requests), gives only True or False, no reference and no receipt,
and tells addresses with keys to its own logger. It is an extra of the package, and so imported when it is first needed.
"""

import asyncio
import logging
from dataclasses import dataclass

from bot.config_channels import OF_THIS_MACHINE
from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ladder import Channel
from bot.pagers.asking import TOTAL_SECONDS
from bot.pagers.channel import MESSAGE_REFUSED, Notice


@dataclass(frozen=True, slots=True)
class AppriseNotice:
    total: float = TOTAL_SECONDS
    channel: Channel = "apprise"

    async def send(self, notice: Notice) -> Outcome:
        try:
            sent = await asyncio.wait_for(asyncio.to_thread(_notify, notice), self.total)
        except TimeoutError:
            return Unclear("no_answer_in_time")  # its thread goes on and may still succeed
        if sent is None:
            return GaveUp(MESSAGE_REFUSED)
        # Why it failed is not told; a repeat could be a second notice, and other channels wait for their turn.
        return Delivered() if sent else GaveUp("not_sent")

    async def find(self, notice: Notice) -> Outcome | None:
        return None

    async def call_off(self, reference: str, address: str) -> Outcome:
        return Delivered()


def is_known(address: str) -> bool:
    """Whether Apprise knows such an address; nothing is sent."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    return apprise.Apprise().add(address) is True


def _notify(notice: Notice) -> bool | None:
    """Whether Apprise says that it was sent; None for an address that it does not know. Blocks."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    if notice.address.partition("://")[0].lower() in OF_THIS_MACHINE:
        return None
    kind = apprise.NotifyType.FAILURE if notice.urgent else apprise.NotifyType.INFO
    service = apprise.Apprise()
    if not service.add(notice.address):
        return None
    text = f"{notice.text}\n{notice.link}" if notice.link and notice.link not in notice.text else notice.text
    return bool(service.notify(body=text, title=notice.title, notify_type=kind))
