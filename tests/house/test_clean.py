"""What is handed over holds no addresses of package indexes, no paths of a machine, and nobody's real phone or mail."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import FILES, ROOT, named, text

THIS: Final = Path(__file__)
HANDED_OVER: Final = tuple(p for p in FILES if p != THIS)
# Put together here, because no file may hold the name of an index.
HOSTS: Final = tuple("".join(parts) for parts in (("py", "pi"), ("python", "hosted"), ("npm", "js"), ("yarn", "pkg")))
INDEX: Final = re.compile(rf"({'|'.join(HOSTS)})\.(org|com)|index.url|find.links|artifactory", re.IGNORECASE)
MACHINE: Final = re.compile(r"(?<![\w.$}/-])/(root|home|Users|work|tmp)/\w")
PHONE: Final = re.compile(r"(?<![\w.,:/+-])(\+31|0031|06)[ -]?[0-9][0-9 -]{6,10}[0-9](?![\w.:])")
MAIL: Final = re.compile(r"[\w.%+-]+@((?:[\w-]+\.)+[a-z]{2,})\b")
# Names that nobody can own, and one in the published vector of the log, whose bytes are a promise.
NOBODYS: Final = re.compile(r"(^|\.)(example|test|invalid|localhost|example\.(nl|com|org))$")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_line_of_a_lock_file_is_held_by_a_hash(lock: str) -> None:
    pinned = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==[^\s;\\]+.*(?:\n[ #].*)*", text(lock), re.MULTILINE)
    assert len(pinned) > 30
    assert [p.split("==")[0] for p in pinned if "--hash=sha256:" not in p] == []
    assert not re.search(r"https?://", text(lock))


@pytest.mark.parametrize("part", ["interop", "browser"])
def test_the_lock_of_the_other_language_is_held_by_hashes_too(part: str) -> None:
    lock = json.loads(text(f"tests/{part}/package-lock.json"))
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert packages
    assert [name for name, about in packages.items() if not about.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, about in packages.items() if "resolved" in about] == []


def test_the_running_lock_is_part_of_the_developing_one() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+(?:\[[\w,-]+\])?==[^\s;\\]+)", text(lock), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize(("what", "pattern"), [("an index", INDEX), ("a machine", MACHINE)], ids=["index", "machine"])
def test_no_file_names_an_index_or_a_machine(what: str, pattern: re.Pattern[str]) -> None:
    found = [(named(p), hit[0]) for p in HANDED_OVER if (hit := pattern.search(text(p)))]
    assert found == [], what


def test_nobody_real_can_be_called_or_mailed() -> None:
    phones = [(named(p), hit[0]) for p in HANDED_OVER if p.suffix != ".lock" and (hit := PHONE.search(text(p)))]
    assert phones == []
    mails = [(named(p), hit[0]) for p in HANDED_OVER for hit in MAIL.finditer(text(p)) if not NOBODYS.search(hit[1])]
    assert mails == []


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        (INDEX, f"get it from {HOSTS[0]}.org"),
        (MACHINE, "see /home/jan/iogplus"),
        (PHONE, "bel 06-12345678"),
        (MAIL, "jan@gemeente.nl"),
    ],
    ids=["index", "machine", "phone", "mail"],
)
def test_what_is_looked_for_would_be_found(pattern: re.Pattern[str], bad: str) -> None:
    assert pattern.search(bad)


def test_the_licence_is_the_whole_of_the_one_that_is_promised() -> None:
    licence = text("LICENSE")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert [n for n in range(1, 16) if not re.search(rf"^{n}\.\S", licence, re.MULTILINE)] == []
    assert "Compatible Licences" in licence.rpartition("  Appendix\n")[2]
    assert (ROOT / "LICENSE").stat().st_size > 13_000
