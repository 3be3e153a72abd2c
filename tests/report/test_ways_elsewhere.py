"""Pages as PDF and tables as workbooks: what a finished run gives to other programs."""

import shutil
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from twinscreen.export.pdf import find_browser
from twinscreen.files import InputError
from verbs import run_verb

pypdf = pytest.importorskip("pypdf")
printing = pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@printing
def test_every_sheet_has_the_patient_and_its_number(called, tmp_path, capsys):
    page = called.render("P1.html")
    run_verb("pdf", page, "--output", tmp_path / "printed")
    printed = tmp_path / "printed" / "P1.pdf"
    assert capsys.readouterr().out == f"{printed}\n"
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(printed).pages]
    assert len(sheets) > 2
    for number, text in enumerate(sheets, start=1):
        assert "Patient P1" in text
        assert f"{number} / {len(sheets)}" in " ".join(text.split())
    assert "Call: JAK1/2 inhibitor" in sheets[0]
    assert "Download" not in "".join(sheets)


@printing
def test_a_page_that_is_not_there_and_two_pages_in_one_file_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        run_verb("pdf", tmp_path / "none.html")
    with pytest.raises(InputError, match="one file for 2 pages"):
        run_verb("pdf", "a.html", "b.html", "--output", tmp_path / "both.pdf")
    assert [*tmp_path.iterdir()] == []


def test_without_a_browser_it_is_said_which_are_looked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"(?s)none of chromium, .*Debian: chromium"):
        find_browser()
    with pytest.raises(InputError, match="no such program"):
        find_browser("netscape")


def test_a_browser_that_prints_nothing_leaves_no_file(called, tmp_path):
    page = called.render("P1.html")
    with pytest.raises(InputError, match="true wrote no PDF"):
        run_verb("pdf", page, "--browser", "true", "--output", tmp_path / "out.pdf")
    assert not (tmp_path / "out.pdf").exists()


def cells(workbook, number):
    """Read the cells of a sheet, as Excel has them: texts by their place among all texts."""
    with zipfile.ZipFile(workbook) as parts:
        texts = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        known = ["".join(one.itertext()) for one in texts]
        sheet = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
        book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    names = [sheet.get("name") for sheet in book.iter(f"{_CELLS}sheet")]
    found = {}
    for cell in sheet.iter(f"{_CELLS}c"):
        assert cell.find(f"{_CELLS}f") is None, "a formula"
        value = cell.find(f"{_CELLS}v").text
        found[cell.get("r")] = known[int(value)] if cell.get("t") == "s" else float(value)
    return names[number - 1], found


def test_tables_become_sheets_with_numbers_as_numbers_and_no_formulas(tmp_path):
    pytest.importorskip("xlsxwriter")
    ranking, people = tmp_path / "P1.ranking.tsv", tmp_path / "people.parquet"
    ranking.write_text("rank\tdrug\tscore\n1\t=cmd|' /C calc'!A0\t2.5\n2\thttp://x\t\n")
    pd.DataFrame({"patient": ["P1", None], "n": pd.array([3, pd.NA], dtype="Int64")}).to_parquet(
        people
    )
    output = tmp_path / "all.xlsx"
    run_verb("xlsx", ranking, people, "--output", output)
    name, found = cells(output, 1)
    assert name == "P1.ranking"
    assert found == {
        "A1": "rank",
        "B1": "drug",
        "C1": "score",
        "A2": 1.0,
        "B2": "=cmd|' /C calc'!A0",
        "C2": 2.5,
        "A3": 2.0,
        "B3": "http://x",
    }
    assert cells(output, 2) == ("people", {"A1": "patient", "B1": "n", "A2": "P1", "B2": 3.0})
    again = tmp_path / "again.xlsx"
    run_verb("xlsx", ranking, people, "--output", again)
    assert again.read_bytes() == output.read_bytes()


def test_sheets_of_like_names_stay_apart(tmp_path):
    pytest.importorskip("xlsxwriter")
    long = "a" * 40
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{long}.tsv").write_text(f"of\tn\n{folder}\t1\n")
    output = tmp_path / "both.xlsx"
    run_verb("xlsx", *(tmp_path / one / f"{long}.tsv" for one in "xy"), "--output", output)
    assert cells(output, 1)[0] == "a" * 31
    name, found = cells(output, 2)
    assert name == "a" * 29 + " 2"
    assert found["A2"] == "y"


def test_what_is_no_table_is_refused(tmp_path):
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1")
    for name, said in (("none.tsv", "no such file"), ("damaged.parquet", "Parquet")):
        with pytest.raises(InputError, match=said):
            run_verb("xlsx", tmp_path / name, "--output", tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()
