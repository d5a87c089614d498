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

from data_catalog.disk_words import unreadable
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


CHECKPOINTS = Text("检查点文件", "the file of checkpoints")
PRIVATE = Text(
    "签署检查点的私钥（Ed25519，PEM）：gep pledge init 写出的 checkpoint.key",
    "the private key of checkpoints (Ed25519, PEM): the checkpoint.key of gep pledge init",
)
PUBLIC = Text(
    "核对检查点的公钥（Ed25519，PEM）：gep pledge init 写出的 checkpoint.pub",
    "the public key of checkpoints (Ed25519, PEM): the checkpoint.pub of gep pledge init",
)


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
                f"第 {number} 行不是检查点；应为“序号 摘要 签名”。",
                f"line {number} is no checkpoint; it must be: number digest signature.",
            )
            raise RegistryError(where=CHECKPOINTS, problem=problem) from error
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
        raise _no_key(given, PUBLIC, error) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(given, PUBLIC)
    return key


def _read_private_key(given: Path | bytes) -> Ed25519PrivateKey:
    try:
        words = given if isinstance(given, bytes) else given.read_bytes()
        key = load_pem_private_key(words, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(given, PRIVATE, error) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(given, PRIVATE)
    return key


def _no_key(given: Path | bytes, wanted: Text, why: Exception | None = None) -> RegistryError:
    where = Text("密钥", "key") if isinstance(given, bytes) else str(given)
    error = why if isinstance(why, OSError) else ValueError()
    return RegistryError(where=where, problem=unreadable(error, wanted))


def _message(seq: int, digest: str) -> bytes:
    return f"gep pledge checkpoint {seq} {digest}".encode()
