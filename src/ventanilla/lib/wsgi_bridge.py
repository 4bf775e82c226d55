"""An ASGI application that runs a WSGI application in threads.

Bodies are taken in by the event loop, to memory and from 1 MB on to a file, so a slow client
holds no thread; files go out by the event loop too. Only the application itself takes a thread.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ventanilla.lib.proxies import FORWARDED, Network, seen_through

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

IN_MEMORY = 1_000_000  # bytes of a body before it goes to a file
BLOCK = 128 * 1024


@dataclass
class Bridge:
    """The WSGI application behind a pool of threads.

    body_limit   bytes; a longer body is refused with 413
    patience     seconds that a client may leave us waiting for the next part of a body
    backlog      requests that may wait for a thread; beyond that the answer is 503
    """

    application: Callable[..., Iterable[bytes]]
    threads: int = 4
    body_limit: int = 60_000_000
    patience: float = 30
    backlog: int = 256
    trusted: Sequence[Network] = ()
    waiting: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="web")

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.waiting >= self.backlog:
            return await refuse(send, 503, b"Busy. Try again in a moment.", retry_after=2)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            status = await self._take_body(scope, receive, body)
            if status == 413:
                return await refuse(send, 413, b"The request is larger than this server takes.")
            if status == 408:
                return await refuse(send, 408, b"The request did not arrive in time.")
            if status == 0:
                return None
            environ = make_environ(scope, body, self.trusted)
            self.waiting += 1
            try:
                loop = asyncio.get_running_loop()
                call = _Call(self.application, environ, loop, send)
                answer = await loop.run_in_executor(self._pool, call.run)
            finally:
                self.waiting -= 1
            if isinstance(answer, FileBody):
                await _send_file(call, answer, scope, send)
            elif answer is not None:
                await send(call.opening())
                await send({"type": "http.response.body", "body": answer})
        return None

    async def _take_body(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        """Write the body to the file; return 200, 413, 408, or 0 when the client went away."""
        length = _header(scope, b"content-length")
        if length is not None and length.isdigit() and int(length) > self.body_limit:
            return 413
        if length is None and _header(scope, b"transfer-encoding") is None:
            return 200
        taken, more = 0, True
        while more:
            try:
                message = await asyncio.wait_for(receive(), self.patience)
            except TimeoutError:
                return 408
            if message["type"] != "http.request":
                return 0
            taken += len(part := message.get("body", b""))
            if taken > self.body_limit:
                return 413
            body.write(part)
            more = message.get("more_body", False)
        body.seek(0)
        return 200


async def refuse(send: Send, status: int, text: bytes, *, retry_after: int | None = None) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def make_environ(scope: Scope, body: IO[bytes], trusted: Sequence[Network]) -> dict[str, Any]:
    """Return the WSGI environment of a request.

    Names with an underscore are dropped: they would pass for the ones with a hyphen. Forwarding
    headers have done their work here and go no further.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if "_" not in name:
            between = "; " if name == "cookie" else ","
            headers[name] = f"{headers[name]}{between}{value}" if name in headers else value
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("", 0)
    address, scheme = seen_through(client[0], scope.get("scheme", "http"), headers, trusted)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "REMOTE_ADDR": address,
        "SERVER_NAME": server[0] or "localhost",
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody,
    }
    for name, value in headers.items():
        if name in FORWARDED:
            continue
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    if "CONTENT_LENGTH" not in environ and "transfer-encoding" in headers:
        environ["CONTENT_LENGTH"] = str(body.seek(0, 2))
        body.seek(0)
    return environ


class FileBody:
    """A file that the application answers with (PEP 3333's wsgi.file_wrapper)."""

    def __init__(self, file: IO[bytes], block: int = BLOCK):
        self.file, self.block = file, block

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block), b"")

    def path(self) -> Path | None:
        """Return where the whole file lies on this machine's disk, if it does."""
        name = getattr(self.file, "name", None)
        with suppress(OSError, AttributeError, ValueError):
            if isinstance(name, str) and self.file.tell() == 0 and Path(name).is_file():
                return Path(name).absolute()
        return None

    def close(self) -> None:
        self.file.close()


class _Call:
    """One request in its thread."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        environ: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
        send: Send,
    ):
        self.application, self.environ, self.loop, self.send = application, environ, loop, send
        self.status, self.headers = 500, []  # type: tuple[int, Headers]

    def run(self) -> bytes | FileBody | None:
        """Call the application. A whole body or a file is returned, for the event loop to send;
        a stream is sent from here, and the thread kept until its end."""
        answer = self.application(self.environ, self.start_response)
        if isinstance(answer, FileBody):
            return answer
        try:
            if not getattr(answer, "streaming", False):
                return b"".join(answer)
            for part in answer:
                self._emit(part, more=True)
            self._emit(b"", more=False)
        except _Gone:
            return None
        finally:
            if close := getattr(answer, "close", None):
                close()
        return None

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        self._started = False
        return lambda part: self._emit(part, more=True)

    def _emit(self, part: bytes, *, more: bool) -> None:
        """Hand a part to the event loop and wait until the client has room for the next."""
        sending = asyncio.run_coroutine_threadsafe(self._pass_on(part, more), self.loop)
        try:
            sending.result(60)
        except Exception as error:
            sending.cancel()
            raise _Gone from error

    async def _pass_on(self, part: bytes, more: bool) -> None:
        if not self._started:
            self._started = True
            await self.send(self.opening())
        await self.send({"type": "http.response.body", "body": part, "more_body": more})

    def opening(self) -> Message:
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}


class _Gone(Exception):
    """The client left, or takes nothing any more."""


async def _send_file(call: _Call, file: FileBody, scope: Scope, send: Send) -> None:
    try:
        await send(call.opening())
        path = await asyncio.to_thread(file.path)
        if path is not None and "http.response.pathsend" in (scope.get("extensions") or {}):
            await send({"type": "http.response.pathsend", "path": str(path)})
            return
        while part := await asyncio.to_thread(file.file.read, BLOCK):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await asyncio.to_thread(file.close)


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key.lower() == name), None)
