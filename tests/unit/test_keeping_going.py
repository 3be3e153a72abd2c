"""One patient's fault stays its own, whatever it is; what is everybody's stops the run."""

import errno

import pytest

from twinscreen.cli import VERBS, main
from twinscreen.files import InputError, keeping_going
from twinscreen.files.errors import SeveralFaultsError
from twinscreen.files.text_table import read_text_table


def fault(file="cells.h5ad"):
    return InputError(file=file, found="Jane Doe", expected="a number", remedy="correct it")


def lost(error, **options):
    with keeping_going(True, of="P1", **options) as loss:
        raise error
    return loss


def test_nothing_is_lost_where_nothing_is_wrong():
    with keeping_going(True, of="P1") as loss:
        pass
    assert (loss.reason, loss.remedy) == ("", "")


def test_a_fault_of_the_input_is_told_in_its_own_words():
    told = lost(fault(), private=["Jane Doe"], shared=["names.parquet", None])
    assert (told.reason, told.remedy) == ("found ..., expected a number", "correct it")
    assert str(told) == "found ..., expected a number (remedy: correct it)"


def test_what_may_name_a_person_is_in_no_remedy():
    error = InputError(file="x", found="a", expected="b", remedy="rename Jane Doe")
    assert lost(error, private=["Jane Doe"]).remedy == "rename ..."


def test_what_may_name_a_person_is_in_no_log(caplog):
    error = InputError(file="a", found="b", expected="c", remedy="d", detail="donors: Jane Doe")
    lost(error)
    lost(SeveralFaultsError([error, fault()]))
    assert "donors: Jane Doe" in str(error)
    assert "donors: Jane Doe" not in caplog.text
    assert "`twinscreen check` shows it" in caplog.text


def test_a_fault_of_ours_is_told_by_its_kind_and_place_alone(caplog):
    with keeping_going(True, of="P1") as loss:
        read_text_table(None, content="Jane Doe")
    assert loss.reason == "a fault of TwinScreen: TypeError in twinscreen.files.text_table.lines"
    assert "log" in loss.remedy
    assert "P1" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [KeyError("Jane"), RecursionError(), OSError(errno.EIO, "Jane")])
def test_no_kind_of_error_stops_the_others(error):
    assert lost(error).reason.startswith(f"a fault of TwinScreen: {type(error).__name__} in ")


def test_too_little_memory_says_what_to_do():
    assert "more memory" in lost(MemoryError()).remedy


@pytest.mark.parametrize(
    "error",
    [fault("names.parquet"), OSError(errno.ENOSPC, "full"), OSError(errno.EROFS, "read-only")],
    ids=["shared file", "full disk", "read-only disk"],
)
def test_what_is_everybodys_is_raised(error):
    with (
        pytest.raises(type(error)),
        keeping_going(True, of="P1", shared=["names.parquet"]),
    ):
        raise error


def test_everything_is_raised_unless_asked_otherwise():
    with pytest.raises(KeyError), keeping_going(False, of="P1"):
        raise KeyError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOSPC, "No space", "twin.h5ad"), "no space left on the disk (twin.h5ad)"),
        (OSError(errno.EROFS, "Read-only", "twin.h5ad"), "the disk can only be read (twin.h5ad)"),
        (RuntimeError("flush failed (file write failed: errno = 28, ...)"), "no space left on the"),
    ],
)
def test_what_the_computer_lacks_is_said_in_a_sentence(monkeypatch, capsys, error, said):
    def fail(_):
        raise error

    monkeypatch.setitem(VERBS, "fetch", (lambda _: None, fail, "bring a file"))
    assert main(["fetch"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_another_fault_of_the_system_keeps_its_traceback(monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setitem(VERBS, "fetch", (lambda _: None, fail, "bring a file"))
    with pytest.raises(OSError, match="Input/output"):
        main(["fetch"])
