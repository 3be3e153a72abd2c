"""Rankings held against known answers, from files to tables, on a cohort made by hand."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.cli import main
from twinscreen.cohort.evaluation.cases import (
    evidence_alone,
    make_case,
    popularity,
    target_degree,
    target_deviation,
)
from twinscreen.cohort.evaluation.evaluate import diseases_of, widen
from twinscreen.cohort.evaluation.labels import labels_of_drugs, read_diseases, read_labels
from twinscreen.cohort.evaluation.laid_aside import LaidAside
from twinscreen.cohort.evaluation.summaries import all_figures
from twinscreen.files import COHORT_EVALUATION, SCREEN, TWIN, InputError, read_table, write_anndata
from verbs import run_verb
from whole_tables import complete

NAN = np.nan

#: Ten drugs: the targets of each; the first two share theirs.
TARGETS = (*("A -", "A -", "B -", "A +; C|D -", "C -", "E +", "B +; E -", "D -", "C +", "gone -"),)
NAMES = tuple(f"Drug{n}" for n in range(len(TARGETS)))
DEGREE = {"A": 99, "B": 9, "C": 9, "D": 99, "E": 0}
#: Kinds of evidence that the screens have.
KINDS = ("causal", "counteraction", "proximity")
#: Effects of the genes in two compartments, of which the second is not treated.
EFFECT = np.array([[3.0, -1.0, NAN, 2.0, 0.5], [50.0, 50, 50, 50, 50]])


def make_twin(patient, diseases=()):
    rows = [("disease", f"D:{name}", name, "present", True) for name in diseases]
    rows += [("disease", "D:guess", "guess", "suggested", True)]
    rows += [("disease", "D:rare", "rare", "present", False)]
    columns = ["kind", "id", "label", "status", "used"]
    var = pd.DataFrame(dict.fromkeys(TWIN.var, 0.0), index=list(DEGREE))
    var["degree"] = list(DEGREE.values())
    obs = pd.DataFrame(dict.fromkeys(TWIN.obs, 0.0), index=["x", "y"])
    twin = ad.AnnData(EFFECT.copy(), obs=obs, var=var)
    for name in TWIN.layers:
        twin.layers[name] = EFFECT.copy()
    for name in TWIN.obsp:
        twin.obsp[name] = np.zeros((2, 2))
    twin.uns = dict.fromkeys(TWIN.uns, "")
    twin.uns["patient"] = {"patient": patient}
    twin.uns["findings"] = pd.DataFrame(rows, columns=columns)
    return twin


def make_screen(patient, scores, preset="calibrated"):
    obs = pd.DataFrame(dict.fromkeys(SCREEN.obs, NAN), index=[f"id:{n}" for n in range(10)])
    for name in ("kind", "same", "evidence", "concerns"):
        obs[name] = ""
    obs["mechanism"] = [f"id:{TARGETS.index(text)}" for text in TARGETS]
    obs["name"], obs["targets"] = NAMES, TARGETS
    obs["n_targets"] = [text.count(";") + 1 for text in TARGETS]
    obs["score"] = scores
    obs["rank"] = obs["score"].rank(ascending=False, method="min")
    obs["status"] = np.where(obs["rank"].notna(), "ranked", "unknown action")
    screen = ad.AnnData(obs=obs, var=pd.DataFrame({"weight": [1.0, 0.0]}, index=["x", "y"]))
    for name in SCREEN.layers:
        screen.layers[name] = np.full((10, 2), NAN)
    for kind in KINDS:
        screen.obs[f"{kind}_z"] = NAN
    screen.obs["causal_z"] = [NAN, *range(1, 10)]
    screen.obs["proximity_z"] = np.arange(10.0)
    screen.uns = dict.fromkeys(SCREEN.uns, "")
    rows = [
        (f"id:{n}", *part.rsplit(" ", 1))
        for n, text in enumerate(TARGETS)
        for part in text.split("; ")
    ]
    targets = pd.DataFrame(rows, columns=["drug_id", "target", "sign"])
    targets["sign"] = targets["sign"].map({"-": -1, "+": 1})
    kinds = pd.DataFrame({"kind": KINDS, "layers": ""})
    screen.uns |= {"patient": {"patient": patient}, "preset": preset}
    screen.uns |= {"targets": targets, "kinds": kinds}
    return screen


def write(tmp_path, text, name="labels.tsv"):
    path = tmp_path / name
    path.write_text("\n".join("\t".join(line.split(",")) for line in text.split()) + "\n")
    return path


SCORES = {
    "P1": [9.0, 8, 7, 6, 5, 4, 3, 2, 1, NAN],
    "P2": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, NAN],
    "P3": [9.0, 1, 8, 2, 7, 3, 6, 4, 5, NAN],
}


@pytest.fixture
def evaluated(tmp_path):
    """Run the verb; give the table with index (kind, method, case, metric)."""

    def run(labels, *more, scores=SCORES, diseases=None):
        for patient, values in scores.items():
            write_anndata(
                complete(make_screen(patient, values), SCREEN),
                tmp_path / f"{patient}.screen.h5ad",
                SCREEN,
            )
            twin = make_twin(patient, (diseases or {}).get(patient, ()))
            write_anndata(complete(twin, TWIN), tmp_path / f"{patient}.twin.h5ad", TWIN)
        files = [str(tmp_path / f"{patient}.{{}}.h5ad") for patient in scores]
        arguments = ["evaluate", "--screens", *(file.format("screen") for file in files)]
        arguments += ["--twins", *(file.format("twin") for file in reversed(files))]
        arguments += ["--labels", str(write(tmp_path, labels)), "--draws", "200", "--seed", "1"]
        arguments += ["--output", str(tmp_path), *more]
        if "--negatives" not in more:
            arguments += ["--negatives", "unlabelled"]
        code = main(arguments)
        if code:
            return code
        table = read_table(tmp_path / "evaluation.parquet", COHORT_EVALUATION)
        return table.set_index(["kind", "method", "case", "metric"]).sort_index()

    return run


def test_figures_of_each_patient_by_hand(evaluated):
    found = evaluated("drug,label Drug0,positive ID:2,positive Drug8,bottom Drug5,excluded")
    value = found["value"]["preset", "calibrated"]
    # P1: places 1 and 3 of 8; P2: 8 and 6; P3: 1 and 2.
    assert value["P1", "auroc"] == 11 / 12
    assert value["P2", "auroc"] == 1 / 12
    assert value["P3", "auroc"] == 1
    assert value["all", "auroc"] == 11 / 12
    assert value["P1", "average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    # Percentiles of P1: (1 + 5/7) / 2 of the right answers, 0 of the one at the bottom.
    assert value["P1", "contrast"] == pytest.approx(6 / 7)
    counts = found["value"]["answers", "answers", "P1"]
    assert counts.to_dict() == {"drugs": 8, "labelled": 2, "positives": 2, "mechanisms": 2}
    # Drugs 0 and 1 count once: the mean of their places, 1.5, and place 3, against 5 others.
    assert value["P1", "mechanism_auroc"] == 1
    # The scores of the others on the same drugs: 1/12 and 1.
    assert value["P1", "own_minus_other"] == pytest.approx(11 / 12 - (1 / 12 + 1) / 2)
    assert found["value"]["preset", "calibrated", "all", "beats random order"] == 2
    assert found["n"]["preset", "calibrated", "all", "beats random order"] == 3


def test_of_a_cohort_one_patient_at_a_time_is_in_memory(evaluated, tmp_path, most_alive):
    evaluated("drug,label Drug0,positive")
    with most_alive() as numbers:
        run_verb(
            *("evaluate", "--labels", tmp_path / "labels.tsv", "--negatives", "unlabelled"),
            *("--twins", *(tmp_path / f"{patient}.twin.h5ad" for patient in SCORES)),
            *("--screens", *(tmp_path / f"{patient}.screen.h5ad" for patient in SCORES)),
            *("--seed", 1, "--draws", 100, "--output", tmp_path),
        )
    assert max(numbers) == 2  # a twin and its screen


def test_all_baselines_and_kinds_stand_in_the_table(evaluated, tmp_path):
    found = evaluated("drug,label Drug0,positive Drug2,positive")
    table = read_table(tmp_path / "evaluation.parquet", COHORT_EVALUATION)
    methods = table[["kind", "method"]].drop_duplicates()
    assert [*methods.itertuples(index=False, name=None)] == [
        ("answers", "answers"),
        ("preset", "calibrated"),
        *(("evidence", name) for name in KINDS),
        ("baseline", "random order"),
        *(("baseline", name) for name in ("number of targets", "target degree")),
        *(("baseline", name) for name in ("target deviation", "popularity")),
    ]
    value = found["value"]
    assert value["baseline", "random order", "all", "auroc"] == 0.5
    low, high = found.loc[("baseline", "random order", "P1", "auroc"), ["low", "high"]]
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(10 / (12 * 2 * 7)))
    # Ranked are nine drugs, of which two have two targets.
    assert value["baseline", "number of targets", "P1", "auroc"] == pytest.approx(2.5 / 7)
    assert value["baseline", "target degree", "P2", "own_minus_other"] == 0
    assert value["baseline", "popularity"].isna().all()
    assert value["evidence", "counteraction"].isna().all()
    # Each drug is nearer than those before it: drug 0 than none, drug 2 than drug 1 of 7.
    assert value["evidence", "proximity", "P1", "auroc"] == pytest.approx(1 / 14)


def test_degree_and_deviation_of_targets_by_hand():
    targets = [["A"], ["B", "C"], ["A|B", "gone"], ["gone"], [], ["E"]]
    degree = pd.Series(DEGREE)
    hundred, ten = np.log(100), np.log(10)
    expected = [hundred, ten, (hundred + ten) / 2, NAN, NAN, 0]
    assert target_degree(targets, degree) == pytest.approx(expected, nan_ok=True)
    found = target_deviation(targets, make_screen("P", range(10)), make_twin("P"))
    assert found == pytest.approx([3, 1, 2, NAN, NAN, 0.5], nan_ok=True)


def test_evidence_alone_is_the_column_of_each_kind_that_the_screen_names():
    screen = make_screen("P", range(10))
    screen.obs["smell_z"] = 2.0
    assert tuple(evidence_alone(screen)) == KINDS
    screen.uns["kinds"].loc[len(KINDS)] = ["smell", ""]
    found = evidence_alone(screen)
    assert set(found["smell"]) == {2}
    assert found["causal"] == pytest.approx([NAN, *range(1, 10)], nan_ok=True)


def test_what_a_method_does_not_know_stands_in_the_middle_or_last():
    first = make_screen("P", [1.0, 2, 3, 4, 5, 6, 7, 8, 9, NAN])
    second = make_screen("P", [NAN, NAN, 1, 2, 3, 4, 5, 6, 7, 8.0])
    case = make_case(
        {"one": first, "two": second}, make_twin("P"), labels={"drug3": "positive"}, elsewhere=None
    )
    assert list(case.scores.index) == [f"id:{n}" for n in range(9)]
    assert case.scores["preset", "two"].tolist() == [-np.inf, -np.inf, -8, -7, -6, -5, -4, -3, -2]
    assert case.scores["evidence", "causal"].tolist() == [4.5, 1, 2, 3, 4, 5, 6, 7, 8]
    assert case.mechanisms[0] == case.mechanisms[1] != case.mechanisms[2]
    first.obs["mechanism"] = [f"id:{n % 2}" for n in range(10)]
    case = make_case({"one": first}, make_twin("P"), labels={}, elsewhere=None)
    assert set(case.mechanisms) == {"id:0", "id:1"}


def test_labelled_negatives_alone(evaluated):
    labels = "drug,label Drug0,positive Drug2,positive Drug1,negative Drug4,negative"
    found = evaluated(labels, "--negatives", "labelled")
    assert found["value"]["answers", "answers", "P1", "drugs"] == 4
    assert found["value"]["preset", "calibrated", "P1", "auroc"] == 3 / 4
    assert found["value"]["preset", "calibrated", "P2", "auroc"] == 1 / 4


def test_labels_of_patients(evaluated):
    labels = "drug,label,patient Drug0,positive,P1 Drug8,positive,P2 Drug0,positive,P2"
    found = evaluated(labels)
    assert set(found.index.get_level_values("case")) == {"P1", "P2", "all"}
    assert found["value"]["preset", "calibrated", "P1", "auroc"] == 1
    assert found["value"]["preset", "calibrated", "P2", "auroc"] == 0.5
    # For P1 drugs 0 and 8 are right answers elsewhere, in P2; for P2 drug 0 alone is, in P1.
    assert found["value"]["baseline", "popularity", "P1", "auroc"] == (7 + 0.5) / 8
    assert found["value"]["baseline", "popularity", "P2", "auroc"] == ((7 + 0) + 3.5) / 14


def test_labels_of_diseases(evaluated, tmp_path):
    labels = "drug,label,disease Drug0,positive,Lupus Drug8,positive,d:gout Drug7,positive,guess"
    theirs = {"P1": ["lupus"], "P2": ["gout"], "P3": ["lupus", "gout"]}
    found = evaluated(labels, diseases=theirs)
    positives = found["value"]["answers", "answers"]
    assert [positives[p, "positives"] for p in ("P1", "P2", "P3")] == [1, 1, 2]
    table = write(tmp_path, "patient,disease P1,guess", "diseases.tsv")
    found = evaluated(labels, "--diseases", str(table), diseases=theirs)
    assert set(found.index.get_level_values("case")) == {"P1", "all"}


def test_presets_side_by_side(evaluated, tmp_path):
    folder = tmp_path / "others"
    folder.mkdir()
    for patient, values in SCORES.items():
        screen = make_screen(patient, [-value for value in values], preset="calibrated")
        write_anndata(complete(screen, SCREEN), folder / f"{patient}.h5ad", SCREEN)
    found = evaluated("drug,label Drug0,positive", "--preset", f"upside down={folder}")
    value = found["value"]["preset"]
    assert value["calibrated", "P1", "auroc"] == 1
    assert value["upside down", "P1", "auroc"] == 0


def test_a_patient_without_ranks_is_left_out(evaluated):
    found = evaluated("drug,label Drug0,positive", scores=SCORES | {"P4": [NAN] * 10})
    assert "P4" not in found.index.get_level_values("case")
    nobody = evaluated("drug,label Drug0,positive", scores={"P4": [NAN] * 10})
    assert nobody.empty


def test_same_inputs_same_bytes(evaluated, tmp_path):
    evaluated("drug,label Drug0,positive Drug4,positive")
    first = [(tmp_path / f"evaluation.{end}").read_bytes() for end in ("parquet", "tsv")]
    evaluated("drug,label Drug0,positive Drug4,positive")
    assert first == [(tmp_path / f"evaluation.{end}").read_bytes() for end in ("parquet", "tsv")]


def test_the_wide_table_has_a_row_for_each_method_and_case(evaluated, tmp_path):
    long = evaluated("drug,label Drug0,positive Drug4,positive")
    wide = pd.read_csv(tmp_path / "evaluation.tsv", sep="\t")
    assert not wide.duplicated(["kind", "method", "case"]).any()
    assert (wide["case"].head(10) == "all").all()
    row = wide[(wide["method"] == "calibrated") & (wide["case"] == "all")].iloc[0]
    of_all = long.loc["preset", "calibrated", "all"]
    assert row["auroc"] == pytest.approx(of_all["value"]["auroc"], rel=1e-5)
    assert row["auroc_low"] == pytest.approx(of_all["low"]["auroc"], rel=1e-5)
    assert row["beats_target_degree_of"] == 3
    assert widen(long.reset_index().iloc[:0]).empty


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("drug,mark A,positive", "the columns drug and label"),
        ("drug,label", "a header alone"),
        ("drug,label A,good", "line 2, column label\n  found:    'good'"),
        ("drug,label A,positive a,negative", "a as negative, and as positive in line 2"),
        ("drug,label,patient A,positive,", "line 2, column patient"),
        ("drug,label,patient,disease A,positive,P,D", "the columns patient and disease"),
    ],
)
def test_faults_of_a_label_table_are_said(tmp_path, text, says):
    with pytest.raises(InputError) as raised:
        read_labels(write(tmp_path, text))
    assert says in str(raised.value)


@pytest.mark.parametrize("read", [read_labels, read_diseases])
def test_a_table_in_another_encoding_is_said(tmp_path, read):
    path = tmp_path / "table.tsv"
    path.write_bytes("patient\tdisease\tdrug\tlabel\n".encode("utf-16"))
    with pytest.raises(InputError, match="no text in UTF-8"):
        read(path)


def test_an_enormous_value_in_a_table_is_said(tmp_path):
    path = tmp_path / "labels.tsv"
    path.write_text(f"drug\tlabel\n{'x' * 2_000_000}\tpositive\n", encoding="utf-8")
    with pytest.raises(InputError, match="more than 1 MiB in one line"):
        read_labels(path)


def test_a_missing_label_table_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_labels(tmp_path / "none.tsv")


def test_two_labels_for_two_patients_are_no_fault(tmp_path):
    labels = read_labels(write(tmp_path, "drug,label,patient A,positive,P A,negative,Q"))
    assert labels.of({"P"}) == {"a": "positive"}
    assert labels.of({"P", "Q"}) == {"a": "positive"}
    assert labels.elsewhere({"Q"}) == {"a": 1}
    assert labels.elsewhere({"P", "Q"}) is None


def test_diseases_come_from_findings_diagnosed_and_used_or_from_a_table(tmp_path):
    assert diseases_of(make_twin("P", ["lupus"])) == {"D:lupus", "lupus"}
    path = write(tmp_path, "patient,disease P,x P,y Q,x", "diseases.tsv")
    assert read_diseases(path) == {"P": {"x", "y"}, "Q": {"x"}}


def test_drugs_are_found_by_id_before_name():
    drugs = pd.DataFrame({"name": ["Alpha", "IFN-α2"]}, index=["x:1", "x:2"])
    labels = {"x:1": "negative", "alpha": "positive", "ifn-α2": "bottom"}
    assert labels_of_drugs(drugs, labels).tolist() == ["negative", "bottom"]
    assert popularity(drugs, {"alpha": 2}).tolist() == [2, 0]
    assert np.isnan(popularity(drugs, None)).all()


def test_no_right_answer_among_the_ranked_is_an_error(evaluated, capsys):
    assert evaluated("drug,label Drug9,positive aspirin,positive") == 2
    said = capsys.readouterr().err
    assert "no case in which a drug labelled positive is ranked" in said


def test_screens_without_twins_and_twice_are_errors(evaluated, tmp_path, capsys):
    evaluated("drug,label Drug0,positive")
    screen, twin = str(tmp_path / "P1.screen.h5ad"), str(tmp_path / "P2.twin.h5ad")
    more = ["--labels", str(tmp_path / "labels.tsv"), "--negatives", "unlabelled"]
    more += ["--draws", "100", "--seed", "1", "--output", str(tmp_path), "--twins", twin]
    capsys.readouterr()
    assert main(["evaluate", "--screens", screen, *more]) == 2
    assert "no twin of patient P1" in capsys.readouterr().err
    assert main(["evaluate", "--screens", screen, screen, *more]) == 2
    assert "a second screen of patient P1 by the preset calibrated" in capsys.readouterr().err
    assert main(["evaluate", "--preset", f"x={tmp_path / 'none'}", *more]) == 2
    assert "screens (h5ad) of the preset x" in capsys.readouterr().err


def test_cases_that_wait_in_a_file_give_the_figures_of_those_in_memory():
    labels = {"drug3": "positive", "drug5": "positive"}
    orders = ([1.0, 2, 3, 4, 5, 6, 7, 8, 9, NAN], [9.0, 8, 7, 6, 5, 4, 3, 2, 1, NAN])
    cases = [
        make_case({"one": make_screen(name, order)}, make_twin(name), labels=labels, elsewhere=None)
        for name, order in zip("PQ", orders, strict=True)
    ]
    aside = LaidAside()
    waiting = [aside(case) for case in cases]
    expected, found = (all_figures(some, seed=1, draws=20) for some in (cases, waiting))
    pd.testing.assert_frame_equal(found, expected)
    assert waiting[0].mechanisms is waiting[1].mechanisms  # the same drugs are kept once
    assert ("preset", "another") not in waiting[0].scores
