"""Downloads that go on where they broke off, wait as a server asks, and end whole or say why not.

`requests` does the fetching, so that HTTP_PROXY, HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE
hold; urllib3's Retry waits for as long as a server asks (Retry-After), or ever longer.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tqdm import tqdm
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from twinscreen import __version__
from twinscreen.files import InputError

logger = logging.getLogger(__name__)
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

_CHUNK = 1 << 20
#: Too many requests, and faults of a server that may pass.
_PASSING = (429, 500, 502, 503, 504)
_REMEDIES = {
    **dict.fromkeys(
        (404, 410),
        "look for the new address at the source, and put your own list of official sources in"
        " place of the package's",
    ),
    **dict.fromkeys((401, 403), "the source asks for a login or bars programs: fetch it by hand"),
    429: "the source wants fewer requests: run again later",
}


@dataclass(frozen=True)
class Connection:
    """How patient downloads are.

    Attributes
    ----------
    attempts
        How often a request or a broken download is tried again.
    patience
        Seconds without any data after which a connection is given up.
    longest_wait
        Largest number of seconds between two attempts, whatever a server asks.
    backoff
        Seconds before the second attempt without such a wish; each further wait is twice as long.
    """

    attempts: int = 5
    patience: float = 60
    longest_wait: int = 600
    backoff: float = 1

    def session(self) -> requests.Session:
        """Open a session that retries by itself until an answer begins."""
        session = requests.Session()
        session.headers["User-Agent"] = f"twinscreen/{__version__}"
        # a compressed file stays as it is, and ranges fit
        session.headers["Accept-Encoding"] = "identity"
        retry = _Retry(
            total=self.attempts,
            status_forcelist=_PASSING,
            allowed_methods=["GET"],
            backoff_factor=self.backoff,
            backoff_max=self.longest_wait,
            respect_retry_after_header=True,
            retry_after_max=self.longest_wait,
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        return session

    def answer(
        self, session: requests.Session, url: str, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Ask for an address, and return the answer whose body is still to be read.

        Raises
        ------
        InputError
            The server can't be reached, or answers that it won't give the file.
        """
        try:
            response = session.get(url, headers=headers, stream=True, timeout=(30, self.patience))
        except requests.RequestException as error:
            proxy = isinstance(error, requests.exceptions.ProxyError)
            who = "the proxy" if proxy else "the server"
            raise InputError(
                file=url,
                found=f"{who} can't be reached or gives no answer: {_said(error)}",
                expected=f"an answer within {self.patience:g} s",
                remedy="check the network, HTTP_PROXY and HTTPS_PROXY, name a mirror, or put the"
                " file into the cache yourself (with `offline` it is said where)",
            ) from error
        if response.status_code in (200, 206) or (response.status_code == 416 and headers):
            return response
        raise InputError(
            file=url,
            found=f"the answer {response.status_code} {response.reason}",
            expected="the file",
            remedy=_REMEDIES.get(
                response.status_code, "run again later: the fault is the server's own"
            ),
        )


def download(url: str, part: Path, connection: Connection) -> None:
    """Download a file into a part, from where an earlier try ended.

    Parameters
    ----------
    url
        Address of the file.
    part
        The part; `note_of` it stands which version of the file it is of, so that it is never
        continued by another.
    connection
        How patient to be.

    Raises
    ------
    InputError
        The file can't be fetched; what there is of it is kept.
    """
    logger.info("fetching %s", url)
    part.touch()
    with connection.session() as session:
        for attempt in range(connection.attempts + 1):
            try:
                return _download_rest(session, url, part, connection)
            except (requests.RequestException, HTTPError, ConnectionError) as error:
                kept = part.stat().st_size
                if attempt == connection.attempts:
                    raise InputError(
                        file=url,
                        found=f"the connection broke off {attempt + 1} times ({_said(error)})",
                        expected="the whole file",
                        remedy=f"run again: {kept} bytes are kept in {part}, and it goes on there",
                    ) from error
                logger.warning("broke off after %d bytes (%s): going on", kept, _said(error))
                time.sleep(min(connection.backoff * 2**attempt, connection.longest_wait))
    return None


def note_of(part: Path) -> Path:
    """Return the file that says which version of a file a part is of."""
    return part.with_name(f"{part.name}.version")


def _download_rest(session: requests.Session, url: str, part: Path, connection: Connection) -> None:
    """Ask for what is missing of a part, and add it; begin anew where the file has changed."""
    have, note = part.stat().st_size, note_of(part)
    version = note.read_text(encoding="utf-8") if note.is_file() else ""
    asked = {"Range": f"bytes={have}-", "If-Range": version} if have and version else None
    response = connection.answer(session, url, asked)
    span = response.headers.get("Content-Range", "")
    if response.status_code == 416:  # nothing is left to ask for, or the file became shorter
        if span == f"bytes */{have}":
            return
        response = connection.answer(session, url)
    goes_on = response.status_code == 206
    if goes_on and not span.startswith(f"bytes {have}-"):
        raise requests.RequestException(f"the server sent {span or 'another part'}")
    note.write_text(_version(response), encoding="utf-8")
    before = have if goes_on else 0
    left = response.headers.get("Content-Length")
    with (
        open(part, "ab" if goes_on else "wb") as file,
        tqdm(
            total=before + int(left) if left else None,
            initial=before,
            desc=part.stem,
            unit="B",
            unit_scale=True,
            disable=None,  # on a console alone
            leave=False,
        ) as shown,
    ):
        while chunk := response.raw.read(_CHUNK, decode_content=False):
            file.write(chunk)
            shown.update(len(chunk))


def _version(response: requests.Response) -> str:
    """Return what tells one version of a file from another; "" where the server doesn't say."""
    tag = str(response.headers.get("ETag", ""))
    strong = tag and not tag.startswith("W/")
    return tag if strong else str(response.headers.get("Last-Modified", ""))


def _said(error: Exception) -> str:
    """Say the innermost reason of a failure in one line."""
    inner = error
    while isinstance(
        cause := getattr(inner, "reason", None) or next(iter(inner.args), None), Exception
    ):
        inner = cause
    return " ".join(str(inner).split())[:200] or type(inner).__name__


class _Retry(Retry):
    """Says that it tries again; urllib3's own words are for programmers."""

    def increment(self, *args: Any, **kwargs: Any) -> Self:
        """Count an attempt; raises once there are enough."""
        following = super().increment(*args, **kwargs)
        logger.warning("no file yet: asking again")
        return following


def links_of(url: str, connection: Connection) -> list[str]:
    """List the names of what the page of a folder links to.

    Raises
    ------
    InputError
        The page can't be fetched.
    """
    links = _Links()
    with connection.session() as session:
        response = connection.answer(session, url)
        try:
            links.feed(response.text)
        except requests.RequestException as error:
            raise InputError(
                file=url,
                found=f"the connection broke off ({_said(error)})",
                expected="the page of a folder",
                remedy="run again",
            ) from error
    return sorted({unquote(urlsplit(link).path).rpartition("/")[2] for link in links.found})


class _Links(HTMLParser):
    """Collects what a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of a link."""
        self.found += [value for key, value in attrs if tag == "a" and key == "href" and value]
