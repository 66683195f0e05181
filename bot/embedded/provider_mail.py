"""The counterpart for mail: a real SMTP server on this machine, that keeps what it took."""

import asyncio
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.embedded.ports import free_port


@dataclass(slots=True)
class MailCounterpart:
    """With `tls` it offers STARTTLS and wants it; `refuse` is the answer to a whole mail, such as `451 try later`."""

    user: str = "iog-bot"
    password: str = field(default="mail-password", repr=False)
    tls: ssl.SSLContext | None = None
    refuse: str = ""
    refuse_recipient: str = ""
    cut: bool = False  # take the mail and break the connection off instead of saying so
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list, repr=False)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self.port = self.port or free_port()
        self._server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def inbox(self, address: str) -> list[EmailMessage]:
        """The mails to an address, oldest first; a repeat with the same Message-ID once."""
        mails = {str(mail["Message-ID"]): mail for mail in self.taken if address in str(mail["To"])}
        return list(mails.values())

    def _session(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.iog.example",
            ident="counterpart",
            tls_context=self.tls,
            require_starttls=self.tls is not None,
            auth_require_tls=self.tls is not None,
            authenticator=self._knows,
            loop=asyncio.get_running_loop(),
        )

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (
            self.user.encode(),
            self.password.encode(),
        )
        return AuthResult(success=known, handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        content = envelope.content
        assert isinstance(content, bytes), "bytes unless decoding was asked for"
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage), "that is what this policy makes"
        self.taken.append(mail)
        if self.cut and server.transport is not None:
            server.transport.close()
        return "250 Message accepted for delivery"
