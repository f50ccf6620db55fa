"""Sending e-mail through an SMTP server, where one is set up; the library for it comes with the extra `mail`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import structlog

from hub.clock import Clock
from hub.mail.letters import Letter

_ONE_ADDRESS = re.compile(r"""[^@\s,;:<>()\[\]\\"]+@[^@\s,;:<>()\[\]\\"]+""")
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailRules:
    """The SMTP server, and who the letters are from."""

    host: str
    sender: str  # an address
    port: int = 587
    security: str = "starttls"  # starttls, tls (from the first byte on) or none
    user: str | None = None
    password: str | None = None
    timeout_s: float = 10.0


class LibraryMissing(RuntimeError):
    """The extra `mail` is not installed."""


class Mailer:
    """Hands letters to the SMTP server, one connection each: there are few."""

    def __init__(self, rules: MailRules, clock: Clock) -> None:
        try:
            import aiosmtplib
        except ImportError:
            raise LibraryMissing("e-mail needs the extra `mail`: install arogya-hub[server,mail]") from None
        self._smtp = aiosmtplib
        self._rules = rules
        self._clock = clock

    async def send(self, letter: Letter) -> bool:
        """Send a letter; False when the server did not take it, or the address is none."""
        rules = self._rules
        try:
            await self._smtp.send(
                self._message(letter),
                recipients=[letter.to],
                sender=rules.sender,
                hostname=rules.host,
                port=rules.port,
                username=rules.user,
                password=rules.password,
                use_tls=rules.security == "tls",
                start_tls=rules.security == "starttls",
                timeout=rules.timeout_s,
            )
        except (self._smtp.SMTPException, MessageError, ValueError, OSError, TimeoutError) as error:
            _LOG.warning("an e-mail was not sent", reason=type(error).__name__)
            return False
        return True

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = _address(self._rules.sender, "Arogya Hub")
        message["To"] = _address(letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=self._rules.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
        message.set_content(letter.text)
        return message


def _address(text: str, name: str = "") -> Address:
    """Return one address for a header; raises ValueError for what is none, or several."""
    if not _ONE_ADDRESS.fullmatch(text):
        raise ValueError("this is not one e-mail address")
    local, _, domain = text.rpartition("@")
    return Address(name, local, domain)
