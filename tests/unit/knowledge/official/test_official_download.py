"""Fetching official releases from a server that serves well, badly, slowly or not at all."""

import gzip
import hashlib
import json
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from official_site import Site, serving
from twinscreen.files import InputError
from twinscreen.knowledge.official.cache import Access, fetch_release, parse_mirrors
from twinscreen.knowledge.official.download import Connection
from twinscreen.knowledge.official.registry import OfficialFile, OfficialSource

BODY = random.Random(1).randbytes(300_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
PATH = "/pub/release/table.bin"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    with serving(Site({PATH: BODY})) as site:
        yield site


def release(url: str, *, sha256: str | None = SHA256, **other: Any) -> OfficialSource:
    name = url.rstrip("/").rpartition("/")[2]
    file = OfficialFile("table", url, sha256, **{"name": name, **other})
    terms = dict.fromkeys(("content", "release", "licence", "citation", "attribution"), "a text")
    return OfficialSource(
        "tiny",
        date=None,
        commercial="allowed",
        tables=("drugs",),
        files={"table": file},
        folder="tiny-1",
        **terms,
    )


def access(folder: Path, **other: Any) -> Access:
    connection = Connection(**{"attempts": 2, "patience": 2, "backoff": 0, **other.pop("how", {})})
    return Access(folder, connection=connection, **other)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def fault(source: OfficialSource, how: Access) -> InputError:
    with pytest.raises(InputError) as caught:
        fetch_release(source, how)
    return caught.value


def test_a_file_is_fetched_once_and_stands_alone(tmp_path: Path, site: Site):
    for _ in range(2):
        found = fetch_release(release(site.url + PATH), access(tmp_path))
    assert found["table"].read_bytes() == BODY
    assert kept(tmp_path) == ["table.bin"]
    assert len(site.requests) == 1


def test_jobs_that_want_the_same_file_fetch_it_once(tmp_path: Path, site: Site):
    site.pause = 0.002
    source, how = release(site.url + PATH, sha256=None), access(tmp_path)
    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(fetch_release, source, how) for _ in range(3)]
        assert {job.result()["table"].read_bytes() for job in jobs} == {BODY}
    assert len(site.requests) == 1
    assert [name for name in kept(tmp_path) if "table" in name] == ["table.bin"]


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path, site: Site):
    site.breaks[PATH] = 100_000
    found = fetch_release(release(site.url + PATH), access(tmp_path))
    assert found["table"].read_bytes() == BODY
    assert site.asked("Range") == ["", "bytes=100000-"]


def test_a_later_run_goes_on_where_an_earlier_one_ended(tmp_path: Path, site: Site):
    site.breaks[PATH] = 100_000
    told = fault(release(site.url + PATH), access(tmp_path, how={"attempts": 0}))
    assert "broke off" in told.found
    assert "100000 bytes are kept" in told.remedy
    assert kept(tmp_path) == ["table.bin.part", "table.bin.part.version"]
    found = fetch_release(release(site.url + PATH), access(tmp_path))
    assert found["table"].read_bytes() == BODY
    assert site.asked("Range")[-1] == "bytes=100000-"


def test_a_part_is_never_continued_by_another_version(tmp_path: Path, site: Site):
    site.breaks[PATH] = 100_000
    fault(release(site.url + PATH, sha256=None), access(tmp_path, how={"attempts": 0}))
    site.files[PATH] = BODY[::-1]
    found = fetch_release(release(site.url + PATH, sha256=None), access(tmp_path))
    assert found["table"].read_bytes() == BODY[::-1]


def test_a_part_that_was_whole_is_not_fetched_again(tmp_path: Path, site: Site):
    place = tmp_path / "official" / "tiny-1" / "table.bin"
    fetch_release(release(site.url + PATH), access(tmp_path))
    place.rename(f"{place}.part")
    Path(f"{place}.part.version").write_text(f'"{hash(BODY)}"')
    fetch_release(release(site.url + PATH), access(tmp_path))
    assert place.read_bytes() == BODY
    assert site.asked("Range") == ["", "bytes=300000-"]


