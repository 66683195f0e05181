"""A process that does one thing and says how long it took (ms) and how much memory (MiB) it had at most beyond its start.

`bare` and `template` set one table: by typst alone, or by our template. `told` tells the log of one incident. A process of its own,
because typst keeps what it has set before, and the second time takes a fifth of the first.
"""

import pickle
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import typst

from bot.dossier.collect import Dossier, tell
from bot.dossier.pdf import pdf
from bot.words import catalogue

What = Literal["bare", "template", "told"]
BARE = (
    b'#set document(title: "x")\n#let rows = json(bytes(sys.inputs.rows))\n'
    b"#table(columns: (1fr, 1fr, 1fr, 3fr, 1fr, 1fr), ..rows.flatten())\n"
)


def most() -> float:
    """The most memory so far (MiB). Not `getrusage`: that begins at what the parent process had."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("the system does not say")


def does(what: What, given: Path) -> tuple[float, float]:
    read: Any = given.read_text(encoding="utf-8") if what == "bare" else pickle.loads(given.read_bytes())  # noqa: S301 - by our parent
    words = catalogue.load()
    if what == "told":
        tell(read, words, datetime.min.replace(tzinfo=UTC))  # what is made ready once is no part of a line's price
    before, began = most(), time.perf_counter()
    match what:
        case "bare":
            typst.compile(BARE, format="pdf", sys_inputs={"rows": read}, pdf_standards=["a-3a"])
        case "template":
            assert isinstance(pdf(read), bytes)
        case "told":
            assert isinstance(tell(read, words), Dossier)
    return (time.perf_counter() - began) * 1_000, most() - before


if __name__ == "__main__":
    sys.stdout.write("{} {}\n".format(*does(sys.argv[1], Path(sys.argv[2]))))  # type: ignore[arg-type]
