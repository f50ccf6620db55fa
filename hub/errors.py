"""Everything the hub can refuse, as one tree of exceptions.

HubError
├── BadInput
│   ├── Malformed            not parseable, or not of the documented shape
│   ├── UnknownField         a field the contract does not have
│   ├── InvalidValue         the right shape, an impossible value
│   ├── IdempotencyMismatch  a key that came with another request before
│   ├── TooLarge             over a documented size
│   └── UnsupportedMedia     a content type or encoding that is not read
├── Unauthorized             no credential, or one that does not count (any more)
│   ├── Revoked              it was withdrawn while in use
│   ├── SecondFactorRequired the password is right, and a code is needed too
│   ├── SecondFactorSetupRequired  the same, and there is nothing yet that shows codes
│   └── UnsupportedVersion   no common protocol version
├── Forbidden                known, and not allowed
│   └── FieldForbidden       readable, not writable
├── NotFound                 missing, or invisible to the caller: the same answer
├── MethodNotAllowed
├── Conflict                 the stored state says otherwise
│   ├── Superseded           a newer connection owns the stream
│   ├── OutsideSession       a physio session takes no such samples
│   └── Gap                  samples before this one have not arrived
├── PreconditionFailed       the record is not the version that the caller has
├── RateLimited              too much, too fast
│   ├── CreditExceeded       more unacked samples than the hub gave credit for
│   └── TooManySessions
├── Slow                     the peer does not read what it subscribed to
├── Silent                   nothing heard for longer than the heartbeat allows
├── Resync                   the viewer's position can no longer be served
└── Unavailable
    ├── Restarting           this hub is going away, another one comes
    ├── Overloaded           a bound was reached
    └── StorageUnavailable   PostgreSQL is away

What each of them becomes on the wire is `hub.outcomes`, and nowhere else.
"""

from __future__ import annotations


class HubError(Exception):
    """A refusal with a sentence for the caller; never carries SQL, paths or the input itself."""

    def __init__(self, detail: str = "", *, field: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail  # one sentence, safe to show to the caller
        self.field = field  # the offending field's name, where there is one
        self.retry_after_s = retry_after_s  # when trying again makes sense, where known


class BadInput(HubError):
    """The caller sent something that the contract does not allow."""


class Malformed(BadInput):
    """Not parseable, or not of the documented shape."""


class UnknownField(BadInput):
    """A field that the contract does not have."""


class InvalidValue(BadInput):
    """The right shape, an impossible value."""


class IdempotencyMismatch(BadInput):
    """An Idempotency-Key that came with another request before."""


class TooLarge(BadInput):
    """Over a documented size."""


class UnsupportedMedia(BadInput):
    """A content type or content encoding that is not read."""


class Unauthorized(HubError):
    """No credential, or one that does not count."""


class Revoked(Unauthorized):
    """The credential was withdrawn while in use."""


class SecondFactorRequired(Unauthorized):
    """The password is right, and a code of the second factor is needed too."""


class SecondFactorSetupRequired(Unauthorized):
    """The password is right, and a second factor has to be set up first."""


class UnsupportedVersion(Unauthorized):
    """No protocol version in common."""


class Forbidden(HubError):
    """Known, and not allowed."""


class FieldForbidden(Forbidden):
    """A field that the caller may read and not write."""


class NotFound(HubError):
    """Missing or invisible; the caller cannot tell which."""


class MethodNotAllowed(HubError):
    """The path exists, the method does not."""


class Conflict(HubError):
    """The stored state says otherwise."""


class Superseded(Conflict):
    """A newer connection owns the stream."""


class OutsideSession(Conflict):
    """A physio session takes no such samples: it is not in progress, or they were not taken in it."""


class Gap(Conflict):
    """Samples before this one have not arrived."""


class PreconditionFailed(HubError):
    """The record is not the version that the caller has."""


class RateLimited(HubError):
    """Too much, too fast."""


class CreditExceeded(RateLimited):
    """More unacked samples than the hub gave credit for."""


class TooManySessions(RateLimited):
    """More connections than one principal may hold."""


class Slow(HubError):
    """The peer does not read what it asked for."""


class Silent(HubError):
    """Nothing was heard for longer than the heartbeat allows."""


class Resync(HubError):
    """The viewer's position can no longer be served."""


class Unavailable(HubError):
    """Not now; trying again is right."""


class Restarting(Unavailable):
    """This hub is going away; reconnect."""


class Overloaded(Unavailable):
    """A bound was reached; reconnect later."""


class StorageUnavailable(Unavailable):
    """PostgreSQL is away."""
