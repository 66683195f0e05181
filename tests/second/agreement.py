"""Random logs, half of them changed, before three verifiers: `iogplus verify`, the one in the bundle, and the second one.

Run as `python -m tests.second.agreement --logs 1000 --seed 1`. Every log has its own chance, drawn from the seed and its
number. Two verifiers that differ, on whether a bundle holds or on what they say of one that does, are a fault in one of them
or in docs/log-format.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from bot.logbook.canonical import JSON
from bot.logbook.verify import Broken, verify_files
from tests.campaign.tamper import with_fitting_manifest
from tests.campaign.tamper_changes import CHANGES, LOG_FILES
from tests.campaign.tamper_lines import Files
from tests.logbook.bundles import ORIGIN, PUBLIC_TEXT, Night, bundle_of, salts_from, sealed, standalone

PROGRAM: Final = Path(__file__).parent / "verify.mjs"
OLDEST: Final = 20  # the first Node with String.isWellFormed
_WORDS: Final = ("brand", "Zuid — één", "🚒", "", '"\\/', "\u2028\x7f", "\n\t\b\f\r\x01", "é", "#3", "0" * 70)
_KINDS: Final = ("alarm.raised", "decision.recorded", "page.sent", "line.written")


@dataclass(frozen=True, slots=True)
class Case:
    """One bundle and what each verifier said of it: the line of `OK`, or `REFUSED`."""

    number: int
    verdicts: tuple[str, str, str]

    @property
    def agreed(self) -> bool:
        return len(set(self.verdicts)) == 1


class NoNode(Exception):
    """This machine cannot run the second verifier."""


def value_from(rng: Random, depth: int = 0) -> JSON:
    """Any value of the log's profile, seldom deep."""
    match rng.randrange(9 if depth < 4 else 6):
        case 0:
            return rng.choice((None, True, False))
        case 1:
            return rng.choice((0, -1, 2**53 - 1, 1 - 2**53, rng.randrange(10**6)))
        case 6:
            return [value_from(rng, depth + 1) for _ in range(rng.randrange(4))]
        case 7 | 8:
            return {f"{rng.choice('abz_.-')}{n}": value_from(rng, depth + 1) for n in range(rng.randrange(4))}
        case _:
            return "".join(rng.choices(_WORDS, k=rng.randrange(4)))


def log_from(rng: Random) -> Night:
    """A log of up to forty entries, of which some openings are withheld."""
    facts = [
        (rng.choice(_KINDS), {f"field{n}": value_from(rng) for n in range(rng.randrange(6))})
        for _ in range(rng.randrange(41))
    ]
    made = sealed(facts, ORIGIN, salts_from(str(rng.random())))
    return Night(made.origin, made.entries, tuple(one for one in made.openings if rng.random() < 0.9))


def other_signatures(rng: Random, files: Files) -> None:
    """Lines of other keys around ours: some as they should be, some not."""
    text, _, ours = files["checkpoint.note"].partition(b"\n\n")
    name = rng.choice((ORIGIN, "witness.example", "wit+ness", "wit ness", "é"))
    encoded = b64encode(rng.randbytes(rng.choice((1, 4, 67, 68, 69)))).decode()
    spelled = rng.choice((encoded, encoded.rstrip("="), encoded + "=", encoded + "A", "AB==", ""))
    line = f"— {name} {spelled}\n".encode()
    files["checkpoint.note"] = text + b"\n\n" + rng.choice((line + ours, ours + line, line))


def bundle_from(seed: int, number: int) -> Files:
    """The bundle of log `number` of `seed`; those with an odd number are changed one to three times."""
    rng = Random(f"{seed}:{number}")
    files = bundle_of(log_from(rng))
    if number % 2:
        for change in rng.choices((*CHANGES, *[other_signatures] * 3), k=rng.choice((1, 1, 1, 2, 3))):
            if all(files.get(name) for name in LOG_FILES):
                change(rng, files)
        if rng.random() < 0.7:
            files = with_fitting_manifest(files)
    return files


def second(bundles: Iterable[Files], key: str = PUBLIC_TEXT) -> list[str]:
    """What the second verifier says of each bundle. Raises NoNode."""
    node = shutil.which("node")
    if node is None:
        raise NoNode(f"Node.js {OLDEST} or newer is needed for the second verifier; Debian: apt-get install nodejs")
    asked = "".join(
        json.dumps(
            {
                "files": {name: b64encode(data).decode() for name, data in files.items()},
                "origin": ORIGIN,
                "key": key,
            }
        )
        + "\n"
        for files in bundles
    )
    done = subprocess.run([node, str(PROGRAM), "--batch"], input=asked, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoNode(f"the second verifier broke off: {done.stderr.strip()[-500:]}")
    return done.stdout.splitlines()


def compared(bundles: list[Files], key: str = PUBLIC_TEXT) -> list[Case]:
    """Each bundle before all three."""
    cases = []
    for number, (files, theirs) in enumerate(zip(bundles, second(bundles, key), strict=True)):
        verdict = verify_files(files, ORIGIN, key)
        if isinstance(verdict, Broken):
            ours = "REFUSED"
        else:
            count, missing = len(verdict.entries), verdict.missing_openings
            ours = f"OK {count} entries, head {verdict.head.h}, {missing} fields without opening"
        said = [one if one.startswith("OK ") else "REFUSED" for one in (standalone(files, key=key), theirs)]
        cases.append(Case(number, (ours, said[0], said[1])))
    return cases


def run(seed: int, logs: int) -> list[Case]:
    """Make `logs` bundles from `seed` and put each before all three verifiers. Raises NoNode."""
    return compared([bundle_from(seed, number) for number in range(logs)])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    try:
        cases = run(chosen.seed, chosen.logs)
    except NoNode as lack:
        sys.stdout.write(f"{lack}\n")
        return 1
    differing = [case for case in cases if not case.agreed]
    accepted = sum(case.verdicts[0] != "REFUSED" for case in cases)
    sys.stdout.writelines(f"log {case.number}: {' | '.join(case.verdicts)}\n" for case in differing)
    sys.stdout.write(f"{len(cases)} logs, {accepted} accepted by all, {len(differing)} judged differently\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
