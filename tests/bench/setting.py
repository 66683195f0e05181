"""A process that sets one table and says how much memory (MiB) it took beyond its start: by our template, or by typst alone."""

import pickle
import resource
import sys
from pathlib import Path

import typst

from bot.dossier.pdf import pdf

BARE = (
    b'#set document(title: "x")\n#let rows = json(bytes(sys.inputs.rows))\n'
    b"#table(columns: (1fr, 1fr, 1fr, 3fr, 1fr, 1fr), ..rows.flatten())\n"
)


def resident() -> float:
    """The most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare(rows: str) -> bytes:
    """The table as typst sets it without a template."""
    return typst.compile(BARE, format="pdf", sys_inputs={"rows": rows}, pdf_standards=["a-3a"])


def main() -> None:
    given, before = Path(sys.argv[1]), resident()
    if given.suffix == ".json":
        bare(given.read_text(encoding="utf-8"))
    else:
        pdf(pickle.loads(given.read_bytes()))  # noqa: S301 - written by the process that started this one
    sys.stdout.write(f"{resident() - before}\n")


if __name__ == "__main__":
    main()
