"""A server of our own on the loopback interface, which serves files well or badly."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate


@dataclass
class Site:
    """What is served by path, and how; `requests` keeps path and headers of each request.

    Attributes
    ----------
    files
        Bytes by path.
    breaks
        After how many bytes of a file the connection breaks, the first time.
    answers
        Answers that come before the file: (status, headers).
    pause
        Seconds before each part of a file.
    lies
        Whether lengths are left out, so that a client can't see that a file was cut.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    breaks: dict[str, int] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    pause: float = 0
    lies: bool = False
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def asked(self, name: str) -> list[str]:
        """Give a header of each request, "" where it was not sent."""
        return [headers.get(name, "") for _, headers in self.requests]


class _Handler(http.server.BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        site.requests.append((self.path, dict(self.headers)))
        path = self.path.partition("//")[2]  # of a proxy the whole address is asked
        path = "/" + path.partition("/")[2] if path else self.path
        if waiting := site.answers.get(path):
            status, headers = waiting.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            return
        if path not in site.files:
            self.send_error(404)
            return
        self._serve(path, site.files[path])

    def _serve(self, path: str, body: bytes) -> None:
        tag = f'"{hash(body)}"'
        begin = 0
        if (wanted := self.headers.get("Range")) and self.headers.get("If-Range") == tag:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        if begin >= len(body) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        if not self.site.lies:
            self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        end = self.site.breaks.pop(path, len(body))
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough
            for start in range(begin, end, 4096):
                time.sleep(self.site.pause)
                self.wfile.write(body[start : min(start + 4096, end)])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve a site until the block ends."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
