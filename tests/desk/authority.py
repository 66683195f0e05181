"""An authority that puts time stamps on what it is asked, on this machine: openssl signs, with certificates of our own."""

import asyncio
import datetime as dt
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client._rust import parse_timestamp_request
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.embedded.providers import Counterpart

# The certificates hold for as long as openssl, which reads the clock of this machine, may be asked.
_BEGIN, _END = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2120, 1, 1, tzinfo=dt.UTC)
_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
Lie = Literal["other_hash", "other_nonce"]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str, issuer: str, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey, *, ca: bool
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGIN)
        .not_valid_after(_END)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(signer, hashes.SHA256())


def set_up(folder: Path, name: str = "tsa") -> None:
    """A root, and a certificate under it that may stamp, with what openssl needs beside them."""
    folder.mkdir(parents=True)
    root, stamper = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    own = _certificate(f"{name} root", f"{name} root", root, root, ca=True)
    leaf = _certificate(name, f"{name} root", stamper, root, ca=False)
    (folder / "ca.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    key = stamper.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "leaf.key").write_bytes(key)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))


@dataclass(slots=True)
class Authority(Counterpart):
    """`lie` is what it answers to instead of the question; `folder` holds the certificates that it signs with."""

    folder: Path = field(default=Path())
    lie: Lie | None = None
    asked: list[bytes] = field(default_factory=list)
    free: asyncio.Event | None = None  # answers once it is set

    def routes(self) -> list[Route]:
        return [Route("/tsr", self._stamp, methods=["POST"])]

    async def _stamp(self, request: Request) -> Response:
        question = await request.body()
        if request.headers.get("content-type") != "application/timestamp-query":
            return Response(status_code=415)
        self.asked.append(question)
        await self.noticed()
        if self.free is not None:
            await self.free.wait()
        return Response(await self.answer(_twisted(question, self.lie)), media_type="application/timestamp-reply")

    async def answer(self, question: bytes) -> bytes:
        query, reply = self.folder / f"{secrets.token_hex(4)}.tsq", self.folder / f"{secrets.token_hex(4)}.tsr"
        query.write_bytes(question)
        command = ["openssl", "ts", "-reply", "-config", str(self.folder / "tsa.cnf"), "-queryfile", str(query)]
        command += ["-signer", str(self.folder / "leaf.pem"), "-inkey", str(self.folder / "leaf.key")]
        running = await asyncio.create_subprocess_exec(
            *command, "-out", str(reply), stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        _, said = await running.communicate()
        assert running.returncode == 0, said
        return reply.read_bytes()


def _twisted(question: bytes, lie: Lie | None) -> bytes:
    """Another question of the same length."""
    known = parse_timestamp_request(question)
    match lie:
        case None:
            return question
        case "other_hash":
            digest = known.message_imprint.message
        case "other_nonce":
            assert known.nonce is not None
            digest = known.nonce.to_bytes((known.nonce.bit_length() + 8) // 8)
    assert question.count(digest) == 1
    return question.replace(digest, digest[:-1] + bytes([digest[-1] ^ 1]))
