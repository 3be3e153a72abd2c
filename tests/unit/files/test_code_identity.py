"""What reruns a job: another formula behind its verb, not other words about it."""

import inspect
import shutil
from pathlib import Path

import pytest

from twinscreen.cli import VERBS
from twinscreen.files.code_identity import (
    PACKAGE,
    _defined,
    _place,
    _read,
    _resolved,
    code_behind,
    code_identity,
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Copy of the package, to be edited."""
    copied = tmp_path / "twinscreen"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


def edited(package: Path, module: str, old: str, new: str) -> None:
    """Replace a text that stands in a module."""
    path = package / module
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    for kept in (_read, _defined, _resolved):
        kept.cache_clear()


LCC = "network/modules/components.py"


def test_a_docstring_and_a_comment_change_nothing(package):
    before = {verb: code_identity(verb, package) for verb in ("twin", "screen", "report")}
    text = (package / LCC).read_text(encoding="utf-8")
    docstring = text.split('"""')[1]
    edited(package, LCC, docstring, docstring + " In other words.")
    edited(package, "settings/twin.py", "DIAMOnD stops when", "DIAMOnD ends when")
    edited(package, LCC, "import numpy as np", "# why\nimport numpy as np\n")
    assert {verb: code_identity(verb, package) for verb in before} == before


def test_another_line_of_the_component_changes_twins_and_not_findings(package):
    before = {verb: code_identity(verb, package) for verb in ("twin", "findings", "drugs")}
    path = package / LCC
    path.write_text(path.read_text(encoding="utf-8") + "\nMORE = 1\n", encoding="utf-8")
    _read.cache_clear()
    after = {verb: code_identity(verb, package) for verb in before}
    assert {verb for verb in before if before[verb] != after[verb]} == {"twin"}


def test_the_default_of_an_option_changes_what_takes_it(package):
    before = {verb: code_identity(verb, package) for verb in ("twin", "reference", "observe")}
    edited(
        package,
        "settings/twin.py",
        "growth_pvalue: PositiveShare = 0.01",
        "growth_pvalue: PositiveShare = 0.02",
    )
    after = {verb: code_identity(verb, package) for verb in before}
    assert {verb for verb in before if before[verb] != after[verb]} == {"twin"}


def test_another_argument_of_a_verb_changes_it(package):
    before = code_identity("cohort", package)
    edited(package, "cli/cohort.py", "def _cohort(given", "def _cohort(given_")
    assert code_identity("cohort", package) != before


@pytest.mark.parametrize(
    ("module", "old", "new", "changed"),
    [
        # A constant that a verb names, a helper of another module, and what this helper calls.
        ("cohort.py", '"clusters": "', '"clusters": "other ', {"cohort-report"}),
        ("arguments.py", 'dict.fromkeys(columns, "")', "{}", {"observe", "findings"}),
        (
            "arguments.py",
            "values = json.load(file)",
            "values = {}",
            {"observe", "findings", "twin"},
        ),
        (
            "options.py",
            "settings_for(given.verb, values)",
            "values",
            {"observe", "findings", "twin"},
        ),
        # Words of the help, and the table of verbs.
        ("options.py", "shown = f", "shown = 2 * f", set()),
        ("observations.py", '"observe": (', '"observed": (', set()),
    ],
)
def test_what_a_verb_names_on_the_command_line_changes_it(package, module, old, new, changed):
    verbs = ("observe", "findings", "twin", "cohort", "cohort-report")
    before = {verb: code_identity(verb, package) for verb in verbs}
    edited(package, f"cli/{module}", old, new)
    after = {verb: code_identity(verb, package) for verb in verbs}
    assert {verb for verb in verbs if before[verb] != after[verb]} == changed


def test_a_message_of_the_check_observes_nothing_anew(package):
    before = {verb: code_identity(verb, package) for verb in ("observe", "check")}
    edited(package, "inputs/validate.py", "a text, not nothing", "some text")
    after = {verb: code_identity(verb, package) for verb in before}
    assert {verb for verb in before if before[verb] != after[verb]} == {"check"}


def test_a_template_is_code_of_the_page(package):
    before = {verb: code_identity(verb, package) for verb in ("report", "twin")}
    edited(package, "report/templates/answer.html", "<", "<!-- -->\n<")
    assert code_identity("report", package) != before["report"]
    assert code_identity("twin", package) == before["twin"]


def test_a_release_is_known_by_its_version(tmp_path):
    from twinscreen import __version__

    assert code_identity("twin", tmp_path / "site-packages" / "twinscreen") == __version__


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_rests_on_code(verb):
    runs = VERBS[verb][1]
    assert _place(verb, PACKAGE) == (Path(inspect.getfile(runs)), runs.__name__)
    assert code_behind(verb)
    assert len(code_identity(verb)) == 16


def test_what_is_no_verb_is_said():
    with pytest.raises(ValueError, match="nothing"):
        code_identity("nothing")


def test_a_table_of_the_package_is_no_code(package):
    """Rules name the tables that they read, so that another table reruns these rules alone."""
    before = {verb: code_identity(verb, package) for verb in ("drugs", "check")}
    with open(package / "data" / "tables" / "gtopdb.tsv", "a", encoding="utf-8") as file:
        file.write("more\n")
    assert {verb: code_identity(verb, package) for verb in before} == before
