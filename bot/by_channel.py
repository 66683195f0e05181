"""Answers that come by a link, a button or a key of the telephone: which page they are about, and what came of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain.contacts import Contacts
from bot.domain.entries import AnswerBy
from bot.domain.ids import PageId
from bot.domain.incident import Incident, Page
from bot.domain.origin import BY_CHANNEL, Origin, Via
from bot.domain.people import Language, Person
from bot.folding import BrokenLog
from bot.store import links
from bot.store.links import Link

# How an answer by link is told in the log, by the channel that brought the link.
_HOW: Final[dict[str, AnswerBy]] = {"voice": "key", "ntfy": "button"}
# The states of a page in which a first answer still counts.
OPEN: Final = frozenset(("open", "unanswered", "undeliverable"))


@dataclass(frozen=True, slots=True)
class Reply:
    """A yes (with `eta_minutes`: so many minutes from now) or a no."""

    coming: bool
    eta_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that a link is about, as it stands now."""

    link: Link
    incident: Incident
    page: Page
    person: Person

    @property
    def waits(self) -> bool:
        """Whether an answer by this link still counts; otherwise there is only something to show."""
        return self.link.used_at is None and waits(self.page)

    @property
    def by(self) -> Origin:
        """Where an answer by this link comes from; the link's hash stands for an account."""
        account = f"link:{self.link.hash[:16]}"
        return Origin(actor=self.person.id, account=account, via=via(self.link.channel), room="direct", proof="clear")

    @property
    def stands(self) -> Reply | None:
        """What the person answered before, over whatever channel."""
        return stands(self.page)


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing to answer: the link is unknown, revoked or expired, or its page is over. `lang` when the person is known."""

    lang: Language | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What came of an answer. `accepted` is false when another answer stood already and still does."""

    asked: Asked
    accepted: bool


def waits(page: Page) -> bool:
    """Whether a page wants an answer; a yes that nothing came of is asked again."""
    return page.state in OPEN or (page.asked_again is not None and page.coming_since is not None)


def stands(page: Page) -> Reply | None:
    match page.state:
        case "acknowledged":
            return Reply(True, page.eta_minutes)
        case "declined":
            return Reply(False)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Answering:
    """`contacts` are those in force."""

    desk: Desk
    contacts: Callable[[], Contacts]

    async def asked(self, code: str) -> Asked | Over:
        """What a code asks; reading it changes nothing."""
        async with self.desk.database.read() as tx:
            link = await links.get(tx, code)
        person = None if link is None else self.contacts().people.get(link.person)
        if link is None or person is None:
            return Over()
        if not link.holds(self.desk.clock().now):
            return Over(person.language)
        try:
            incident = await self.desk.incident(link.incident)
        except BrokenLog:  # operators were told at the start; here there is nothing to answer
            return Over(person.language)
        page = incident.pages.get(link.page)
        if incident.state != "open" or page is None or page.state == "withdrawn":
            return Over(person.language)
        return Asked(link, incident, page, person)

    async def answer(self, asked: Asked, reply: Reply) -> Given:
        """Records an answer once: the link is used up in the same transaction.

        The same answer again, and another one afterwards, change nothing and tell what stands.
        """
        if not asked.waits:
            return Given(asked, accepted=asked.stands == reply)

        async def use(tx: AsyncConnection) -> None:
            if not await links.use(tx, asked.link, self.desk.clock().now):
                raise c.Refused("already_answered")

        try:
            given = command(asked.page.id, reply, _HOW.get(asked.link.channel, "link"), asked.by)
            incident = await self.desk.handle(asked.incident.id, given, settles=use)
        except c.Refused:
            now = replace(asked, incident=await self.desk.incident(asked.incident.id))
            now = replace(now, page=now.incident.pages[asked.page.id])
            return Given(now, accepted=now.stands == reply)
        used = replace(asked.link, used_at=self.desk.clock().now)
        return Given(replace(asked, link=used, incident=incident, page=incident.pages[asked.page.id]), accepted=True)


def command(page: PageId, reply: Reply, how: AnswerBy, by: Origin) -> c.Acknowledge | c.Decline:
    """The reply as a command."""
    if not reply.coming:
        return c.Decline(page=page, answer_by=how, by=by)
    return c.Acknowledge(page=page, answer_by=how, eta_minutes=reply.eta_minutes, by=by)


def via(channel: str) -> Via:
    """The channel that brought the link; a channel that is no way in itself counts as a link."""
    return next((known for known in BY_CHANNEL if known == channel), _LINK)


_LINK: Final[Literal["link"]] = "link"
