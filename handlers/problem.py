"""Errors as `application/problem+json` (RFC 9457): one shape, from the one table of outcomes."""

from __future__ import annotations

import math

import orjson
from aiohttp import hdrs, web

from hub import errors
from hub.outcomes import Outcome, outcome_of
from storage import errors as storage_errors

CONTENT_TYPE = "application/problem+json"
_HTTP_ERRORS: dict[int, type[errors.HubError]] = {
    400: errors.Malformed,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    408: errors.Silent,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
}


def as_hub_error(error: Exception) -> Exception:
    """Return what an error of another layer means here; unknown ones come back as they are."""
    if isinstance(error, errors.HubError):
        return error
    if isinstance(error, storage_errors.Full):
        return errors.Overloaded(retry_after_s=1.0)
    if isinstance(error, storage_errors.Unavailable):
        return errors.StorageUnavailable(retry_after_s=1.0)
    if isinstance(error, storage_errors.Conflict):
        return errors.Conflict()
    if isinstance(error, storage_errors.Poison):
        return errors.InvalidValue("a value cannot be stored")
    if isinstance(error, TimeoutError):
        return errors.Silent("the body did not arrive in time")
    if isinstance(error, web.HTTPException):
        kind = _HTTP_ERRORS.get(error.status, errors.Malformed if error.status < 500 else errors.Unavailable)
        return kind()
    return error


def response(error: Exception, request_id: str) -> web.Response:
    """Return the answer to an error of this layer or below."""
    known = as_hub_error(error)
    outcome = outcome_of(known)
    answer = web.Response(
        status=outcome.status, body=body(known, outcome, request_id), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE}
    )
    if isinstance(error, web.HTTPMethodNotAllowed):
        answer.headers[hdrs.ALLOW] = allow(error)
    if outcome.status == 401:
        answer.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    wait_s = known.retry_after_s if isinstance(known, errors.HubError) else None
    if wait_s is not None or outcome.status == 503:
        answer.headers[hdrs.RETRY_AFTER] = str(max(1, math.ceil(wait_s or 1.0)))
    return answer


def body(error: Exception, outcome: Outcome, request_id: str) -> bytes:
    """Return the problem document; only a refusal of the hub speaks for itself, everything else stays general."""
    document: dict[str, str | int] = {
        "type": f"/problems/{outcome.code}",
        "title": outcome.title,
        "status": outcome.status,
        "code": outcome.code,
        "request_id": request_id,
    }
    if isinstance(error, errors.HubError) and error.detail:
        document["detail"] = error.detail
    if isinstance(error, errors.HubError) and error.field:
        document["field"] = error.field
    return orjson.dumps(document)


def allow(error: web.HTTPMethodNotAllowed) -> str:
    """Return the Allow header of a path: its methods, and OPTIONS, which every path answers."""
    return ", ".join(sorted({*error.allowed_methods, hdrs.METH_OPTIONS}))
