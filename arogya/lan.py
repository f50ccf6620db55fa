"""A hub for the phones of one local network: what they reach it by, and the certificate that it shows them."""

from __future__ import annotations

import ipaddress
import re
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from arogya.running import write_private

VALID = timedelta(days=90)  # Apple takes at most 825 days (support page HT210176)
RENEWED_BEFORE = timedelta(days=14)
_SKEW = timedelta(days=1)  # a phone whose clock is behind
_ELSEWHERE = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): a route is looked up, nothing is sent
_WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - told apart, not bound
_HERE = ("localhost", "127.0.0.1", "::1")


class NoNetwork(Exception):
    """This machine has no address that a phone could open."""


class LanCertificate(NamedTuple):
    """Files in PEM, and what the phone's owner compares."""

    chain: Path
    key: Path
    authority: Path  # what a phone may be told to trust: it signed this one certificate, and its key is gone
    fingerprint: str  # SHA-256 of the certificate, as browsers show it


def address_of(host: str) -> str:
    """Return the address that phones open: the host to listen on, or what it stands for; raises `NoNetwork`."""
    if host not in _WILDCARDS:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            raise NoNetwork from None
        address: str = probe.getsockname()[0]
    if ipaddress.ip_address(address).is_loopback or address in _WILDCARDS:
        raise NoNetwork
    return address


def names_for(address: str) -> list[str]:
    """Return what else than the address leads to this machine from the network: its mDNS name (RFC 6762)."""
    name = socket.gethostname().partition(".")[0].lower()
    return [address, f"{name}.local"] if re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) else [address]


def origins_of(names: list[str], port: int) -> tuple[str, ...]:
    """Return the Origins of browsers that open these names."""
    suffix = "" if port == 443 else f":{port}"
    return tuple(f"https://{f'[{name}]' if ':' in name else name}{suffix}" for name in names)


def certificate(folder: Path, names: list[str], now: datetime) -> LanCertificate:
    """Return the certificate that is kept in a folder for these names, made anew where it is missing or runs out."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    chain, key, authority = folder / "certificate.pem", folder / "key.pem", folder / "authority.pem"
    kept = _kept(chain) if key.exists() and authority.exists() else None
    if kept is None or _names_in(kept) != _all_names(names) or kept.not_valid_after_utc - now < RENEWED_BEFORE:
        kept = _make(names, now, chain, key, authority)
    return LanCertificate(chain, key, authority, kept.fingerprint(hashes.SHA256()).hex(":").upper())


def _all_names(names: list[str]) -> set[str]:
    return {*names, *_HERE}


def _kept(chain: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(chain.read_bytes())
    except (OSError, ValueError):
        return None


def _names_in(kept: x509.Certificate) -> set[str]:
    found = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def _make(names: list[str], now: datetime, chain: Path, key: Path, authority: Path) -> x509.Certificate:
    """Write a certificate of an authority that signs nothing else, ever: its key is not kept."""
    signing, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name(f"Arogya Hub authority of {names[-1]}")
    root = (
        _builder(issuer, issuer, signing.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    leaf = (
        _builder(issuer, _name(names[0]), own.public_key(), now)
        .add_extension(x509.SubjectAlternativeName([_alternative(one) for one in _all_names(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    write_private(key, own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    write_private(authority, root.public_bytes(Encoding.PEM).decode())
    write_private(chain, (leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)).decode())
    return leaf


def _builder(
    issuer: x509.Name, subject: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + VALID)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
