"""What every call to a homeserver has in common: who calls, what came back, how long to wait before trying again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

CLIENT = "/_matrix/client/v3"

# An alarm bot may not sleep long: a homeserver that is back must be noticed within this time (seconds).
LONGEST_WAIT = 15.0

_REVOKED = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"})


@dataclass(frozen=True, slots=True)
class Account:
    """One login. The device id stays the same for ever: transaction ids and encryption keys hang on it."""

    homeserver_url: str
    user_id: str
    device_id: str
    access_token: str = field(repr=False)

    @property
    def server_name(self) -> str:
        return self.user_id.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """A homeserver's answer. Status 0 means that none came; `retry_after` is in seconds, when the server said so."""

    status: int
    body: Mapping[str, Any] = field(repr=False)
    retry_after: float | None = None
    items: Sequence[Any] = field(default=(), repr=False)  # the few answers that are a list

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def errcode(self) -> str:
        return str(self.body.get("errcode", ""))

    @property
    def revoked(self) -> bool:
        return self.status in (401, 403) and self.errcode in _REVOKED

    @property
    def worth_repeating(self) -> bool:
        """Whether the same call may succeed later: no answer, a busy or broken server, a login to be mended first."""
        # Without an error code of Matrix it was a proxy that answered; only a size stays too large.
        of_a_proxy = not self.errcode and self.status not in (413, 414)
        return self.status == 429 or self.status >= 500 or self.revoked or (not self.ok and of_a_proxy)

    @property
    def reason(self) -> str:
        """What to tell an operator; holds no content, because error texts of servers repeat what was sent."""
        if self.status == 0:
            return "no answer"
        return f"{self.status} {self.errcode}".strip()


def retry_after(body: Mapping[str, Any], header: str | None) -> float | None:
    """Seconds to wait as the server gave them, in the body (old) or in the header (new); None when it did not."""
    asked = body.get("retry_after_ms")
    if isinstance(asked, (int, float)) and not isinstance(asked, bool):
        return max(0.0, asked / 1000)
    if header is not None and header.isdigit():
        return float(header)
    return None


def quoted(part: str) -> str:
    """One segment of a path: room ids, event ids and state keys hold characters that a path does not allow."""
    return quote(part, safe="")


def room_path(room_id: str, *rest: str) -> str:
    return "/".join((f"{CLIENT}/rooms/{quoted(room_id)}", *(quoted(part) for part in rest)))


def back_off(failures: int, chance: Callable[[], float]) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4, 8, 15, each cut by up to half.

    `chance` gives a number in [0, 1). Without it all clients of a homeserver that comes back would knock at once.
    """
    longest = min(LONGEST_WAIT, float(2 ** min(max(failures - 1, 0), 10)))
    return longest * (1 - chance() / 2)
