"""Who asks: the user, what the role may do, own tokens."""

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy import select, text

from data_catalog.errors import UnknownNameError
from data_catalog.text import Text
from lending.api.findings import Words
from lending.api.paging import Page, cut
from lending.api.routes.names import Number, Pages
from lending.api.views import TokenView
from lending.api.visit import At, Desk
from lending.registry.roles import actions, roles
from lending.registry.tables import Token
from lending.registry.users import revoke_token

__all__ = ["health", "me", "own_tokens", "revoke_own_token"]


class Health(BaseModel):
    """That the service answers, and its registry too."""

    status: str


class Me(BaseModel):
    """A user, the role, and what it may do."""

    user_id: str
    organisation: str
    role: str
    role_title: Words
    may: dict[str, Words]


def health(request: Request) -> Health:
    """Answer, after asking the registry."""
    desk: Desk = request.app.state.desk
    with desk.registry.reading() as session:
        session.execute(text("SELECT 1"))
    return Health(status="ok")


def me(at: At) -> Me:
    """Return who asks."""
    mine = {name: what for name, what in actions().items() if at.user.role in what.allowed}
    return Me(
        user_id=at.user.user_id, organisation=at.user.organisation, role=at.user.role,
        role_title=Words.of(roles()[at.user.role]),
        may={name: Words.of(what.title) for name, what in mine.items()},
    )  # fmt: skip


def own_tokens(at: At, page: Pages) -> Page[TokenView]:
    """Return the caller's tokens."""
    wanted = select(Token).where(Token.user_id == at.user.user_id)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Token.token_id, page)
        return Page(items=[TokenView.model_validate(row) for row in rows], next=after)


def revoke_own_token(at: At, token_id: Number) -> TokenView:
    """End the life of one of the caller's tokens."""
    with at.registry.reading() as session:
        token = session.get(Token, token_id)
        if token is None or token.user_id != at.user.user_id:
            raise UnknownNameError(
                where="tokens", name=str(token_id), kind=Text("令牌", "token"), hint=""
            )
    return TokenView.model_validate(revoke_token(at.registry, token_id))
