"""Personal fields: encrypted under a key per subject, which can be destroyed.

Each subject has a key of AES-256-GCM, wrapped (RFC 3394) by the registry's sealing key, which is
a file outside the database. Destroying the wrapped key leaves the sealed bytes where they are, so
the chain, which hashes them, still holds; nobody can read them again. A backup made before keeps
the wrapped key: destroy old backups too, or their sealing key.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy.orm import Session

from data_catalog.disk_words import unreadable
from data_catalog.text import Text
from lending.registry.errors import AgainstRecord, RegistryError
from lending.registry.tables import SubjectKey

__all__ = ["Sealer", "new_sealing_key"]

KEY_BITS = 256
NONCE_BYTES = 12
NO_KEY = Text(
    "没有打开登记库的封存密钥，个人信息不能读写。用 --sealing-key 给出密钥文件。",
    "no sealing key was given, so personal fields can be neither read nor written. Give its file "
    "with --sealing-key.",
)
WRONG_KEY = Text("封存密钥与登记库不符。", "the sealing key is not that of this registry.")
A_KEY = Text(
    "封存密钥：gep pledge init 写出的 sealing.key",
    "a sealing key: the sealing.key of gep pledge init",
)
DESTROYED = Text(
    "该当事人的密钥已销毁，个人信息无法再读写。",
    "the key of this subject was destroyed; its personal fields are sealed for good.",
)


def new_sealing_key() -> bytes:
    """Return a new key for a registry's personal fields."""
    return AESGCM.generate_key(KEY_BITS)


@dataclass(frozen=True)
class Sealer:
    """Encrypts and decrypts personal fields."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, given: Path | bytes) -> "Sealer":
        """Read the key from its file (hexadecimal), or take it."""
        if isinstance(given, bytes):
            return cls(given)
        try:
            key = bytes.fromhex(given.read_text("ascii").strip())
            AESGCM(key)
        except (OSError, ValueError) as error:
            raise RegistryError(where=str(given), problem=unreadable(error, A_KEY)) from error
        return cls(key)

    def new_key(self, subject_id: str) -> SubjectKey:
        """Return a new subject's wrapped key."""
        return SubjectKey(
            subject_id=subject_id,
            wrapped=aes_key_wrap(self.key, AESGCM.generate_key(KEY_BITS)),
            destroyed_at=None,
        )

    def seal(self, key: SubjectKey, name: str, words: str) -> bytes:
        """Return a field encrypted; its subject and name are bound to it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher(key).encrypt(nonce, words.encode(), _bound(key, name))

    def unseal(self, key: SubjectKey, name: str, sealed: bytes) -> str:
        """Return a field's words.

        Raises
        ------
        RegistryError
            If the key was destroyed or is another one, or the bytes were altered.
        """
        cipher = self._cipher(key)
        try:
            words = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(key, name))
        except InvalidTag as error:
            altered = Text(f"字段 {name} 已被改动。", f"the field {name} was altered.")
            raise RegistryError(where=key.subject_id, problem=altered) from error
        return words.decode()

    def _cipher(self, key: SubjectKey) -> AESGCM:
        if key.wrapped is None:
            raise AgainstRecord(where=key.subject_id, problem=DESTROYED)
        try:
            return AESGCM(aes_key_unwrap(self.key, key.wrapped))
        except InvalidUnwrap as error:
            raise RegistryError(where=key.subject_id, problem=WRONG_KEY) from error


def key_in(session: Session, subject_id: str) -> SubjectKey:
    """Return a subject's key."""
    found = session.get(SubjectKey, subject_id)
    if found is None:
        unknown = Text("没有这个当事人。", "there is no such subject.")
        raise RegistryError(where=subject_id, problem=unknown)
    return found


def needed(sealer: Sealer | None, where: str) -> Sealer:
    """Return the sealer, or say that a key is needed."""
    if sealer is None:
        raise RegistryError(where=where, problem=NO_KEY)
    return sealer


def _bound(key: SubjectKey, name: str) -> bytes:
    return f"{key.subject_id}|{name}".encode()
