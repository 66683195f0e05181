"""Campaign C19: random changes to a bundle; none may be accepted with another meaning.

Run as `python -m tests.campaign.tamper --mutations 60000 --seed 1`. Every mutation has its own chance, drawn from the seed
and its number. What an accepted bundle may say is only *less*: an opening withheld (and counted as such), an anchor left
out, or another readable document, none of which the log signs.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from typing import Final

from bot.logbook.bundle import manifest
from bot.logbook.chain import entry_hash
from bot.logbook.checkpoint import sign
from bot.logbook.merkle import frontier_of
from bot.logbook.verify import Broken, Verified, verify_files
from tests.campaign.tamper_changes import WHOLE, changed
from tests.campaign.tamper_lines import Files
from tests.logbook.bundles import KEY, ORIGIN, PUBLIC_TEXT, standalone


@dataclass(frozen=True, slots=True)
class Counts:
    """The outcome: `unsound` must be 0, and each control (a verifier that leaves out one check) must have been fooled."""

    seed: int
    mutations: int
    refused: int = 0
    harmless: int = 0
    unsound: int = 0
    disagreements: int = 0
    fooled_without_openings: int = 0
    fooled_without_signature: int = 0

    @property
    def failed(self) -> int:
        """Mutations that went wrong, and controls that were never fooled: a campaign that finds nothing must be able to."""
        controls = (self.fooled_without_openings, self.fooled_without_signature)
        return self.unsound + self.disagreements + controls.count(0)

    @property
    def passed(self) -> int:
        return self.mutations - self.unsound - self.disagreements


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reader of an accepted bundle believes: the sealed entries, and per opened field what stands in its opening."""

    entries: tuple[bytes, ...]
    said: frozenset[bytes]

    def adds_to(self, whole: "Meaning") -> bool:
        """Whether this says anything that `whole` does not, or leaves out an entry."""
        return self.entries != whole.entries or not self.said <= whole.said


def meaning_of(verified: Verified) -> Meaning:
    said = frozenset(opening.pre for openings in verified.openings for opening in openings)
    return Meaning(tuple(entry.raw for entry in verified.entries), said)


def _whole() -> Verified:
    verdict = verify_files(WHOLE, ORIGIN, PUBLIC_TEXT)
    assert isinstance(verdict, Verified), verdict
    return verdict


TRUTH: Final = _whole()
TRUE_MEANING: Final = meaning_of(TRUTH)


def is_sound(accepted: Verified) -> bool:
    """Whether an accepted bundle says nothing new, and counts as withheld exactly what it leaves out."""
    meaning = meaning_of(accepted)
    withheld = len(TRUE_MEANING.said) - len(meaning.said)
    return (
        not meaning.adds_to(TRUE_MEANING)
        and accepted.missing_openings == TRUTH.missing_openings + withheld
        and (accepted.head, accepted.root) == (TRUTH.head, TRUTH.root)
        and all(accepted.entries[anchor.seq].h == anchor.h for anchor in accepted.anchors)
        and all(TRUTH.blobs.get(name, data) == data for name, data in accepted.blobs.items())
    )


def read_without_openings(files: Files) -> Meaning | None:
    """Negative control: chain and signature are verified, but what the openings say is believed."""
    trusting = {name: data for name, data in files.items() if name != "manifest.json"} | {"openings.jsonl": b""}
    verdict = verify_files(trusting, ORIGIN, PUBLIC_TEXT)
    if isinstance(verdict, Broken):
        return None
    try:
        said = [json.loads(line)["pre"] for line in files["openings.jsonl"].splitlines()]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return Meaning(tuple(entry.raw for entry in verdict.entries), frozenset(str(pre).encode() for pre in said))


def read_without_signature(files: Files) -> Meaning | None:
    """Negative control: all is verified, but against a checkpoint that anybody could have made."""
    raws = files.get("entries.jsonl", b"").splitlines()
    note = sign(ORIGIN, len(raws), frontier_of(raws).root(), KEY)
    trusting = {name: data for name, data in files.items() if name != "manifest.json"} | {"checkpoint.note": note}
    verdict = verify_files(trusting, ORIGIN, PUBLIC_TEXT)
    return meaning_of(verdict) if isinstance(verdict, Verified) else None


CONTROLS: Final[dict[str, Callable[[Files], Meaning | None]]] = {
    "fooled_without_openings": read_without_openings,
    "fooled_without_signature": read_without_signature,
}


def with_fitting_manifest(files: Files) -> Files:
    """The manifest is not signed: whoever changes files can make it again."""
    raws = files.get("entries.jsonl", b"").splitlines()
    head = entry_hash(raws[-1]) if raws else "0" * 64
    return files | {"manifest.json": manifest(ORIGIN, PUBLIC_TEXT, head, len(raws), files)}


def outcomes(seed: int, number: int) -> list[str]:
    """The names of the counts that mutation `number` of `seed` adds to."""
    rng = Random(f"{seed}:{number}")
    files = changed(rng)
    if rng.random() < 0.7:
        files = with_fitting_manifest(files)
    verdict = verify_files(files, ORIGIN, PUBLIC_TEXT)
    accepted = isinstance(verdict, Verified)
    found = ["refused" if isinstance(verdict, Broken) else "harmless" if is_sound(verdict) else "unsound"]
    if standalone(files).startswith("OK ") != accepted:
        found.append("disagreements")
    for name, control in CONTROLS.items():
        believed = control(files)
        if believed is not None and believed.adds_to(TRUE_MEANING):
            found.append(name)
    return found


def run(seed: int, mutations: int) -> Counts:
    """Make `mutations` changed bundles from `seed` and count what the verifiers say."""
    counted = Counter(name for number in range(mutations) for name in outcomes(seed, number))
    return Counts(seed, mutations, **counted)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    counts = run(chosen.seed, chosen.mutations)
    sys.stdout.writelines(f"{name}: {value}\n" for name, value in asdict(counts).items())
    sys.stdout.write(f"{counts.passed} passed, {counts.failed} failed\n")
    return 1 if counts.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
