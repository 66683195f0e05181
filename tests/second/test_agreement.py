"""Three verifiers, of which one knows only docs/log-format.md, judge the same logs alike."""

import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.logbook import checkpoint
from bot.logbook.bundle import manifest, write_directory
from bot.logbook.checkpoint import public_key_text
from tests.logbook.bundles import KEY, ORIGIN, PUBLIC_TEXT, bundle_of, night
from tests.second import agreement


def test_a_hundred_random_logs_are_judged_alike() -> None:
    cases = agreement.run(seed=1, logs=100)
    assert [case for case in cases if not case.agreed] == []
    whole, changed = cases[::2], cases[1::2]
    assert all(case.verdicts[0].startswith("OK ") for case in whole)
    assert sum(case.verdicts[0] == "REFUSED" for case in changed) > 25


def test_a_verifier_that_leaves_out_the_signature_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_signs", lambda *_: True)
    assert not all(case.agreed for case in agreement.run(seed=1, logs=400))


@pytest.mark.parametrize(
    "line",
    ["— wit+ness AAAA\n", "— witness.example AAA\n", "— witness.example AAB=\n", f"— {ORIGIN} AAA\n", "— a  AAAA\n"],
)
def test_a_note_does_not_hold_or_fail_by_the_order_of_its_lines(line: str) -> None:
    whole = bundle_of(night())
    text, _, ours = whole["checkpoint.note"].partition(b"\n\n")
    del whole["manifest.json"]
    before, after = line.encode() + ours, ours + line.encode()
    for case in agreement.compared([whole | {"checkpoint.note": text + b"\n\n" + lines} for lines in (before, after)]):
        assert case.verdicts == ("REFUSED", "REFUSED", "REFUSED"), line


def test_a_witness_and_a_successor_may_sign_too() -> None:
    whole = bundle_of(night())
    whole["checkpoint.note"] += "— witness.example AAAAAAAA\n".encode()
    del whole["manifest.json"]
    (case,) = agreement.compared([whole])
    assert case.agreed
    assert case.verdicts[0].startswith("OK 12 ")


@pytest.mark.parametrize("turned", [False, True])
def test_a_note_with_the_lines_of_an_old_and_a_new_key_holds_with_each(turned: bool) -> None:
    made, other = night(), Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    old, new = bundle_of(made), bundle_of(made, other)
    text, _, ours = old["checkpoint.note"].partition(b"\n\n")
    theirs = new["checkpoint.note"].partition(b"\n\n")[2]
    both = text + b"\n\n" + (theirs + ours if turned else ours + theirs)
    for key in (KEY, other):
        files = {name: data for name, data in old.items() if name != "manifest.json"} | {"checkpoint.note": both}
        public = public_key_text(key.public_key())
        (case,) = agreement.compared([files], public)
        assert case.agreed
        assert case.verdicts[0].startswith("OK 12 ")
    (case,) = agreement.compared(
        [files], public_key_text(Ed25519PrivateKey.from_private_bytes(b"\3" * 32).public_key())
    )
    assert case.verdicts == ("REFUSED", "REFUSED", "REFUSED")


def test_a_document_may_have_a_name_beyond_ascii() -> None:
    files = bundle_of(night()) | {"geïnd 🚒\x7f.txt": b"x"}
    files["manifest.json"] = manifest(ORIGIN, PUBLIC_TEXT, night().entries[-1].h, 12, files)
    (case,) = agreement.compared([files])
    assert case.agreed
    assert case.verdicts[0].startswith("OK 12 ")


def test_on_its_own_it_takes_a_directory_and_ends_as_promised(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node is not None, "Node.js 20 or newer is needed for the second verifier; Debian: apt-get install nodejs"
    files = bundle_of(night(), KEY)
    write_directory(files, tmp_path / "whole")
    command = [node, str(agreement.PROGRAM), str(tmp_path / "whole"), ORIGIN, PUBLIC_TEXT]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout[:15]) == (0, "OK 12 entries, ")
    (tmp_path / "whole" / "timeline.html").write_bytes(b"other")
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "REFUSED: manifest.json: does not describe these files\n")


def test_a_machine_without_node_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert agreement.main(["--logs", "1"]) == 1
    assert capsys.readouterr().out.startswith("Node.js 20 or newer is needed")


def test_the_command_prints_how_many_agreed(capsys: pytest.CaptureFixture[str]) -> None:
    assert agreement.main(["--logs", "10", "--seed", "3"]) == 0
    assert capsys.readouterr().out.endswith(" 0 judged differently\n")


def test_the_manifest_may_name_any_key_that_signed_and_no_other() -> None:
    old, new = KEY, Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    stranger = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
    made = night()
    files = bundle_of(made)
    text, _, ours = files["checkpoint.note"].partition(b"\n\n")
    theirs = bundle_of(made, new)["checkpoint.note"].partition(b"\n\n")[2]
    files["checkpoint.note"] = text + b"\n\n" + theirs + ours
    named = {key: public_key_text(key.public_key()) for key in (old, new, stranger)}
    for claimed in named.values():
        files["manifest.json"] = manifest(ORIGIN, claimed, made.entries[-1].h, 12, files)
        for key, public in named.items():
            (case,) = agreement.compared([files], public)
            assert case.agreed
            whole = key is not stranger and claimed != named[stranger]
            assert case.verdicts[0].startswith("OK 12 ") == whole, (claimed, public)
    # another spelling of the same key is another file than the one that was made
    files["manifest.json"] = manifest(ORIGIN, named[new][:-2] + "5=", made.entries[-1].h, 12, files)
    (case,) = agreement.compared([files], named[old])
    assert case.verdicts == ("REFUSED", "REFUSED", "REFUSED")


def test_a_changed_note_or_manifest_with_two_keys_is_refused_by_all() -> None:
    made, new = night(), Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    files, rng = bundle_of(made), Random(5)
    text, _, ours = files["checkpoint.note"].partition(b"\n\n")
    files["checkpoint.note"] = text + b"\n\n" + bundle_of(made, new)["checkpoint.note"].partition(b"\n\n")[2] + ours
    files["manifest.json"] = manifest(ORIGIN, public_key_text(new.public_key()), made.entries[-1].h, 12, files)
    changed = []
    for _ in range(400):
        name = rng.choice(("manifest.json", "checkpoint.note"))
        data = bytearray(files[name])
        at = rng.randrange(len(data))
        data[at : at + rng.randrange(2)] = rng.choice((b"", bytes([data[at] ^ 1 << rng.randrange(8)])))
        if bytes(data) != files[name]:
            changed.append({**files, name: bytes(data)})
    assert len(changed) > 200
    whole, *judged = agreement.compared([files, *changed])
    assert whole.verdicts[0].startswith("OK 12 ")
    assert {case.verdicts for case in judged} == {("REFUSED", "REFUSED", "REFUSED")}
