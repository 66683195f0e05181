"""A headless Chromium, driven over the WebDriver protocol (W3C) by its own chromedriver; nothing but httpx is needed."""

import asyncio
import re
import shutil
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

HERE: Final = Path(__file__).resolve().parent
BUILD: Final = HERE.parent.parent / "build" / "browser"
LISTS: Final = ("package.json", "package-lock.json")
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"  # how the protocol names an element
_START_SECONDS: Final = 20.0
_STARTED: Final = re.compile(r"started successfully on port ([0-9]+)")


class Missing(Exception):
    """What this machine lacks, in one line."""


class Gone(Exception):
    """The page with that element was left meanwhile."""


def program(*names: str) -> str:
    """The first of these programs that is installed. Raises Missing."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise Missing(f"{names[0]} is needed; on Debian: apt install chromium chromium-driver")
    return found


def axe() -> str:
    """The source of axe-core, from the lock. Raises Missing."""
    npm = program("npm")
    BUILD.mkdir(parents=True, exist_ok=True)
    source = BUILD / "node_modules" / "axe-core" / "axe.min.js"
    for name in LISTS:
        shutil.copyfile(HERE / name, BUILD / name)
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    done = subprocess.run([npm, "ci", *quiet], cwd=BUILD, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not source.exists():
        raise Missing(f"npm ci failed: {' '.join(done.stderr.split())[-300:]}")
    return source.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Browser:
    """One window. Sizes are in CSS pixels."""

    http: httpx.AsyncClient
    session: str

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        answer = await self.http.request(method, f"/session/{self.session}{path}", json=body)
        said = answer.json()["value"]
        if answer.status_code != 200 and said["error"] == "stale element reference":
            raise Gone
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {said['error']}: {said['message'][:300]}")
        return said

    async def open(self, url: str) -> None:
        await self.ask("POST", "/url", {"url": url})

    async def find(self, css: str) -> list[str]:
        found = await self.ask("POST", "/elements", {"using": "css selector", "value": css})
        return [one[_ELEMENT] for one in found]

    async def text(self, css: str = "body") -> str:
        return "\n".join([str(await self.ask("GET", f"/element/{one}/text")) for one in await self.find(css)])

    async def box(self, element: str) -> dict[str, float]:
        return dict(await self.ask("GET", f"/element/{element}/rect"))

    async def tap(self, element: str) -> None:
        """With a thumb, in the middle. (The protocol's own click waits for a script that may not run.)"""
        box = await self.box(element)
        middle = {"x": int(box["x"] + box["width"] / 2), "y": int(box["y"] + box["height"] / 2)}
        touch = [
            {"type": "pointerMove", **middle},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        thumb = {"type": "pointer", "id": "thumb", "parameters": {"pointerType": "touch"}, "actions": touch}
        await self.ask("POST", "/actions", {"actions": [thumb]})

    async def reads(self, css: str, wanted: str) -> str:
        """What is shown there, as soon as it holds the wanted words and after five seconds in any case."""
        shown = ""
        for _ in range(100):
            with suppress(Gone):
                shown = await self.text(css)
            if wanted in shown:
                break
            await asyncio.sleep(0.05)
        return shown

    async def press(self, *keys: str) -> None:
        """Keys one after the other, where the focus is."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        await self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    async def run(self, script: str) -> Any:  # noqa: ANN401 - JSON
        return await self.ask("POST", "/execute/sync", {"script": script, "args": []})

    async def run_async(self, script: str) -> Any:  # noqa: ANN401 - JSON
        """The script ends by calling its last argument."""
        return await self.ask("POST", "/execute/async", {"script": script, "args": []})

    async def tool(self, command: str, **params: Any) -> None:  # noqa: ANN401 - JSON
        """A command of the browser's own tools, for what the protocol has no word for."""
        await self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    async def complaints(self) -> list[str]:
        """What stood in the browser's console since the last time."""
        return [one["message"] for one in await self.ask("POST", "/se/log", {"type": "browser"})]

    async def picture(self, path: Path) -> None:
        await asyncio.to_thread(path.write_bytes, b64decode(await self.ask("GET", "/screenshot")))


@asynccontextmanager
async def driver() -> AsyncIterator[httpx.AsyncClient]:
    """The running chromedriver, on a free port that it says itself. Raises Missing."""
    process = await asyncio.create_subprocess_exec(
        program("chromedriver"), "--port=0", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_SECONDS):
            port = ""
            while not port:
                said = (await process.stdout.readline()).decode(errors="replace")
                if not said:
                    raise Missing("chromedriver does not start")
                port = hit[1] if (hit := _STARTED.search(said)) else ""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
            yield http
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def window(
    http: httpx.AsyncClient, *, width: int = 360, height: int = 740, script: bool = True, dark: bool = False
) -> AsyncIterator[Browser]:
    """A phone's screen; without `script` no page can run any."""
    metrics = {"width": width, "height": height, "pixelRatio": 2, "touch": True, "mobile": True}
    chrome: dict[str, Any] = {
        "binary": program("chromium", "chromium-browser", "google-chrome"),
        "args": [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ],
        "mobileEmulation": {"deviceMetrics": metrics},
    }
    always = {"browserName": "chrome", "goog:chromeOptions": chrome, "goog:loggingPrefs": {"browser": "ALL"}}
    answer = await http.post("/session", json={"capabilities": {"alwaysMatch": always}})
    said = answer.json()["value"]
    if answer.status_code != 200:
        raise Missing(f"Chromium does not start: {said['message'][:300]}")
    browser = Browser(http, said["sessionId"])
    try:
        if not script:
            await browser.tool("Emulation.setScriptExecutionDisabled", value=True)
        if dark:
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            await browser.tool("Emulation.setEmulatedMedia", features=features)
        yield browser
    finally:
        await http.delete(f"/session/{browser.session}")
