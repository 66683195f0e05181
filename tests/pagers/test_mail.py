"""Mail by a real SMTP server on this machine, and notices by Apprise over real HTTP."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.domain.delivery import Delivered, GaveUp, Retry, Unclear
from bot.embedded.provider_mail import MailCounterpart
from bot.pagers.channel import Notice
from bot.pagers.mail import MailPost
from bot.pagers.one_way import AppriseNotice
from bot.words.catalogue import Catalogue
from tests.pagers.ground import LINK, NOON, listening, notice

JANSEN = "jansen@iog.example"
# One of the services that Apprise loads uses a module of Python's that goes away.
OLD_IMPORT = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
TEXT = f"Gemeld zo 22-11 03:04.\nKom je? <b>Antwoord</b> & wel hier: {LINK}"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[MailCounterpart]:
    one = MailCounterpart()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def post(server: MailCounterpart, words: Catalogue) -> MailPost:
    return MailPost(
        "127.0.0.1", server.port, "iog-bot@iog.example", words, "none", server.user, server.password, total=2.0
    )


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def test_a_mail_says_it_in_plain_text_and_reads_well_aloud(server: MailCounterpart, post: MailPost) -> None:
    outcome = await post.send(notice(JANSEN, text=TEXT))
    (mail,) = server.inbox(JANSEN)
    assert outcome == Delivered(event=mail["Message-ID"])
    assert (mail["Subject"], mail["From"]) == ("OPROEP cyber · 2026-014 · Waterbrug", "iog-bot@iog.example")
    assert (mail["Auto-Submitted"], mail["Importance"]) == ("auto-generated", "high")
    assert part(mail, "plain").splitlines() == TEXT.splitlines()
    html = part(mail, "html")
    assert '<html lang="nl">' in html
    assert "&lt;b&gt;Antwoord&lt;/b&gt; &amp; wel" in html
    assert f'<a href="{LINK}"' in html
    assert "Antwoord op deze oproep</a>" in html
    assert "<img" not in html
    assert mail["Date"].datetime == NOON


async def test_a_repeat_is_the_same_mail(server: MailCounterpart, post: MailPost) -> None:
    server.cut = True
    assert isinstance(await post.send(notice(JANSEN)), Retry)
    server.cut = False
    assert isinstance(await post.send(notice(JANSEN)), Delivered)
    assert (len(server.taken), len(server.inbox(JANSEN))) == (2, 1)


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [("451 later", Retry("mail_451")), ("554 no", GaveUp("mail_554"))],
)
async def test_a_server_that_refuses_says_whether_for_good(
    server: MailCounterpart, post: MailPost, refusal: str, outcome: Retry | GaveUp
) -> None:
    server.refuse = refusal
    assert await post.send(notice(JANSEN)) == outcome


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [("450 full", Retry("mail_450")), ("550 unknown", GaveUp("message_refused"))],
)
async def test_an_unknown_mailbox_says_nothing_of_the_server(
    server: MailCounterpart, post: MailPost, refusal: str, outcome: Retry | GaveUp
) -> None:
    server.refuse_recipient = refusal
    assert await post.send(notice(JANSEN)) == outcome


@pytest.mark.parametrize("address", ["jansen", "", "a@b@c", "jansen@iog.example\nBcc: smit@iog.example"])
async def test_an_address_that_is_none_is_not_written_to(server: MailCounterpart, post: MailPost, address: str) -> None:
    assert await post.send(notice(address)) == GaveUp("message_refused")
    assert server.taken == []


async def test_a_wrong_password_is_refused_for_good(post: MailPost) -> None:
    assert await replace(post, password="another").send(notice(JANSEN)) == GaveUp("mail_535")


async def test_a_server_that_is_away_may_come_back(server: MailCounterpart, post: MailPost) -> None:
    await server.stop()
    assert await post.send(notice(JANSEN)) == Retry("SMTPConnectError")
    assert await post.find(notice(JANSEN)) is None
    assert await post.call_off("x", "") == Delivered()


async def test_links_go_to_no_server_without_encryption(post: MailPost) -> None:
    assert await replace(post, security="starttls").send(notice(JANSEN)) == GaveUp("mail_not_supported")


async def test_mail_is_encrypted_on_its_way_by_a_server_that_is_trusted(words: Catalogue, tmp_path: Path) -> None:
    trusted = certified(tmp_path)
    server = MailCounterpart(tls=trusted)
    await server.start()
    try:
        post = MailPost(
            "localhost",
            server.port,
            "iog-bot@iog.example",
            words,
            user=server.user,
            password=server.password,
            total=2.0,
        )
        assert await post.send(notice(JANSEN)) == GaveUp("mail_certificate")
        assert server.taken == []
        ours = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        assert isinstance(await replace(post, tls=ours).send(notice(JANSEN)), Delivered)
    finally:
        await server.stop()


def certified(directory: Path) -> ssl.SSLContext:
    """A certificate for localhost that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = (
        built.serial_number(1).not_valid_before(NOON - timedelta(days=3650)).not_valid_after(NOON.replace(year=2099))
    )
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    (directory / "cert.pem").write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (directory / "key.pem").write_bytes(pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    return context


@OLD_IMPORT
async def test_a_notice_goes_one_way(words: Catalogue) -> None:
    pager = AppriseNotice(total=5.0)
    bodies: list[bytes] = []
    async with listening(bodies) as url:
        assert await pager.send(notice(url.replace("http", "json"), text="Kom je?")) == Delivered()
    assert b"Kom je?\\n" + LINK.encode() in bodies[0]
    async with listening(bodies, 500) as url:
        assert await pager.send(notice(url.replace("http", "json"))) == GaveUp("not_sent")
    assert await pager.find(notice("")) is None
    assert await pager.call_off("", "") == Delivered()


@OLD_IMPORT
@pytest.mark.parametrize("address", ["", "onzin", "nergens://x", "syslog://", "dbus://", "SYSLOG://localhost"])
async def test_an_address_that_leads_nowhere_is_refused(address: str) -> None:
    assert await AppriseNotice().send(notice(address)) == GaveUp("message_refused")


@OLD_IMPORT
async def test_a_notice_that_takes_too_long_may_still_arrive() -> None:
    bodies: list[bytes] = []
    async with listening(bodies) as url:
        one: Notice = notice(url.replace("http", "json"))
        assert await AppriseNotice(total=0.0).send(one) == Unclear("no_answer_in_time")
