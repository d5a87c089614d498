"""Users and their tokens. Recording them is the operator's own act, open to none of the roles."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import func, select

from data_catalog.text import Text
from lending.registry.errors import NotAllowed, RegistryError
from lending.registry.opening import Registry
from lending.registry.roles import roles
from lending.registry.tables import Token, User

__all__ = ["issue_token", "record_user", "revoke_token", "user_of_token"]

TOKEN_BYTES = 32
TOKEN = Text("令牌", "token")
REFUSED = Text("令牌无效、已过期或已撤销。", "the token is unknown, expired or revoked.")


def record_user(
    registry: Registry, user_id: str, role: str, organisation: str, *, active: bool = True
) -> User:
    """Record a user, or a user's new role, organisation or stop.

    Raises
    ------
    RegistryError
        If there is no such role.
    """
    if role not in roles():
        known = ", ".join(roles())
        problem = Text(f"没有角色 {role}；可用：{known}。", f"no role {role!r}; known: {known}.")
        raise RegistryError(where=user_id, problem=problem)
    with registry.acting(None, "record_user", user_id) as act:
        user = act.session.get(User, user_id)
        if user is None:
            user = User(user_id=user_id, recorded_at=act.time)
            act.session.add(user)
        user.role, user.organisation, user.active = role, organisation, active
    return user


def issue_token(registry: Registry, user_id: str, *, expires_at: datetime) -> str:
    """Return a new token of a user. Only its SHA-256 is kept, so it is told this once."""
    words = secrets.token_urlsafe(TOKEN_BYTES)
    registry.user(user_id)
    with registry.acting(None, "issue_token", user_id) as act:
        number = act.session.scalar(select(func.max(Token.token_id))) or 0
        token = Token(
            token_id=number + 1, user_id=user_id, digest=_digest(words), issued_at=act.time,
            expires_at=expires_at, revoked_at=None,
        )  # fmt: skip
        act.session.add(token)
    return words


def revoke_token(registry: Registry, token_id: int) -> Token:
    """End a token's life.

    Raises
    ------
    RegistryError
        If there is none of this number.
    """
    with registry.acting(None, "revoke_token", str(token_id)) as act:
        token = act.session.get(Token, token_id)
        if token is None:
            where = Text(f"令牌 {token_id}", f"token {token_id}")
            raise RegistryError(where=where, problem=REFUSED)
        token.revoked_at = token.revoked_at or act.time
    return token


def user_of_token(registry: Registry, words: str) -> User:
    """Return whose token this is.

    Raises
    ------
    NotAllowed
        If nobody's, or it is expired or revoked, or the user was stopped.
    """
    with registry.reading() as session:
        wanted = (
            select(User, Token)
            .join(Token, Token.user_id == User.user_id)
            .where(Token.digest == _digest(words))
        )
        found = session.execute(wanted).one_or_none()
        session.expunge_all()
    if found is None:
        raise NotAllowed(user=TOKEN, problem=REFUSED)
    user, token = found
    if token.revoked_at or token.expires_at <= registry.clock() or not user.active:
        raise NotAllowed(user=TOKEN, problem=REFUSED)
    return user


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
