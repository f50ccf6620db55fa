"""Getting an access token from the hub."""

from __future__ import annotations

import aiohttp

from arogya.client.address import http_url

ANSWER_WITHIN_S = 15.0


class AccessRefused(Exception):
    """The hub does not accept the e-mail address, password or token."""


async def sign_in(url: str, email: str, password: str) -> str:
    """Sign in as an app and return the access token, which ends after some minutes.

    Raises `AccessRefused`, or `aiohttp.ClientError` and TimeoutError for trouble on the way.
    """
    body = {"email": email, "password": password, "client": "app"}
    limit = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    async with aiohttp.ClientSession(timeout=limit) as session:
        async with session.post(http_url(url, "/api/v1/sessions"), json=body) as answer:
            if answer.status in (400, 401, 403, 422):
                raise AccessRefused(f"the hub refused the sign-in of {email} (HTTP {answer.status})")
            answer.raise_for_status()
            token = (await answer.json()).get("access_token")
    if not isinstance(token, str):
        raise AccessRefused("the hub gave no access token")
    return token
