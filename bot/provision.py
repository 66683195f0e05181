"""Makes what must be there before the first alarm: the signed device, the standing rooms, a direct room with everybody."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.ids import RoomId
from bot.matrix.crosssigning import CrossSigned, ensure_cross_signed
from bot.matrix.enrol import Enrolment, Refused
from bot.matrix.post import Posted
from bot.running import Bot
from bot.words import catalogue


@dataclass(frozen=True, slots=True)
class Provisioned:
    alarm_room: RoomId
    management_room: RoomId


async def provision(bot: Bot, told: Callable[[str, str], None]) -> Provisioned | tuple[Refused, ...]:
    """Every step can be repeated; what refused is given back, and the rest is done all the same."""
    settings = bot.settings
    if bot.problems:
        return tuple(Refused(problem.text(settings.language)) for problem in bot.problems)
    await bot.ears.catch_up()
    failed: list[Refused] = []
    signed = await ensure_cross_signed(bot.client, settings.pickle_key.get_secret_value())
    if not isinstance(signed, CrossSigned):
        failed.append(Refused(f"cross-signing: {signed.reason}"))
    posted = Posted(
        bot.client,
        bot.gateway,
        bot.database,
        catalogue.load(),
        lambda: bot.reference.contacts,
        bot.clock,
        minimal=False,
    )
    enrolment = Enrolment(posted, told)
    alarm = await enrolment.standing_room("alarm", settings.alarm_room)
    management = await enrolment.standing_room("management", settings.management_room)
    failed += [made for made in (alarm, management) if isinstance(made, Refused)]
    failed += await enrolment.direct_rooms()
    if failed or isinstance(alarm, Refused) or isinstance(management, Refused):
        return tuple(failed)
    return Provisioned(alarm, management)
