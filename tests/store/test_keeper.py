"""Only one process on a host keeps the crypto store."""

import subprocess
import sys
from pathlib import Path

from bot.store.keeper import SoleKeeper

CHILD = """
import sys
from pathlib import Path
from bot.store.keeper import SoleKeeper

keeper = SoleKeeper(Path(sys.argv[1]))
print(keeper.take(), flush=True)
sys.stdin.read()
"""


def test_the_second_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first, second = SoleKeeper(tmp_path / "keeper"), SoleKeeper(tmp_path / "keeper")
    assert first.take()
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_a_killed_keeper_leaves_the_place_free(tmp_path: Path) -> None:
    path = tmp_path / "keeper"
    ours = SoleKeeper(path)
    with subprocess.Popen([sys.executable, "-c", CHILD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"True\n"
        assert not ours.take()
        child.kill()
        child.wait()
        assert ours.take()
    ours.release()
