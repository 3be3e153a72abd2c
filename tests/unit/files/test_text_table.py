"""Tables of text are read as they stand: no line is lost, and a fault is told with its line."""

import gzip

import pytest

from twinscreen.files import InputError
from twinscreen.files.text_table import (
    ANY_SEPARATOR,
    lines,
    read_header,
    read_people_table,
    read_text_table,
)


@pytest.fixture
def write(tmp_path):
    def write(content, name="table.tsv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(path, **options):
    return read_text_table(path, content="a table", **options).rows


def fault(path, **options):
    with pytest.raises(InputError) as told:
        read_text_table(path, content="a table", **options)
    assert told.value.file == str(path)
    return told.value


# --- lines and fields ---------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_have_their_numbers_whatever_ends_them(write, end, mark):
    path = write(mark + end.join(["a\tb", "1\t 2 ", "", "\t", "3", ""]))
    table = read_text_table(path, content="a table")
    assert table.columns == ["a", "b"]
    assert list(table.records()) == [(2, {"a": "1", "b": "2"}), (5, {"a": "3", "b": ""})]
    assert table.frame().index.tolist() == [2, 5]


def test_white_space_stays_where_it_is_asked_to(write):
    assert rows(write("a\tb\n1\t 2 \n"), strip=False) == [["1", " 2 "]]


def test_a_compressed_table_is_read_by_its_ending(write):
    assert rows(write(gzip.compress(b"a\tb\n1\t2\n"), "table.tsv.gz")) == [["1", "2"]]
    cut = gzip.compress(b"a\tb\n" + bytes(range(32, 127)) * 9)[:-20]
    assert "can't be read" in fault(write(cut, "cut.tsv.gz")).found
    assert "can't be read" in fault(write("a\tb\n", "plain.tsv.gz")).found


def test_comments_are_lines_before_the_header(write):
    path = write("# made by hand\n#\na\tb\n#1\t2\n")
    assert read_header(path, content="a table", comments=True, remedy="") == ["a", "b"]
    assert rows(path, comments=True) == [["#1", "2"]]


@pytest.mark.parametrize(
    ("field", "read"),
    [
        ('"A', '"A'),
        ('5" tube', '5" tube'),
        ('"no seizures', '"no seizures'),
        ('"serious" infections', '"serious" infections'),
        ('"whole"', "whole"),
        ('"a ""word"" in it"', 'a "word" in it'),
        ('""', ""),
        ('"', '"'),
    ],
)
@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_a_quotation_mark_is_a_letter_unless_two_enclose_a_field(write, field, read, separator):
    lines = [["a", "b"], [field, "1"], ["below", "2"]]
    path = write("\n".join(separator.join(line) for line in lines))
    assert rows(path, separator=separator) == [[read, "1"], ["below", "2"]]


def test_between_fitting_marks_a_comma_is_a_letter(write):
    path = write('drug,why\naspirin,"fever, pain"\nibuprofen,"pain\nnaproxen,gout"\n', "t.csv")
    assert rows(path) == [["aspirin", "fever, pain"], ["ibuprofen", '"pain'], ["naproxen", 'gout"']]


def test_a_field_of_several_lines_is_one_field_where_the_row_fits_the_header(write):
    path = write('a,b,c\n1,"x, y","two\nlines, of"\n3,4,5\n', "t.csv")
    table = read_text_table(path, content="a table")
    assert table.rows == [["1", "x, y", "two\nlines, of"], ["3", "4", "5"]]
    assert table.lines == [2, 4]


def test_lines_that_are_rows_one_by_one_are_never_joined(write):
    path = write('a,b,c\n1,2,"x\n3,4",5\n6,7,8\n', "t.csv")
    assert rows(path) == [["1", "2", '"x'], ["3", '4"', "5"], ["6", "7", "8"]]


def test_a_thousand_marks_left_open_cost_no_line(write):
    path = write("a,b\n" + '"x,1\n' * 3000 + "y,2\n", "t.csv")
    assert len(rows(path)) == 3001


def test_a_mark_left_open_that_would_move_values_is_refused(write):
    told = fault(write('a,b,c\n1,2,3\n"x, y","z,4\n5,6,7\n', "t.csv"))
    assert rows(write('a,b\n"x,1\n', "t.csv")) == [['"x', "1"]]
    assert (told.place, told.detail) == ("line 3", '"x, y","z,4')
    assert "left open" in told.found


@pytest.mark.parametrize(
    ("name", "text"),
    [("t.tsv", "a,x\tb\n1\t2"), ("t.csv", "a,b\n1,2"), ("t.csv", "a;b\n1;2"), ("t", "a\tb\n1\t2")],
)
def test_the_ending_says_what_separates_fields(write, name, text):
    assert rows(write(text, name)) == [["1", "2"]]


@pytest.mark.parametrize("separator", ANY_SEPARATOR)
def test_the_header_says_it_where_it_may_be_anything(write, separator):
    path = write(f"a{separator}b\n1{separator}2")
    assert rows(path, separator=ANY_SEPARATOR) == [["1", "2"]]


def test_names_of_rows_as_r_writes_them_are_a_column_without_a_name(write):
    for header in ("a\tb", "\ta\tb"):
        table = read_text_table(write(f"{header}\nx\t1\t2\n"), content="", row_names=True)
        assert (table.columns, table.rows) == (["", "a", "b"], [["x", "1", "2"]])
    assert fault(write("a\tb\nx\t1\t2\n")).place == "line 2"


# --- what is refused ----------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path):
    told = fault(tmp_path / "none.tsv", remedy="correct the column")
    assert (told.found, told.remedy) == ("no such file", "correct the column")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a\tb\n1\t2\n3\tM\u00fcller\n".encode("latin-1"), 3),
        ("a\tb\n".encode("utf-16"), 1),
        ("a\tb\n1\t2\n".encode("utf-16-le"), 1),
    ],
)
def test_bytes_that_are_no_text_are_told_with_their_line(write, content, line):
    told = fault(write(content))
    assert told.place == f"line {line}"
    assert "no text in UTF-8" in told.found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "a workbook"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS"),
        (gzip.compress(b"RDX3\nX\n", mtime=0), "an object of R"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(write, content, found):
    assert found in fault(write(content)).found


def test_a_column_that_is_read_stands_there_once(write):
    path = write("a\tb\tb\n1\t2\t3\n")
    assert fault(path).found == "the column 'b' twice"
    assert rows(path, required=["a"], optional=()) == [["1"]]
    told = fault(path, required=["a", "c"], optional=())
    assert (told.place, told.found) == ("line 1", "no column c; the columns a, b, b")
    assert "empty" in fault(write(""), required=["a"]).found


def test_a_column_that_may_be_there_is_empty_where_it_is_not(write):
    path = write("b\ta\n2\t1\n")
    assert rows(path, required=["a"], optional=["c", "b"]) == [["1", "", "2"]]


def test_a_value_that_no_column_has_is_refused_and_not_told_in_a_report(write):
    for text in ("a\tb\t\n1\t2\nx\t1\tDoe\n", "a\tb\n1\t2\t\nx\t1\tDoe\n"):
        told = fault(write(text))
        assert told.place == "line 3"
        assert "Doe" in str(told)
        assert "Doe" not in told.reason


def test_an_empty_field_is_told_with_its_line(write):
    table = read_text_table(write("a\tb\n\n1\t2\n3\t\n"), content="a table")
    table.require_filled(["a"])
    with pytest.raises(InputError, match="line 4, column b"):
        table.require_filled(["a", "b"])


def test_a_header_alone_is_refused_where_something_must_follow(write):
    path = write("a\tb\n\t\n")
    assert rows(path) == []
    assert fault(path, empty=False).found == "a header alone"


def test_neither_a_line_nor_a_table_is_longer_than_tables_are(write, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST_LINE", 20)
    assert fault(write("a\tb\n" + "x" * 21)).place == "line 2"
    monkeypatch.setattr(lines, "LARGEST_TABLE", 100)
    packed = write(gzip.compress(b"a\tb\n" + b"1\t2\n" * 50), "table.tsv.gz")
    assert fault(packed).place == "line 26"


# --- tables of people ---------------------------------------------------------------------


def test_a_parquet_table_is_read_as_the_same_text(write, tmp_path):
    text = read_people_table(write("n\tgene\n1\tJAK1\n"), columns=["gene", "n"], content="genes")
    path = tmp_path / "table.parquet"
    text.astype({"n": int}).to_parquet(path)
    again = read_people_table(path, columns=["gene", "n"], content="genes")
    assert again.to_numpy().tolist() == text.to_numpy().tolist() == [["JAK1", "1"]]
    assert again.index.tolist() == [2]