def test_a_wrong_sha256_leaves_nothing(tmp_path: Path, site: Site):
    told = fault(release(site.url + PATH, sha256="0" * 64), access(tmp_path))
    assert told.found == f"a download with the sha256 {SHA256}"
    assert told.expected == "sha256 " + "0" * 64
    assert kept(tmp_path) == []


def test_a_wrong_file_in_the_cache_is_replaced(tmp_path: Path, site: Site):
    found = fetch_release(release(site.url + PATH), access(tmp_path))
    found["table"].write_bytes(b"damaged")
    fetch_release(release(site.url + PATH), access(tmp_path))
    assert found["table"].read_bytes() == BODY


def test_what_was_first_fetched_is_held_to(tmp_path: Path, site: Site):
    source, lock = release(site.url + PATH, sha256=None), tmp_path / "lock.json"
    found = fetch_release(source, access(tmp_path / "one", lock=lock))
    assert json.loads(lock.read_text())[site.url + PATH]["sha256"] == SHA256
    site.files[PATH] = b"another release"
    told = fault(source, access(tmp_path / "two", lock=lock))
    assert "another file than the one first fetched" in told.found
    assert SHA256 in told.expected
    assert kept(tmp_path / "two") == []
    found["table"].write_bytes(b"damaged")
    assert "another file" in fault(source, access(tmp_path / "one", lock=lock)).found


def test_404_says_that_the_release_has_moved(tmp_path: Path, site: Site):
    told = fault(release(site.url + "/moved.bin"), access(tmp_path))
    assert told.found == "the answer 404 Not Found"
    assert "new address" in told.remedy
    assert "table.bin" not in kept(tmp_path)


def test_429_waits_as_long_as_it_is_asked(tmp_path: Path, site: Site):
    site.answers[PATH] = [(429, {"Retry-After": "1"})]
    found = fetch_release(release(site.url + PATH), access(tmp_path))
    assert found["table"].read_bytes() == BODY
    assert len(site.requests) == 2


def test_429_without_an_end_is_said(tmp_path: Path, site: Site):
    site.answers[PATH] = [(429, {})] * 9
    told = fault(release(site.url + PATH), access(tmp_path))
    assert told.found.startswith("the answer 429")
    assert "fewer requests" in told.remedy
    assert len(site.requests) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_fault_of_the_server_is_tried_again(tmp_path: Path, site: Site, status: int):
    site.answers[PATH] = [(status, {})] * 2
    assert fetch_release(release(site.url + PATH), access(tmp_path))["table"].read_bytes() == BODY


def test_a_redirect_is_followed(tmp_path: Path, site: Site):
    site.answers["/latest/table.bin"] = [(302, {"Location": PATH})]
    found = fetch_release(release(site.url + "/latest/table.bin"), access(tmp_path))
    assert found["table"].read_bytes() == BODY


def test_redirects_in_a_circle_are_told(tmp_path: Path, site: Site):
    site.answers["/latest/table.bin"] = [(302, {"Location": "/latest/table.bin"})] * 99
    told = fault(release(site.url + "/latest/table.bin"), access(tmp_path))
    assert "redirects" in told.found


def test_a_slow_server_is_waited_for(tmp_path: Path, site: Site):
    site.pause = 0.005
    found = fetch_release(release(site.url + PATH), access(tmp_path, how={"patience": 0.5}))
    assert found["table"].read_bytes() == BODY


def test_a_server_that_says_nothing_is_given_up(tmp_path: Path, site: Site):
    site.pause = 1
    told = fault(release(site.url + PATH), access(tmp_path, how={"patience": 0.1, "attempts": 1}))
    assert "broke off 2 times" in told.found
    assert "timed out" in told.found


def test_a_server_that_is_not_there_is_said(tmp_path: Path):
    told = fault(release("http://127.0.0.1:9/table.bin"), access(tmp_path, how={"attempts": 0}))
    assert told.found.startswith("the server can't be reached")


@pytest.mark.parametrize("sha256", [None, "pinned"])
def test_truncated_gzip_never_reaches_the_cache(tmp_path: Path, site: Site, sha256: str | None):
    whole = gzip.compress(BODY)
    site.files["/table.tsv.gz"], site.lies = whole[:-100], True
    pinned = hashlib.sha256(whole).hexdigest() if sha256 else None
    told = fault(release(site.url + "/table.tsv.gz", sha256=pinned), access(tmp_path))
    expected = "a download with the sha256" if sha256 else "compressed text that is cut off"
    assert told.found.startswith(expected)
    assert [name for name in kept(tmp_path) if "table" in name] == []


