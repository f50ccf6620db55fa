"""E-mail as the rest of the hub sees it: set up, or not."""

from __future__ import annotations

from dataclasses import dataclass

from hub.mail.letters import Letter
from hub.mail.mailer import Mailer
from hub.mail.resets import Resets


@dataclass(frozen=True, slots=True)
class Post:
    """What sends letters; without a mailer nothing is sent, and nothing fails."""

    mailer: Mailer | None = None
    resets: Resets | None = None  # of forgotten passwords

    async def send(self, letter: Letter) -> bool:
        """Send a letter; False when it did not go."""
        return self.mailer is not None and await self.mailer.send(letter)

    def forgot(self, email: str) -> None:
        """Take note that somebody forgot the password of this account, if there is one; waits for nothing."""
        if self.resets is not None:
            self.resets.ask(email)

    async def run(self) -> None:
        """Write to those who forgot their passwords, until cancelled."""
        if self.resets is not None:
            await self.resets.run()
