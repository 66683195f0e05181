"""The commands that speak to a homeserver: run the bot, put it there, give it a new device, and see whether all is fit."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

import httpx
import structlog
import typer

from bot import app as composition
from bot import provision as bot_provision
from bot.app import CannotStart, opened, real_world
from bot.cli_doctor import doctor
from bot.cli_words import say
from bot.config import Settings
from bot.keyfiles import write_secret
from bot.matrix.enrol import LoggedIn, Refused, log_in, override_rate_limits
from bot.matrix.listen import LoginLost
from bot.terminal import console, errors, keeping, settings_or_stop, stop

ConfigOption = Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("run")(run)
    app.command("provision")(provision)
    app.command("new-device")(new_device)
    app.command("doctor")(doctor)
    app.command("demo")(demo)


def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Play nothing; keep it up for a visitor with a Matrix client.")
    ] = False,
    speed: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=1000,
            help="Waits are this much shorter (too short: nobody answers in time); else what suits the machine.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Directory for the bundle, the logs and result.json.")] = Path("demo"),
    lang: Annotated[Literal["nl", "en"], typer.Option(help="Language of the people, and of what is shown.")] = "nl",
) -> None:
    """Play one incident with real encrypted clients on an own homeserver: 0 all as expected, 1 something differed."""
    # only here: the homeserver that it needs is not installed where the bot runs
    from bot.demo.command import demo as play

    raise typer.Exit(play(serving=serve, speed=speed, out=out, lang=lang))


def run(config: ConfigOption = None) -> None:
    """Run the bot until it is asked to stop."""
    settings = settings_or_stop(config, login=True)
    _log_as_json(settings.log_level)
    try:
        asyncio.run(composition.run(settings))
    except CannotStart as why:
        raise stop(why.text(settings.language), 1) from None
    except LoginLost:
        raise stop(say(settings.language, "login_lost"), 3) from None


def provision(
    config: ConfigOption = None,
    admin: Annotated[bool, typer.Option("--admin", help="read a server admin's token from standard input")] = False,
) -> None:
    """Once, before the first alarm: rate limits off for the bot, direct rooms with everybody, alarm and management room."""
    settings = settings_or_stop(config, login=True)
    token = sys.stdin.readline().strip() if admin else ""
    try:
        failed = asyncio.run(_provision(settings, token))
    except CannotStart as why:
        raise stop(why.text(settings.language), 1) from None
    for refused in failed:
        errors.print(refused.reason)
    raise typer.Exit(1 if failed else 0)


async def _provision(settings: Settings, admin_token: str) -> tuple[Refused, ...]:
    if admin_token:
        async with httpx.AsyncClient(timeout=30) as http:
            refused = await override_rate_limits(http, settings.homeserver_url, settings.user_id, admin_token)
        if refused is not None:
            return (Refused(f"rate limits: {refused.reason}"),)
        console.print("rate limits off")
    async with opened(settings, real_world()) as bot:
        made = await bot_provision.provision(bot, lambda what, whom: console.print(f"{what} {whom}"))
    return () if isinstance(made, bot_provision.Provisioned) else made


def new_device(config: ConfigOption = None) -> None:
    """Log the bot in on a new device (the password comes from standard input); the road after a lost crypto store."""
    settings = settings_or_stop(config)
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = sys.stdin.readline().strip()
    with keeping(settings, settings.language):
        outcome = asyncio.run(_new_device(settings, password))
    if isinstance(outcome, Refused):
        raise stop(say(settings.language, "no_login", reason=outcome.reason), 1)
    console.print(say(settings.language, "new_device", device=outcome.device_id))


async def _new_device(settings: Settings, password: str) -> LoggedIn | Refused:
    async with httpx.AsyncClient(timeout=30) as http:
        outcome = await log_in(http, settings.homeserver_url, settings.user_id, password)
    if isinstance(outcome, Refused):
        return outcome
    for name, secret in (("device_id", outcome.device_id), ("access_token", outcome.access_token)):
        settings.login_file(name).unlink(missing_ok=True)
        write_secret(settings.login_file(name), secret)
    # the old keys belong to the old device; the signing keys of the account stay, and sign the new one
    pickle_key = settings.login_file("pickle_key")
    if not pickle_key.exists():
        write_secret(pickle_key, real_world().salts().hex())
    return outcome


def _log_as_json(level: str) -> None:
    number = {"debug": 10, "info": 20, "warning": 30, "error": 40}[level]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