@pytest.mark.parametrize(
    ("name", "body", "found"),
    [
        ("page.tsv", b"<!DOCTYPE html><html>login</html>", "a web page in place of the file"),
        ("none.tsv", b"", "an empty file"),
        ("cut.zip", b"PK\x03\x04 and no end", "a zip archive without its end"),
        ("cut.parquet", b"PAR1 and no end", "a Parquet file without its end"),
        ("not.tsv.gz", b"plain text", "no whole gzip file"),
    ],
)
def test_what_is_no_such_file_is_refused(
    tmp_path: Path, site: Site, name: str, body: bytes, found: str
):
    site.files[f"/{name}"] = body
    told = fault(release(f"{site.url}/{name}", sha256=None), access(tmp_path))
    assert told.found.startswith(found)


def test_a_proxy_is_used(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", site.url)
    found = fetch_release(release(f"http://database.invalid{PATH}"), access(tmp_path))
    assert found["table"].read_bytes() == BODY
    assert site.requests[0][0] == f"http://database.invalid{PATH}"


def test_a_proxy_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    told = fault(release(f"http://database.invalid{PATH}"), access(tmp_path, how={"attempts": 0}))
    assert told.found.startswith("the proxy can't be reached")


def test_a_mirror_serves_in_place_of_the_source(tmp_path: Path, site: Site):
    mirrors = parse_mirrors(
        [
            "https://database.invalid/=http://127.0.0.1:9/",
            f"https://database.invalid/pub/={site.url}/pub/",
        ],
        file="config.yaml",
        place="official.mirrors",
    )
    found = fetch_release(
        release(f"https://database.invalid{PATH}"), access(tmp_path, mirrors=mirrors)
    )
    assert found["table"].read_bytes() == BODY


def test_a_mirror_that_is_written_wrongly_is_refused():
    with pytest.raises(InputError, match="ADDRESS=MIRROR"):
        parse_mirrors(["ftp.ebi.ac.uk"], file="config.yaml", place="official.mirrors")


def test_offline_says_which_file_goes_where(tmp_path: Path, site: Site):
    place = tmp_path / "official" / "tiny-1" / "table.bin"
    source, how = release(site.url + PATH), access(tmp_path, offline=True)
    told = fault(source, how)
    assert told.file == str(place)
    assert f"fetch {site.url + PATH} elsewhere" in told.remedy
    assert SHA256 in told.expected
    place.parent.mkdir(parents=True)
    place.write_bytes(BODY)
    assert fetch_release(source, how)["table"] == place
    place.write_bytes(b"another")
    assert fault(source, how).found == "a file with another sha256"
    assert site.requests == []


def test_a_file_for_people_alone_says_how_it_is_got(tmp_path: Path, site: Site):
    told = fault(release(site.url + PATH, by_hand="log in and take it"), access(tmp_path))
    assert told.remedy == "log in and take it, and put it there by this name"
    assert site.requests == []


def test_a_folder_of_parts_is_fetched_whole(tmp_path: Path, site: Site):
    part = b"PAR1" + BODY + b"PAR1"
    site.files["/set/"] = b'<a href="../">up</a><a href="/set/a.parquet">a</a><a href="b.parquet">'
    site.files |= {"/set/a.parquet": part, "/set/b.parquet": part}
    source = release(f"{site.url}/set/", sha256=None)
    for offline in (False, True):
        found = fetch_release(source, access(tmp_path, offline=offline))
    assert sorted(path.name for path in found["table"].glob("*.parquet")) == [
        "a.parquet",
        "b.parquet",
    ]
    assert len(site.requests) == 3


def test_a_page_without_parts_is_no_data_set(tmp_path: Path, site: Site):
    site.files["/set/"] = b"<html>moved</html>"
    told = fault(release(f"{site.url}/set/", sha256=None), access(tmp_path))
    assert told.found == "a page that links to no Parquet file"
