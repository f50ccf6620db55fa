"""The certificate of a hub in a local network, shown on a real connection, and the names that lead to it."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arogya import lan
from arogya.lan import LanCertificate

NAMES = ["127.0.0.1", "office.local"]
NOW = datetime.now(UTC)


def contexts(trusted: Path, given: LanCertificate) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what shows a certificate, and what trusts one authority alone, as strictly as OpenSSL can."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(given.chain, given.key)
    trusting = ssl.create_default_context(cafile=str(trusted))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    return serving, trusting


@pytest.fixture
def made(tmp_path: Path) -> LanCertificate:
    """A new certificate."""
    return lan.certificate(tmp_path / "lan", NAMES, NOW)


async def shown_to(trusted: Path, given: LanCertificate, name: str) -> bytes:
    """Connect under a name, trusting one file, and return the certificate that was shown."""
    serving, trusting = await asyncio.to_thread(contexts, trusted, given)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=name)
        shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
    return shown


@pytest.mark.parametrize("name", [*NAMES, "localhost", "::1"])
async def test_who_trusts_the_authority_trusts_each_name(made: LanCertificate, name: str) -> None:
    shown = await shown_to(made.authority, made, name)
    assert made.fingerprint.replace(":", "").lower() == hashlib.sha256(shown).hexdigest()


async def test_another_name_and_another_authority_are_refused(made: LanCertificate, tmp_path: Path) -> None:
    other = await asyncio.to_thread(lan.certificate, tmp_path / "two", NAMES, NOW)
    for trusted, name in ((made.authority, "192.168.1.9"), (other.authority, "127.0.0.1")):
        with pytest.raises(ssl.SSLCertVerificationError):
            await shown_to(trusted, made, name)


def test_it_is_kept_until_the_names_change_or_it_runs_out(tmp_path: Path) -> None:
    first = lan.certificate(tmp_path, NAMES, NOW)
    assert lan.certificate(tmp_path, NAMES, NOW + timedelta(days=60)) == first
    late = lan.certificate(tmp_path, NAMES, NOW + timedelta(days=80))
    moved = lan.certificate(tmp_path, ["10.0.0.7", "office.local"], NOW + timedelta(days=80))
    assert len({first.fingerprint, late.fingerprint, moved.fingerprint}) == 3
    (tmp_path / "certificate.pem").write_text("broken")
    assert lan.certificate(tmp_path, ["10.0.0.7", "office.local"], NOW).fingerprint != moved.fingerprint


def test_only_its_owner_reads_the_key_and_nobody_keeps_that_of_the_authority(
    made: LanCertificate, tmp_path: Path
) -> None:
    assert made.key.stat().st_mode & 0o077 == 0
    files = {path.name: path.read_text() for path in (tmp_path / "lan").iterdir()}
    assert sorted(files) == ["authority.pem", "certificate.pem", "key.pem"]
    assert [name for name, text in files.items() if "PRIVATE KEY" in text] == ["key.pem"]


def test_browsers_come_from_these_origins() -> None:
    assert lan.origins_of(["10.0.0.7", "fd00::7"], 8080) == ("https://10.0.0.7:8080", "https://[fd00::7]:8080")
    assert lan.origins_of(["office.local"], 443) == ("https://office.local",)


def test_a_wildcard_stands_for_an_address_of_this_machine() -> None:
    assert lan.address_of("10.0.0.7") == "10.0.0.7"
    try:
        found = lan.address_of("0.0.0.0")  # noqa: S104 - nothing is bound
    except lan.NoNetwork:
        return  # a machine without any network has none
    assert not ipaddress.ip_address(found).is_loopback
