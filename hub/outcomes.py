"""The one table that says what a refusal becomes: wire code, HTTP status, close code, and whether to try again."""

from __future__ import annotations

from typing import NamedTuple

from hub import errors


class Outcome(NamedTuple):
    """How one class of error leaves the hub."""

    code: str  # the stable name on the wire, in problem+json and in logs
    title: str  # one sentence for a person
    status: int  # HTTP status
    close: int  # WebSocket close code (RFC 6455; 4000-4499 come back, 4500-4999 stay away for 5 minutes)
    retry: bool  # the same request may succeed later


OUTCOMES: dict[type[BaseException], Outcome] = {
    errors.Malformed: Outcome("malformed", "The message could not be read.", 400, 4501, False),
    errors.UnknownField: Outcome("unknown_field", "A field is not part of the contract.", 422, 4501, False),
    errors.InvalidValue: Outcome("invalid_value", "A value is not possible.", 422, 4501, False),
    errors.IdempotencyMismatch: Outcome(
        "idempotency_mismatch", "This Idempotency-Key came with another request before.", 422, 4501, False
    ),
    errors.TooLarge: Outcome("too_large", "The message is larger than the limit.", 413, 1009, False),
    errors.UnsupportedMedia: Outcome(
        "unsupported_media", "This content type or encoding is not read.", 415, 1003, False
    ),
    errors.Unauthorized: Outcome("unauthorized", "Sign in, or send a valid credential.", 401, 4500, False),
    errors.Revoked: Outcome("revoked", "The credential was withdrawn.", 401, 4504, False),
    errors.SecondFactorRequired: Outcome(
        "second_factor_required", "Send the code of your authenticator app too.", 401, 4500, False
    ),
    errors.SecondFactorSetupRequired: Outcome(
        "second_factor_setup_required", "Set up a second factor first.", 401, 4500, False
    ),
    errors.UnsupportedVersion: Outcome("unsupported_version", "No protocol version in common.", 400, 4506, False),
    errors.Forbidden: Outcome("forbidden", "This is not allowed.", 403, 4502, False),
    errors.FieldForbidden: Outcome("field_forbidden", "A field may be read and not written.", 403, 4502, False),
    errors.NotFound: Outcome("not_found", "There is no such thing here.", 404, 4502, False),
    errors.MethodNotAllowed: Outcome("method_not_allowed", "The path does not take this method.", 405, 4501, False),
    errors.Conflict: Outcome("conflict", "The stored state says otherwise.", 409, 4501, False),
    errors.Superseded: Outcome("superseded", "A newer connection took over.", 409, 4503, False),
    errors.OutsideSession: Outcome("outside_session", "The physio session takes no such samples.", 409, 4502, False),
    errors.Gap: Outcome("gap", "Earlier samples have not arrived.", 409, 4005, True),
    errors.PreconditionFailed: Outcome(
        "precondition_failed", "The record has been changed since it was read.", 412, 4501, False
    ),
    errors.RateLimited: Outcome("rate_limited", "Too many requests; wait a little.", 429, 4003, True),
    errors.CreditExceeded: Outcome("credit_exceeded", "More unacked samples than credit.", 429, 4003, True),
    errors.TooManySessions: Outcome("too_many_sessions", "Too many connections at once.", 429, 4505, False),
    errors.Slow: Outcome("slow", "The connection is not being read.", 408, 4001, True),
    errors.Silent: Outcome("silent", "Nothing was heard for too long.", 408, 4002, True),
    errors.Resync: Outcome("resync", "Start again from a snapshot.", 409, 4005, True),
    errors.Restarting: Outcome("restarting", "The hub is restarting.", 503, 1012, True),
    errors.Overloaded: Outcome("overloaded", "The hub is full; try again soon.", 503, 1013, True),
    errors.StorageUnavailable: Outcome("storage_unavailable", "The database is away; try again soon.", 503, 1013, True),
    Exception: Outcome("internal", "Something went wrong on our side.", 500, 1011, True),
}


def outcome_of(error: BaseException | type[BaseException]) -> Outcome:
    """Return the outcome of the nearest class in the error's MRO; every `Exception` has one."""
    kind = error if isinstance(error, type) else type(error)
    for ancestor in kind.__mro__:
        if ancestor in OUTCOMES:
            return OUTCOMES[ancestor]
    return OUTCOMES[Exception]
