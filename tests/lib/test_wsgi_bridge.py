"""The bridge from ASGI to WSGI: bodies, limits, files, streams."""

import asyncio
import threading

import pytest

from ventanilla.lib.proxies import networks
from ventanilla.lib.wsgi_bridge import IN_MEMORY, Bridge, FileBody


def ask(bridge, *, method="GET", path="/", headers=(), body=(b"",), client="127.0.0.1", **scope):
    """Send one request through the bridge; return status, headers and body."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": (client, 1234),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        **scope,
    }
    sent = []

    async def scenario():
        parts = list(body)

        async def receive():
            if not parts:
                await asyncio.Event().wait()
            part = parts.pop(0)
            if part is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message):
            sent.append(message)

        await bridge(scope, receive, send)

    asyncio.run(scenario())
    if not sent:
        return None, {}, b""
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:])


def says(environ, start_response):
    """Answer with what was asked."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Length", "1")])
    content = environ["wsgi.input"].read()
    return [
        f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['REMOTE_ADDR']} "
        f"{environ['wsgi.url_scheme']} {len(content)}".encode()
    ]


@pytest.fixture
def bridge():
    made = Bridge(says, threads=2, body_limit=3 * IN_MEMORY, patience=0.2)
    yield made
    made.close()


def length(number):
    return [("content-length", str(number))]


def test_a_request_and_its_answer(bridge):
    status, headers, body = ask(bridge, path="/tickets/é")

    assert (status, headers["content-type"]) == (200, "text/plain")
    assert body.decode() == "GET /tickets/é".encode().decode("latin-1") + " 127.0.0.1 http 0"


@pytest.mark.parametrize("size", [10, 2 * IN_MEMORY])
def test_a_body_arrives_whole_in_memory_or_in_a_file(bridge, size):
    halves = (b"x" * (size // 2), b"y" * (size // 2))

    _status, _headers, body = ask(bridge, method="POST", headers=length(size), body=halves)

    assert body.endswith(f" {size}".encode())


def test_a_body_without_a_length_is_counted(bridge):
    chunked = [("transfer-encoding", "chunked")]

    _status, _headers, body = ask(bridge, method="POST", headers=chunked, body=(b"abc", b"de"))

    assert body.endswith(b" 5")


def test_a_body_that_is_too_long_is_refused_before_it_is_read(bridge):
    status, _headers, _body = ask(bridge, method="POST", headers=length(4 * IN_MEMORY))

    assert status == 413


def test_a_body_that_turns_out_too_long_is_refused_on_the_way(bridge):
    chunked = [("transfer-encoding", "chunked")]
    parts = [b"x" * IN_MEMORY] * 4

    status, _headers, _body = ask(bridge, method="POST", headers=chunked, body=parts)

    assert status == 413


def test_a_client_that_stops_in_the_middle_is_not_waited_for(bridge):
    async def scenario():
        async def receive():
            await asyncio.Event().wait()

        sent = []

        async def send(message):
            sent.append(message)

        scope = {"method": "POST", "path": "/", "headers": [(b"content-length", b"10")]}
        await bridge(scope, receive, send)
        return sent[0]["status"]

    assert asyncio.run(scenario()) == 408


def test_a_client_that_left_gets_no_answer(bridge):
    assert ask(bridge, method="POST", headers=length(10), body=(None,))[0] is None


def test_names_with_underscores_and_forwarding_headers_do_not_reach_the_application():
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        start_response("204 No Content", [])
        return []

    bridge = Bridge(application)
    ask(
        bridge,
        headers=[
            ("x_user", "admin"),
            ("x-forwarded-host", "evil.test"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("accept", "text/html"),
        ],
    )
    bridge.close()

    assert "HTTP_X_USER" not in seen
    assert "HTTP_X_FORWARDED_HOST" not in seen
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["HTTP_ACCEPT"] == "text/html"


def test_only_a_trusted_proxy_may_say_who_asks():  # R27
    claim = [("x-forwarded-for", "198.51.100.7, 203.0.113.9"), ("x-forwarded-proto", "https")]
    bridge = Bridge(says, trusted=networks(["10.0.0.0/8"]))

    _status, _headers, stranger = ask(bridge, headers=claim, client="192.0.2.1")
    _status, _headers, proxied = ask(bridge, headers=claim, client="10.1.2.3")
    bridge.close()

    assert stranger == b"GET / 192.0.2.1 http 0"
    assert proxied == b"GET / 203.0.113.9 https 0"


def test_a_file_goes_out_without_the_thread_and_is_closed(tmp_path):
    (tmp_path / "picture").write_bytes(b"p" * 300_000)
    file = (tmp_path / "picture").open("rb")

    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", "300000")])
        return environ["wsgi.file_wrapper"](file)

    bridge = Bridge(application)
    status, _headers, body = ask(bridge)
    bridge.close()

    assert (status, len(body)) == (200, 300_000)
    assert file.closed


def test_a_whole_file_is_left_to_the_server_where_it_can_send_files(tmp_path):
    (tmp_path / "picture").write_bytes(b"p")

    def application(environ, start_response):
        start_response("200 OK", [])
        return FileBody((tmp_path / "picture").open("rb"))

    sent = []
    bridge = Bridge(application)

    async def scenario():
        async def send(message):
            sent.append(message)

        scope = {"method": "GET", "path": "/", "headers": []}
        scope["extensions"] = {"http.response.pathsend": {}}
        await bridge(scope, None, send)

    asyncio.run(scenario())
    bridge.close()

    assert sent[1] == {"type": "http.response.pathsend", "path": str(tmp_path / "picture")}


def test_a_stream_arrives_in_parts_and_is_closed_in_its_own_thread():
    threads = []

    class Stream:
        streaming = True

        def __iter__(self):
            for part in (b"one", b"two"):
                threads.append(threading.current_thread())
                yield part

        def close(self):
            threads.append(threading.current_thread())

    def application(environ, start_response):
        start_response("200 OK", [])
        return Stream()

    bridge = Bridge(application)
    status, _headers, body = ask(bridge)
    bridge.close()

    assert (status, body) == (200, b"onetwo")
    assert len(threads) == 3
    assert len(set(threads)) == 1


def test_more_requests_than_may_wait_are_told_to_come_back():
    bridge = Bridge(says, backlog=0)

    status, headers, _body = ask(bridge)
    bridge.close()

    assert (status, headers["retry-after"]) == (503, "2")


def test_an_application_that_fails_is_not_hidden():
    def application(environ, start_response):
        raise ZeroDivisionError

    bridge = Bridge(application)
    with pytest.raises(ZeroDivisionError):
        ask(bridge)
    bridge.close()
