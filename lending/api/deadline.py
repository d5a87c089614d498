"""An answer in time, or the news that there is none."""

import asyncio

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_catalog.text import Text
from lending.api.problems import answer

__all__ = ["Deadline"]

LATE = 504
TOO_LATE = Text(
    "在规定时间内没有答复。写入可能已完成：用同一个幂等键重试，或查看记录。",
    "there was no answer in time. What was to be written may be: ask again with the same "
    "idempotency key, or read the record.",
)


class Deadline:
    """Answers 504 when the service takes too long; what it does is finished unheard.

    A transaction is never torn apart: only the answer is given up.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app, self.seconds = app, seconds
        self.late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the service, but not for longer than agreed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        over = started = False

        async def heard(message: Message) -> None:
            nonlocal started
            if not over:
                started = True
                await send(message)

        task = asyncio.ensure_future(self.app(scope, receive, heard))
        await asyncio.wait({task}, timeout=self.seconds)
        if task.done():
            task.result()
            return
        over = True
        self.late.add(task)
        task.add_done_callback(self.late.discard)
        if not started:
            await answer(Request(scope), LATE, TOO_LATE)(scope, receive, send)
