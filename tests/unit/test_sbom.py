"""The bill of materials names every package of the lock, with its hashes."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

_SPEC = importlib.util.spec_from_file_location("sbom", ROOT / ".ci" / "sbom.py")
sbom = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sbom)


def test_every_package_of_the_lock_is_named_with_its_hashes():
    of_lock, name = {}, ""
    for line in LOCK.splitlines():
        if pin := re.match(r"([\w.-]+)==([\w.+!-]+)", line):
            name = f"{pin[1]}@{pin[2]}"
        for digest in re.findall("sha256:([0-9a-f]+)", line):
            of_lock.setdefault(name, []).append(digest)
    made = sbom.bill(LOCK, "1.2.3")
    of_bill = {
        f"{one['name']}@{one['version']}": [digest["content"] for digest in one["hashes"]]
        for one in made["components"]
    }
    assert of_bill == of_lock


def test_what_asks_for_a_package_depends_on_it():
    lock = (
        "a==1 ; sys_platform == 'darwin' \\\n    --hash=sha256:" + "1" * 64 + "\n"
        "    # via\n    #   twinscreen (pyproject.toml)\n    #   b\n"
        "b==2 \\\n    --hash=sha256:" + "2" * 64 + "\n    # via a\n"
    )
    made = sbom.bill(lock, "3")
    asks = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    a, b, itself = "pkg:pypi/a@1", "pkg:pypi/b@2", "pkg:pypi/twinscreen@3"
    assert asks == {a: [b], b: [a], itself: [a]}
    assert made["components"][0]["properties"][0]["value"] == "sys_platform == 'darwin'"
    assert sbom.bill(lock, "3") == made
