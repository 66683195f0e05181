"""The loader keeps what people wrote as they meant it, knows where it stands, and survives any bytes."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reference.problems import Place
from bot.reference.yaml_source import MAX_BYTES, Document, Value, parse_document


def value(text: str) -> Value:
    document = parse_document("x.yaml", text.encode())
    assert isinstance(document, Document), document
    return document.value


def complaint(data: bytes) -> list[str]:
    found = parse_document("x.yaml", data)
    assert isinstance(found, tuple)
    return [str(problem) for problem in found]


def test_scalars_are_those_of_yaml_1_2() -> None:
    written = """\
tijd: 12:30
land: NO
aan: on
ja: yes
datum: 2026-01-05
moment: 2026-01-05 08:00
nullen: 010
achttallig: 0o17
zestientallig: 0x1F
getal: -42
breuk: 1.5
macht: 1e3
onderstreept: 1_000
waar: true
onwaar: False
leeg:
golf: ~
gequote: "true"
enkel: '010'
"""
    assert value(written) == {
        "tijd": "12:30",
        "land": "NO",
        "aan": "on",
        "ja": "yes",
        "datum": "2026-01-05",
        "moment": "2026-01-05 08:00",
        "nullen": 10,
        "achttallig": 15,
        "zestientallig": 31,
        "getal": -42,
        "breuk": 1.5,
        "macht": 1000.0,
        "onderstreept": "1_000",
        "waar": True,
        "onwaar": False,
        "leeg": None,
        "golf": None,
        "gequote": "true",
        "enkel": "010",
    }


def test_keys_are_always_text() -> None:
    assert value("no: 1\n12: 2\ntrue: 3\n~: 4\n") == {"no": 1, "12": 2, "true": 3, "~": 4}


def test_every_node_knows_its_place_in_characters() -> None:
    document = parse_document("x.yaml", "a: 1\n🚨é: {b: [x, 'y']}\n".encode())

    assert isinstance(document, Document)
    assert document.place("a") == Place(1, 4)
    assert document.place("🚨é") == Place(2, 5)
    assert document.place("🚨é", "b", 1) == Place(2, 13)
    assert document.key_place("🚨é", "b") == Place(2, 6)
    assert document.place("🚨é", "b", 7, "nowhere") == document.place("🚨é", "b")


def test_line_ends_of_every_system_count_the_same() -> None:
    for ends in ("\n", "\r\n", "\r"):
        document = parse_document("x.yaml", f"a: 1{ends}b: 2{ends}".encode())
        assert isinstance(document, Document)
        assert document.place("b") == Place(2, 4)


def test_a_byte_order_mark_at_the_start_is_ignored_and_does_not_move_the_place() -> None:
    document = parse_document("x.yaml", b"\xef\xbb\xbfa: 1")

    assert isinstance(document, Document)
    assert (document.value, document.place("a")) == ({"a": 1}, Place(1, 4))
    assert complaint(b"\xef\xbb\xbfa: \xff") == ["x.yaml:1:4: geen UTF-8 (byte 0xff); sla het bestand op als UTF-8"]


def test_each_duplicate_key_is_named_with_its_first_line() -> None:
    assert complaint(b"a: 1\nb: 2\na: 3\nb: 4\n") == [
        "x.yaml:3:1: dubbele sleutel: a (staat al op regel 1)",
        "x.yaml:4:1: dubbele sleutel: b (staat al op regel 2)",
    ]


def test_the_classic_bomb_does_not_go_off() -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    assert complaint("\n".join(layers).encode())[0].startswith("x.yaml:1:5: ankers en verwijzingen")


def test_depth_is_twenty_and_not_one_more() -> None:
    deepest = "[" * 20 + "]" * 20
    assert isinstance(parse_document("x.yaml", deepest.encode()), Document)
    assert complaint(f"[{deepest}]".encode()) == ["x.yaml:1:21: te diep genest: meer dan 20 lagen"]
    assert complaint(b"[" * 100_000) == ["x.yaml:1:21: te diep genest: meer dan 20 lagen"]


def test_size_is_256_kib_and_not_one_byte_more() -> None:
    fits = b"a: 1 #" + b"x" * (MAX_BYTES - 6)
    assert isinstance(parse_document("x.yaml", fits), Document)
    assert complaint(fits + b"x") == ["x.yaml:1:1: het bestand is groter dan 256 KiB; splits of kort het in"]


YAMLISH = st.text(alphabet="ab: -[]{},#&*!|>'\"%@`\n\t?~01.", max_size=80)


@settings(max_examples=400, deadline=None)
@given(data=st.one_of(st.binary(max_size=120), YAMLISH.map(str.encode), st.text(max_size=60).map(str.encode)))
@example(data=b"")
@example(data=b"\xef\xbb\xbf\xff")
@example(data=b"%YAML 1.1\n---\na: 1")
@example(data=b"? [a]\n: b")
@example(data=b"a: |\n  x\n ...\n")
def test_any_bytes_give_a_document_or_problems_with_a_place_inside_the_file(data: bytes) -> None:
    found = parse_document("x.yaml", data)

    if isinstance(found, Document):
        assert all(place.line >= 1 and place.column >= 1 for place in found.places.values())
        return
    assert found
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for problem in found:
        assert 1 <= problem.line <= lines + 1
        assert problem.column >= 1
        assert problem.message.nl
        assert problem.message.en
