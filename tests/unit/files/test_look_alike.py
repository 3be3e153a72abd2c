"""Names that look the same and are not."""

import pytest

from twinscreen.files import InputError
from twinscreen.files.text_table import read_text_table, require_seen
from twinscreen.files.words.look_alike import as_seen, strangers

A, ER, VE, TE = "\u0430", "\u0440", "\u0412", "\u0422"


@pytest.mark.parametrize(
    "name",
    [
        *("TNF\u03b1", "IFN-\u03b3", "Beh\u00e7et", "\u041a\u0440\u043e\u0432\u044c", ""),
        *("S\u0131rr\u0131", "HLA\u043a\u043b\u0430\u0441\u0441", "\u0421\u0410", "3 \u00b5m"),
    ],
)
def test_names_of_other_languages_are_names(name):
    assert strangers(name) == ""
    require_seen("t.tsv", "name", [name, "blood"])


@pytest.mark.parametrize(
    ("name", "odd"), [(f"{A}spirin", A), (f"{TE} cell", TE), (f"as{ER}irin {A}", ER + A)]
)
def test_letters_of_another_alphabet_in_a_latin_name_are_found(name, odd):
    assert strangers(name) == odd
    assert as_seen(name).isascii()


def test_two_names_of_a_column_that_look_the_same_are_both_told(tmp_path):
    (tmp_path / "t.tsv").write_text(f"name\ndust\nCA\n\u0421{chr(0x410)}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_text_table(tmp_path / "t.tsv", content="names")
    said = str(error.value)
    assert "line 4, column name" in said
    assert "U+0421 CYRILLIC CAPITAL LETTER ES, U+0410 CYRILLIC CAPITAL LETTER A" in said
    assert "'CA' in plain letters" in said
    assert "type 'CA' anew" in said


def test_a_header_is_what_it_looks_like(tmp_path):
    (tmp_path / "t.tsv").write_text(f"n{A}me\tage\nx\t1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"column names[\s\S]*U\+0430 CYRILLIC SMALL LETTER A"):
        read_text_table(tmp_path / "t.tsv", content="names", required=["name"])


def test_accents_in_two_ways_and_blanks_make_no_other_name():
    require_seen("t.tsv", "name", ["e\u0301", "\u00e9", "B\u00a0x", "B x"])


def test_public_sources_are_read_as_they_are(tmp_path):
    (tmp_path / "t.tsv").write_text(f"name\n{A}spirin\naspirin\n", encoding="utf-8")
    table = read_text_table(tmp_path / "t.tsv", content="names", typed=False)
    assert [row[0] for row in table.rows] == [f"{A}spirin", "aspirin"]
