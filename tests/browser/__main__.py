"""`make browser`: the answer page as a phone shows it, pressed without script, and the page of a dossier on a phone and a desk;
both are held against WCAG 2.2 AA by axe-core.

`make browser ARGS=DIRECTORY` keeps the pictures there.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx
from starlette.applications import Starlette

from bot.domain.people import Language
from bot.dossier.collect import Broken, collect, tell
from bot.dossier.html import html
from bot.dossier.layout import lay_out
from bot.store.database import open_database
from bot.store.migrate import upgrade
from bot.web.health import serve
from bot.words.catalogue import LANGUAGES, load
from tests.browser.driver import Browser, Missing, axe, driver, window
from tests.desk.ground import Ground
from tests.dossier.story import NUMBER
from tests.dossier.whole_night import told_whole
from tests.interop.process import Outcome, line
from tests.web.conftest import Night

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
TOUCH = 44  # CSS pixels, as WCAG 2.5.5 asks of what is pressed with a thumb
WIDTHS = (320, 360, 412)
DOSSIER_WIDTHS = (320, 1280)
_PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
TAB, ENTER = "\ue004", "\ue007"
_OF_STATUS = re.compile(r"/a/\S+ - Failed to load resource: the server responded with a status of 4")
_PICTURES = count(1)


@asynccontextmanager
async def night(directory: Path) -> AsyncIterator[tuple[Night, str]]:
    """The real pages on a real database, with everybody called."""
    url = f"sqlite:///{directory / 'bot.db'}"
    await upgrade(url)
    async with AsyncExitStack() as stack:
        database = await open_database(url)
        stack.push_async_callback(database.close)
        made = Night(Ground(database))
        app = Starlette(routes=made.answer_pages().routes())
        port = await stack.enter_async_context(serve(app, "127.0.0.1", 0))
        await made.pages()
        yield made, f"http://127.0.0.1:{port}"


async def dossier_pages(directory: Path) -> dict[Language, Path]:
    """The page in each language of a night with everything in it, as files."""
    words = load()
    async with told_whole(directory / "whole.db") as whole:
        stored = await collect(whole.database, NUMBER)
    assert stored is not None
    dossier = tell(stored, words)
    assert not isinstance(dossier, Broken)
    pages: dict[Language, Path] = {lang: directory / f"dossier.{lang}.html" for lang in LANGUAGES}
    for lang, page in pages.items():
        text = html(lay_out(dossier, _PUBLIC_KEY, lang, words))
        await asyncio.to_thread(page.write_text, text, encoding="utf-8")
    return pages


class Checks:
    """One run: what it looks at, where the pictures go, and how it went."""

    def __init__(self, made: Night, address: str, http: httpx.AsyncClient, rules: str, pictures: Path) -> None:
        self.night, self.address, self.http, self.rules, self.pictures = made, address, http, rules, pictures
        self.outcome = Outcome()

    async def page_of(self, browser: Browser, person: str = "cyber1", minutes: float = 60) -> str:
        code = await self.night.link(person=person, minutes=minutes)
        await browser.open(f"{self.address}/a/{code}")
        return code

    async def picture(self, browser: Browser, name: str) -> None:
        await browser.picture(self.pictures / f"{next(_PICTURES):02}-{name}.png")

    async def lawful(self, browser: Browser, what: str, unseen: frozenset[str] = frozenset()) -> None:
        """No rule of axe is broken, nothing must be scrolled sideways, the console is silent.

        Of rules that are `unseen` here axe may be unsure."""
        await browser.run(self.rules)
        options = json.dumps({"runOnly": {"type": "tag", "values": RULES}})
        found = await browser.run_async(
            f"const done = arguments[arguments.length - 1]; axe.run(document, {options}).then("
            "r => done({broken: r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target).join()),"
            " unsure: r.incomplete.map(v => v.id), passed: r.passes.length}),"
            " e => done({broken: [String(e)], unsure: [], passed: 0}))"
        )
        holds = not found["broken"] and found["passed"] > 10
        self.outcome.check(f"{what}: {found['passed']} rules of axe hold", holds, str(found["broken"]))
        unsure = set(found["unsure"]) - unseen
        self.outcome.check(f"{what}: axe is sure of all", not unsure, str(unsure))
        wide = await browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.outcome.check(f"{what}: fits the screen's width", wide <= 0, f"{wide} px too wide")
        # that the page itself is a refusal is told there too
        loud = [said for said in await browser.complaints() if not _OF_STATUS.search(said)]
        self.outcome.check(f"{what}: the browser has nothing to complain of", not loud, str(loud))

    async def thumbs(self, browser: Browser, what: str) -> None:
        boxes = [await browser.box(one) for one in await browser.find("button")]
        smallest = min(min(box["width"], box["height"]) for box in boxes)
        self.outcome.check(f"{what}: every button is at least {TOUCH} px, the smallest {smallest:g}", smallest >= TOUCH)
        apart = all(
            one["x"] + one["width"] <= other["x"] or one["y"] + one["height"] <= other["y"]
            for n, one in enumerate(boxes)
            for other in boxes[n + 1 :]
        )
        self.outcome.check(f"{what}: no button lies on another", apart)
        first = boxes[0]
        seen = await browser.run("return window.innerHeight")
        self.outcome.check(f"{what}: the first button is seen without scrolling", first["y"] + first["height"] <= seen)

    async def regions(self, browser: Browser, what: str) -> None:
        """What is wider than the screen scrolls within itself, is reached by keyboard and has a name."""
        mute = await browser.run(
            "return [...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1"
            " && getComputedStyle(e).overflowX === 'auto' && !(e.tabIndex === 0 && e.getAttribute('aria-label'))).length"
        )
        self.outcome.check(f"{what}: what scrolls sideways is reached by keyboard and has a name", mute == 0, str(mute))

    # --- what is looked at ------------------------------------------------------------------------------------------

    async def looks(self) -> None:
        for lang in ("nl", "en"):
            self.night.changes("cyber1", language=lang)
            for dark in (False, True):
                shade = "dark" if dark else "light"
                for width in WIDTHS:
                    async with window(self.http, width=width, dark=dark) as browser:
                        await self.page_of(browser)
                        what = f"question, {lang}, {shade}, {width} px"
                        await self.lawful(browser, what)
                        await self.thumbs(browser, what)
                        await self.picture(browser, f"question-{lang}-{shade}-{width}")
                async with window(self.http, dark=dark) as browser:
                    await browser.open(f"{self.address}/a/nonsense")
                    await self.lawful(browser, f"dead link, {lang}, {shade}")
                    await self.picture(browser, f"dead-{lang}-{shade}")
        self.night.changes("cyber1", language="nl")

    async def dossiers(self, pages: dict[Language, Path]) -> None:
        """The static page of a dossier; it is opened as a file, as whoever received it does."""
        for lang, page in pages.items():
            for width in DOSSIER_WIDTHS:
                async with window(self.http, width=width, height=900) as browser:
                    await browser.open(page.as_uri())
                    what = f"dossier, {lang}, {width} px"
                    # What a table has scrolled out of sight has no colour there; it has on the wide screen, from the same sheet.
                    await self.lawful(
                        browser, what, frozenset(("color-contrast",)) if width == min(DOSSIER_WIDTHS) else frozenset()
                    )
                    await self.regions(browser, what)
                    await self.picture(browser, f"dossier-{lang}-{width}")
                    await browser.run("document.getElementById('timeline').scrollIntoView()")
                    await self.picture(browser, f"dossier-timeline-{lang}-{width}")

    async def large_letters(self) -> None:
        """Twice the size of the letters (WCAG 1.4.4) on the narrowest screen (1.4.10), with a long name."""
        self.night.changes("cyber1", name="Anne-Marie van den Oudenhuijzen-Waterbergen")
        async with window(self.http, width=320) as browser:
            await self.page_of(browser)
            await browser.run("document.documentElement.style.fontSize = '200%'")
            await self.lawful(browser, "letters twice as large")
            await self.picture(browser, "large")
        self.night.changes("cyber1", name="Jansen")

    async def answers_without_script(self) -> None:
        pressed = (("cyber1", 0, "je komt.", "acknowledged"), ("cter1", 1, "15 minuten", "acknowledged"),
                   ("zorg1", 2, "30 minuten", "acknowledged"), ("ondermijning1", 3, "je kunt niet", "declined"))  # fmt: skip
        for person, button, told, state in pressed:
            async with window(self.http, script=False) as browser:
                code = await self.page_of(browser, person)
                before = (await self.night.page(person)).state
                self.outcome.check(f"{person} opens the link and nothing changes", before == "open", before)
                await browser.tap((await browser.find("button"))[button])
                shown = await browser.reads("h1", told)
                self.outcome.check(f"{person} presses without script and reads “{shown}”", told in shown)
                now = (await self.night.page(person)).state
                self.outcome.check(f"{person}'s page is {state}", now == state, now)
                await self.picture(browser, f"answered-{person}")
                await browser.open(f"{self.address}/a/{code}")
                again = await browser.reads("h1", told)
                self.outcome.check(f"{person} opens the link again and reads the same", again == shown, again)

    async def script_is_really_off(self) -> None:
        """The control: where it is off, a page's own script does not run either."""
        for script, expected in ((True, "on"), (False, "off")):
            async with window(self.http, script=script) as browser:
                await browser.open(
                    "data:text/html,<p>off</p><script>document.querySelector('p').textContent='on'</script>"
                )
                self.outcome.check(f"script is {expected} where it is said to be", await browser.text("p") == expected)

    async def answers_by_keyboard(self) -> None:
        async with window(self.http) as browser:
            await self.page_of(browser, "politie1")
            await browser.press(TAB)
            focused = await browser.run("return document.activeElement.textContent.trim()")
            self.outcome.check("the first stop of the keyboard is yes", "Ik kom" in focused, focused)
            ring = await browser.run("return getComputedStyle(document.activeElement).outlineStyle")
            self.outcome.check("the focus can be seen", ring == "solid", ring)
            await self.picture(browser, "focus")
            await browser.press(ENTER)
            shown = await browser.reads("h1", "je komt.")
            self.outcome.check("Enter answers", "je komt." in shown, shown)
            await self.lawful(browser, "outcome")

    async def answers_again(self) -> None:
        async with window(self.http) as browser:
            code = await self.page_of(browser, "om1")
            async with httpx.AsyncClient(base_url=self.address, trust_env=False) as phone:
                self.night.client = phone
                await self.night.posts(code, "1")
            await browser.press(*[TAB] * 4, ENTER)
            shown = await browser.reads("h1", "je komt.")
            self.outcome.check("an old page cannot change the answer", "je komt." in shown, shown)
            await self.lawful(browser, "refused")
            await self.picture(browser, "refused")
            await self.page_of(browser, "communicatie1", minutes=1)
            self.night.ground.now += timedelta(minutes=2)
            await browser.tap((await browser.find("button"))[0])
            shown = await browser.reads("h1", "doet niets")
            self.outcome.check("a link that expired under one's hand says so", "doet niets" in shown, shown)


async def run(pictures: Path) -> Outcome:
    rules = await asyncio.to_thread(axe)
    await asyncio.to_thread(pictures.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="iogplus-browser-") as directory:
        async with night(Path(directory)) as (made, address), driver() as http:
            made.changes("cyber1", name="Jansen")
            checks = Checks(made, address, http, rules, pictures)
            await checks.script_is_really_off()
            await checks.dossiers(await dossier_pages(Path(directory)))
            await checks.looks()
            await checks.large_letters()
            await checks.answers_by_keyboard()
            await checks.answers_without_script()
            await checks.answers_again()
    return checks.outcome


async def main() -> int:
    kept = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(prefix="iogplus-pictures-") as directory:
        try:
            outcome = await run(kept or Path(directory))
        except Missing as lack:
            line(f"browser: {lack}")
            return 1
    line(f"{outcome.passed} passed, {outcome.failed} failed")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
