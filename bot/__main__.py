"""`iogplus` and `python -m bot`."""

import sys

from typer.exceptions import Abort, TyperException

from bot import cli_live
from bot.cli import app


def main() -> None:
    """Runs the command that was typed. A mistake in typing gives one line and exit code 2."""
    cli_live.register(app)
    try:
        code = app(standalone_mode=False)
    except TyperException as wrong:
        sys.stderr.write(f"{' '.join(str(wrong).split())}\n")
        sys.exit(2)
    except (Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
