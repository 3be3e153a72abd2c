"""How the environment is made: settings of pip reach uv, and uv comes from the lock."""

import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / ".ci" / "environment.py"
specification = importlib.util.spec_from_file_location("environment_script", SCRIPT)
environment = importlib.util.module_from_spec(specification)
specification.loader.exec_module(environment)


def test_variables_come_before_install_and_install_before_global():
    lines = [
        "global.index-url='https://first.example/simple'",
        "global.timeout='5'",
        "install.index-url='https://second.example/simple'",
        "install.find-links='/wheels'",
        ":env:.find-links='/other'",
        "wheel.index-url='https://not.example/simple'",
        "global.odd=not a literal",
    ]
    assert environment.pip_settings(lines) == {
        "index-url": "https://second.example/simple",
        "timeout": "5",
        "find-links": "/other",
    }


def test_pip_says_its_settings_as_they_are_read(tmp_path):
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nextra-index-url =\n    https://a.example/s\n    https://b.example/s\n"
    )
    command = [sys.executable, "-m", "pip", "config", "list"]
    variables = {"PIP_CONFIG_FILE": str(file), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    listed = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    settings = environment.pip_settings(listed.stdout.splitlines())
    variables = environment.uv_variables(settings, {})
    assert variables["UV_INDEX"].split()[-2:] == ["https://a.example/s", "https://b.example/s"]


def test_settings_become_variables_of_uv():
    settings = {"index-url": "https://m.example/s", "find-links": "/a /b", "cert": "/ca.pem"}
    assert environment.uv_variables(settings, {"SSL_CERT_FILE": "/mine.pem"}) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://m.example/s",
        "UV_FIND_LINKS": "/a,/b",
    }


def test_the_lock_is_made_from_indexes_elsewhere_and_no_folder():
    variables = {
        "UV_FIND_LINKS": "/wheels",
        "UV_CONSTRAINT": "limits.txt",
        "UV_DEFAULT_INDEX": "file:///srv/simple",
        "UV_INDEX": "file:///srv/more own=https://m.example/s /srv/simple",
        "SSL_CERT_FILE": "/ca.pem",
    }
    assert environment.index_alone(variables) == {
        "UV_INDEX": "own=https://m.example/s",
        "SSL_CERT_FILE": "/ca.pem",
    }


def test_a_pin_is_cut_out_with_its_hashes():
    before = "uvloop==1 \\\n    --hash=sha256:a\n"
    wanted = "uv==2 \\\n    --hash=sha256:b \\\n    --hash=sha256:c\n"
    after = "    # via x\nz==3 \\\n    --hash=sha256:d\n"
    assert environment.pinned(before + wanted + after, "uv") == wanted


def test_the_lock_pins_uv():
    text = environment.pinned(environment.LOCK.read_text(encoding="utf-8"), "uv")
    assert text.count("--hash=sha256:") > 1
