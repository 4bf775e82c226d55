"""A tiny S3 on a local port: keeps objects in a dictionary and checks every request's signature."""

import hashlib
import hmac
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET_KEY, REGION = "test-access", "test-secret", "eu-test-1"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)"
)


class FakeS3(ThreadingHTTPServer):
    """`objects` maps "/bucket/key" to bytes; `page` is how many keys one listing shows."""

    def __init__(self, page: int = 2):
        super().__init__(("127.0.0.1", 0), _Request)
        self.objects: dict[str, bytes] = {}
        self.page = page
        self.broken = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Request(BaseHTTPRequestHandler):
    server: FakeS3
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self._body()
        if self._refused(body):
            return
        self.server.objects[self._path()] = body
        self._answer(200)

    def do_GET(self):
        if self._refused(b""):
            return
        if "list-type" in self._query():
            self._answer(200, self._listing())
        elif self._path() in self.server.objects:
            self._answer(200, self.server.objects[self._path()])
        else:
            self._error(404, "NoSuchKey")

    def do_HEAD(self):
        if self._refused(b""):
            return
        known = self.server.objects.get(self._path())
        self.send_response(404 if known is None else 200)
        self.send_header("Content-Length", str(len(known or b"")))
        self.send_header("Last-Modified", self.date_time_string())
        self.end_headers()

    def do_DELETE(self):
        if self._refused(b""):
            return
        self.server.objects.pop(self._path(), None)
        self._answer(204)

    def log_message(self, *args):
        """Stay silent."""

    def _refused(self, body: bytes) -> bool:
        if self.server.broken:
            self._error(503, "SlowDown")
        elif hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            self._error(400, "XAmzContentSHA256Mismatch")
        elif not self._is_signed():
            self._error(403, "SignatureDoesNotMatch")
        else:
            return False
        return True

    def _is_signed(self) -> bool:
        match = _AUTHORIZATION.fullmatch(self.headers["Authorization"] or "")
        if not match or match[1] != ACCESS_KEY:
            return False
        scope, names, signature = match[2], match[3].split(";"), match[4]
        pairs = sorted((quote(k, "-_.~"), quote(v, "-_.~")) for k, v in self._query().items())
        canonical = "\n".join(
            [
                self.command,
                urlsplit(self.path).path,
                "&".join(f"{k}={v}" for k, v in pairs),
                *(f"{name}:{(self.headers[name] or '').strip()}" for name in names),
                "",
                match[3],
                self.headers["x-amz-content-sha256"],
            ]
        )
        key = b"AWS4" + SECRET_KEY.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, digest])
        expected = hmac.new(key, text.encode(), "sha256").hexdigest()
        return scope.split("/")[1:3] == [REGION, "s3"] and signature == expected

    def _listing(self) -> bytes:
        query = self._query()
        bucket = self._path().rstrip("/") + "/"
        start = f"{bucket}{query.get('prefix', '')}"
        keys = sorted(k for k in self.server.objects if k.startswith(start))
        after = [k for k in keys if k > query.get("continuation-token", "")]
        shown, more = after[: self.server.page], len(after) > self.server.page
        contents = "".join(
            f"<Contents><Key>{escape(key.removeprefix(bucket))}</Key></Contents>" for key in shown
        )
        token = f"<NextContinuationToken>{shown[-1]}</NextContinuationToken>" if more else ""
        return (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}"
            f"{contents}</ListBucketResult>"
        ).encode()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def _path(self) -> str:
        return urlsplit(self.path).path

    def _query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def _error(self, status: int, code: str) -> None:
        self._answer(
            status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        )

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)
