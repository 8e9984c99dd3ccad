"""A stand-in of a vendor's API: a real HTTP server on loopback, with state, and faults on demand.

It keeps what a test put into it, never what a connector hopes for. A fault is armed by name and
strikes the requests whose path matches; the log of requests says what was really asked.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route


@dataclass
class Fault:
    """Something that goes wrong with requests whose path matches.

    After `skip` requests it strikes `times` times. Exactly one of these says what happens:
    `status` (with `headers` and `body`) instead of the answer; `cut`: the body breaks off after so
    many bytes; `drop`: the connection closes without an answer; `slow`: seconds before each chunk
    of the body; `call`: something happens to the state before the answer is made.
    """

    path: str  # regular expression, searched in "METHOD /path?query"
    times: int = 1
    skip: int = 0
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    drop: bool = False
    slow: float | None = None
    call: Callable[[], object] | None = None
    struck: int = 0


class Standin:
    """A server in a thread; its routes are the methods a subclass lists in `routes`.

    A route is an async function of a Starlette request; it reads and changes the state under
    `lock`. `url` is where it listens. Use as a context manager.
    """

    certificate: tuple[Path, Path] | None = None  # files of a certificate and its key: TLS

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.log: list[str] = []  # "METHOD /path?query" of every request, in order
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def routes(self) -> list[Route]:
        """Return the routes; every subclass has its own."""
        raise NotImplementedError

    def fail(self, path: str, **how: Any) -> Fault:
        """Arm a fault."""
        made = Fault(path, **how)
        self.faults.append(made)
        return made

    def __enter__(self) -> Self:
        # the protocol by name: only so asyncio turns off Nagle, which waits 40 ms on loopback
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = Starlette(routes=self.routes())
        extra: dict[str, Any] = {}
        if self.certificate is not None:
            extra = {"ssl_certfile": self.certificate[0], "ssl_keyfile": self.certificate[1]}
        config = uvicorn.Config(
            _Faulty(app, self),
            log_level="critical",
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=1,  # connections are closed, not left to the collector
            **extra,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the stand-in did not start")
            threading.Event().wait(0.01)
        self.url = f"{'https' if self.certificate else 'http'}://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = True
        self._thread.join(5)


class _Faulty:
    """The application, with the armed faults before it."""

    def __init__(self, app: Starlette, standin: Standin) -> None:
        self.app, self.standin = app, standin

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        query = f"?{request.url.query}" if request.url.query else ""
        said = f"{request.method} {request.url.path}{query}"
        with self.standin.lock:
            self.standin.log.append(said)
            fault = self._armed(said)
        if fault is None:
            await self.app(scope, receive, send)
            return
        if fault.call is not None:
            with self.standin.lock:
                fault.call()
            await self.app(scope, receive, send)
        elif fault.status is not None:
            await Response(fault.body, fault.status, fault.headers)(scope, receive, send)
        else:
            await self._broken(fault, scope, receive, send)

    def _armed(self, said: str) -> Fault | None:
        for fault in self.standin.faults:
            if not re.search(fault.path, said):
                continue
            fault.struck += 1
            if fault.skip < fault.struck <= fault.skip + fault.times:
                return fault
        return None

    async def _broken(self, fault: Fault, scope: Any, receive: Any, send: Any) -> None:
        """Take the real answer and send it cut, slow or not at all."""
        head: dict[str, Any] = {}
        body = bytearray()

        async def collect(message: Any) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            else:
                body.extend(message.get("body", b""))

        await self.app(scope, receive, collect)
        if fault.drop:
            await send({**head, "headers": [(b"content-length", b"1000000")]})
            return  # the server closes a connection whose body never came
        if fault.cut is not None:
            await send(head)
            await send({
                "type": "http.response.body", "body": bytes(body[: fault.cut]), "more_body": True,
            })  # fmt: skip
            return
        pause = fault.slow or 0.0

        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 1024):
                await asyncio.sleep(pause)
                yield bytes(body[start : start + 1024])

        headers = {k.decode(): v.decode() for k, v in head["headers"]}
        await StreamingResponse(chunks(), head["status"], headers)(scope, receive, send)
