"""Checkpoints: the digest of the newest event, signed with a key that is not in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from data_catalog.text import Text
from lending.registry import journal
from lending.registry.errors import RegistryError
from lending.registry.opening import Registry
from lending.registry.tables import Checkpoint, User

__all__ = [
    "Signed",
    "checkpoint",
    "holds",
    "new_signing_key",
    "read_checkpoints",
    "read_public_key",
]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The digest of an event with its signature, as it is kept outside the registry."""

    seq: int
    digest: str
    signature: str

    def line(self) -> str:
        """Return it as a line of a file."""
        return f"{self.seq} {self.digest} {self.signature}"


def new_signing_key() -> tuple[bytes, bytes]:
    """Return a new private and public key, PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def checkpoint(registry: Registry, user: User, private_key: Path | bytes) -> Signed:
    """Sign the newest event; keep the returned line where nobody can change it.

    Raises
    ------
    RegistryError
        If the key cannot be read.
    """
    key = _read_private_key(private_key)
    with registry.acting(user, "checkpoint", "registry") as act:
        last = journal.head(act.session)
        seq, digest = (last.seq, last.digest) if last else (0, journal.ORIGIN)
        signature = key.sign(_message(seq, digest)).hex()
        row = Checkpoint(seq=seq, digest=digest, signature=signature, signed_at=act.time)
        act.session.add(row)
    return Signed(seq=seq, digest=digest, signature=signature)


def holds(signed: Signed, key: Ed25519PublicKey) -> bool:
    """Return whether the signature is that of the key's owner."""
    try:
        key.verify(bytes.fromhex(signed.signature), _message(signed.seq, signed.digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def read_checkpoints(lines: Iterable[str]) -> list[Signed]:
    """Read checkpoints kept outside the registry, a line each.

    Raises
    ------
    RegistryError
        If a line is none.
    """
    found = []
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts:
            continue
        try:
            seq, digest, signature = parts
            found.append(Signed(seq=int(seq), digest=digest, signature=signature))
        except ValueError as error:
            problem = Text(
                "不是检查点：序号 摘要 签名。", "is no checkpoint: number digest signature."
            )
            raise RegistryError(where=f"line {number}", problem=problem) from error
    return found


def read_public_key(given: Path | bytes) -> Ed25519PublicKey:
    """Return a public key from PEM.

    Raises
    ------
    RegistryError
        If it is none.
    """
    try:
        key = load_pem_public_key(given if isinstance(given, bytes) else given.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(given, error) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(given, type(key).__name__)
    return key


def _read_private_key(given: Path | bytes) -> Ed25519PrivateKey:
    try:
        words = given if isinstance(given, bytes) else given.read_bytes()
        key = load_pem_private_key(words, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(given, error) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(given, type(key).__name__)
    return key


def _no_key(given: Path | bytes, why: object) -> RegistryError:
    where = "key" if isinstance(given, bytes) else str(given)
    problem = Text(f"不是 Ed25519 密钥（PEM）：{why}", f"is no Ed25519 key (PEM): {why}")
    return RegistryError(where=where, problem=problem)


def _message(seq: int, digest: str) -> bytes:
    return f"gep pledge checkpoint {seq} {digest}".encode()
