"""What is sealed opens with its key and for its owner only; a number is read as people write it."""

from hashlib import sha256
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import PersonId
from bot.reach import Number, Vault, about, masked, read_mail, read_number, read_pushover
from tests.pagers.ground import number

JANSEN = PersonId("jansen")
OWN, OTHER, LAST = number(1), number(2), number(78)
LOCAL = OWN.removeprefix("+31")  # nine digits, behind which people think a zero
LANDLINE = "20" + "1234567"
KEY = bytes(range(32))


def vault(key: bytes = KEY) -> Vault:
    numbers = count(1)
    return Vault(key, lambda: sha256(bytes([next(numbers)])).digest())


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_is_sealed_opens_with_the_key_and_for_what_it_is_about(text: str, owner: str) -> None:
    sealed = vault().seal(text, owner)
    assert vault().open(sealed, owner) == text
    assert vault().open(sealed, f"{owner}!") is None
    assert vault(bytes(32)).open(sealed, owner) is None


@given(st.binary(max_size=60))
def test_bytes_that_nobody_sealed_open_as_nothing(noise: bytes) -> None:
    assert vault().open(noise) is None


def test_an_address_does_not_show_in_what_is_kept_and_no_two_seals_are_alike() -> None:
    sealing = vault()
    first, second = (sealing.seal(OWN, about(JANSEN, "sms")) for _ in range(2))
    assert first != second
    assert LOCAL.encode() not in first
    assert LOCAL not in sealing.fingerprint(OWN)


def test_a_fingerprint_is_the_same_for_the_same_number_and_only_with_the_key() -> None:
    assert vault().fingerprint(OWN) == vault().fingerprint(OWN)
    assert vault().fingerprint(OWN) != vault().fingerprint(OTHER)
    assert vault().fingerprint(OWN) != vault(bytes(32)).fingerprint(OWN)


@given(st.text(min_size=1, max_size=40))
def test_a_code_has_six_digits_and_is_the_same_after_a_crash(key: str) -> None:
    code = vault().code(key)
    assert len(code) == 6
    assert code.isdecimal()
    assert code == vault().code(key)


def test_codes_differ_between_messages_and_installations() -> None:
    drawn = {vault().code(f"code/$event{n}") for n in range(200)}
    assert len(drawn) > 190
    assert vault().code("code/$a") != vault(bytes(32)).code("code/$a")


def test_a_code_counts_for_one_person_and_channel() -> None:
    hashes = {
        vault().code_hash(person, channel, "123456")
        for person in (JANSEN, PersonId("devries"))
        for channel in ("sms", "mail")
    }  # fmt: skip
    assert len(hashes) == 4


@pytest.mark.parametrize(
    "typed",
    [f"0{LOCAL}", f"06-{LOCAL[1:]}", f"06 {LOCAL[1:5]} {LOCAL[5:]}", OWN, f"+31 6 {LOCAL[1:]}", f"0031{LOCAL}",
     f"(06) {LOCAL[1:]}", f"+31(0){LOCAL}"],
)  # fmt: skip
def test_a_mobile_number_is_one_number_however_it_is_written(typed: str) -> None:
    assert read_number(typed) == Number(OWN, mobile=True)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("0612", "wrong"), (f"0{LOCAL}23", "wrong"), ("telefoon", "wrong"), ("", "wrong"), ("06٠٠٠٠٠٠٠١", "wrong"),
        (f"bel 0{LOCAL}", "wrong"), (f"0{LOCAL}; drop", "wrong"), ("112", "wrong"), ("14020", "wrong"),
        (f"+32{LOCAL}", "foreign"), ("0049 151 00000001", "foreign"),
        ("0900-1234", "special"), ("09091234567", "special"), ("097 0000 00001", "special"), ("0800-0200", "special"),
        (f"066{LOCAL[2:]}", "special"),
    ],
)  # fmt: skip
def test_what_cannot_be_rung_at_night_is_said_at_once(typed: str, fault: str) -> None:
    assert read_number(typed) == fault


def test_a_landline_is_only_called() -> None:
    assert read_number(f"0{LANDLINE}") == Number(f"+31{LANDLINE}", mobile=False)


@pytest.mark.parametrize("typed", ["a@b.example", "Jan.Jansen+iog@Waterbrug.Example", " o'neil@zorg.example "])
def test_a_mail_address_is_taken(typed: str) -> None:
    found = read_mail(typed)
    assert found is not None
    assert found == found.strip()
    assert found.rpartition("@")[2].islower()


@pytest.mark.parametrize(
    "typed",
    ["", "jansen", "jansen@", "@waterbrug.example", "a b@c.example", "a@b.example, c@d.example", "a@b.example\nBcc: x@y.z",
     "<a@b.example>", "a@localhost", f"a@{'b' * 260}.example"],
)  # fmt: skip
def test_what_is_no_mail_address_is_not_taken(typed: str) -> None:
    assert read_mail(typed) is None


def test_a_pushover_key_has_thirty_characters() -> None:
    assert read_pushover(f" {'u' * 30} ") == "u" * 30
    assert read_pushover("u" * 29) is None
    assert read_pushover(f"{'u' * 29}/") is None


def test_an_owner_recognises_an_address_and_nobody_else_can_use_it() -> None:
    assert masked("sms", LAST) == "06-••••••78"
    assert masked("voice", f"+31{LANDLINE}") == "020-•••••67"
    assert masked("mail", "jansen@waterbrug.example") == "j•••@waterbrug.example"
    assert masked("ntfy", "iog-abcdefgh") == "••••fgh"
