"""What a campaign calls a success, and that its shortcut to many starts is a safe one."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.playground import ROOT
from tests.campaign.table import CAMPAIGNS, FAULTS, Campaign, Control, Result

# Two lives as the campaigns make them, and what the crypto library gives each of them.
_LIVES = """
import os, threading
from tests.campaign import child
import vodozemac
for _ in range(2):
    if os.fork() == 0:
        account = vodozemac.Account()
        account.generate_one_time_keys(1)
        keys = [vodozemac.GroupSession().session_id, account.curve25519_key.to_base64()]
        keys += [key.to_base64() for key in account.one_time_keys.values()]
        os.write(1, (" ".join(keys) + "\\n").encode())
        os._exit(0)
    os.wait()
os.write(1, f"{threading.active_count()}\\n".encode())
"""


async def _nothing(directory: Path, seed: int) -> Counter[str]:
    return Counter()


CAMPAIGN = Campaign("C0", "nothing", 2, _nothing, (Control("bad", _nothing, "lost"),))
SOUND = {1: {"kills": 5, "lost": 0}, 2: {"kills": 5, "lost": 0}}
CAUGHT = {"bad": {"lost": 1}}


def test_a_campaign_passes_with_all_rounds_no_fault_and_every_control_caught() -> None:
    assert Result(1, SOUND, CAUGHT).passed(CAMPAIGN)


def test_any_fault_fails_a_campaign() -> None:
    for fault in FAULTS:
        assert not Result(1, SOUND | {2: {"kills": 5, fault: 1}}, CAUGHT).passed(CAMPAIGN), fault


def test_a_round_that_was_not_played_to_its_end_fails_a_campaign() -> None:
    assert not Result(1, {1: SOUND[1]}, CAUGHT).passed(CAMPAIGN)
    assert not Result(1, SOUND | {2: {}}, CAUGHT).passed(CAMPAIGN)


def test_a_control_that_is_not_caught_fails_a_campaign() -> None:
    assert not Result(1, SOUND, {}).passed(CAMPAIGN)
    assert not Result(1, SOUND, {"bad": {"lost": 0, "doubled": 3}}).passed(CAMPAIGN)


def test_every_campaign_that_kills_has_a_control() -> None:
    assert [campaign.name for campaign in CAMPAIGNS if not campaign.controls] == ["C19"]  # it brings its own


def test_two_lives_of_one_mother_never_make_the_same_key() -> None:
    said = subprocess.run([sys.executable, "-c", _LIVES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    first, second, threads = said.splitlines()
    assert not set(first.split()) & set(second.split())
    assert threads == "1"  # a thread would not have come along
