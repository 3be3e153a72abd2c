"""What the page of a cohort says of similarity and of the trial in silico."""

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from page_reader import Page, section

from twinscreen.files import (
    COHORT_CLUSTER_NUMBERS,
    COHORT_CLUSTERS,
    COHORT_NEIGHBOURS,
    COHORT_SIMILARITY,
    COHORT_TRIAL,
    COHORT_TRIAL_DRUGS,
    COHORT_TRIAL_FEATURES,
    read_table,
    write_table,
)
from twinscreen.report.cohort import similarity
from verbs import run_verb

NAN = float("nan")
NAMES = [f"P{i}" for i in range(6)]


@pytest.fixture
def render(tmp_path, render_cohort):
    """Write a page with both sections: two groups of three, and drugs in six patients."""

    def page(
        *, groups: bool = True, called: bool = True, observed: bool = False, batch: bool = False
    ) -> Page:
        render_cohort({name: {"alpha": 2.0, "beta": 1.0} for name in NAMES})
        write_similarity(tmp_path, groups=groups, batch=batch)
        write_trial(tmp_path, called=called, observed=observed)
        output = tmp_path / "cohort.html"

        names = ["patients", "ranks", "similarity", "clusters", "cluster_numbers", "neighbours"]
        names += ["trial", "trial_drugs", "trial_features"]
        flags = [(f"--{name.replace('_', '-')}", tmp_path / f"{name}.parquet") for name in names]
        run_verb("cohort-report", *(part for flag in flags for part in flag), "--output", output)
        return Page(output)

    return page


def write_similarity(folder, *, groups, batch):
    pairs = [
        (a, b, 0.8 if (a < "P3") == (b < "P3") else 0.2, 0.4, 2)
        for a, b in combinations(NAMES, 2)
        if (a, b) != ("P0", "P5")
    ]
    table = pd.DataFrame(
        pairs, columns=["patient_a", "patient_b", "effect", "relevance", "n_compartments"]
    )
    table["similarity"] = (table["effect"] + table["relevance"]) / 2
    apart = [("P0", "P5"), *((name, "P9") for name in NAMES)]
    none = pd.DataFrame(apart, columns=["patient_a", "patient_b"]).assign(n_compartments=0)
    table = pd.concat([table, none])
    write_table(table, folder / "similarity.parquet", COHORT_SIMILARITY)
    people = pd.DataFrame({"patient": [*NAMES, "P9"], "place": range(7)}).assign(
        cluster=pd.array([1, 1, 1, 2, 2, 2, pd.NA] if groups else [1] * 6 + [pd.NA], dtype="Int64"),
        silhouette=[0.7] * 6 + [NAN] if groups else NAN,
        n_compartments=2,
    )
    write_table(people, folder / "clusters.parquet", COHORT_CLUSTERS)
    numbers = pd.DataFrame({"n_clusters": [2, 3], "silhouette": [0.7, 0.4]}).assign(
        limit=0.5 if groups else 0.8,
        pvalue=0.01 if groups else 0.4,
        chosen=[groups, False],
    )
    write_table(numbers, folder / "cluster_numbers.parquet", COHORT_CLUSTER_NUMBERS)
    common = pd.DataFrame(
        {
            "feature": ["batch"],
            "n_values": [2],
            "n_patients": [6],
            "same": [0.7],
            "others": [0.3],
            "pvalue": [0.002 if batch else 0.6],
            "qvalue": [0.002 if batch else 0.6],
        }
    )
    write_table(common, folder / "neighbours.parquet", COHORT_NEIGHBOURS)


def test_a_cohort_of_thousands_draws_those_who_were_all_compared(tmp_path):
    write_similarity(tmp_path, groups=True, batch=False)
    contracts = (
        COHORT_SIMILARITY,
        COHORT_CLUSTERS,
        COHORT_CLUSTER_NUMBERS,
        COHORT_NEIGHBOURS,
    )
    names = ("similarity", "clusters", "cluster_numbers", "neighbours")
    read = [
        read_table(tmp_path / f"{n}.parquet", of) for n, of in zip(names, contracts, strict=True)
    ]
    other = pd.DataFrame({"patient": ["Q1"], "place": 7, "cluster": 2, "n_compartments": 2})
    read[1] = pd.concat([read[1], other.assign(silhouette=0.5)], ignore_index=True)
    said = similarity.similarity_section(similarity.SimilarityTables(*read))
    assert (said.n_patients, said.n_beside, said.n_unknown) == (6, 1, 1)
    assert [len(group.patients) for group in said.groups] == [3, 4]
    assert said.alone == ("P9",)


def write_trial(folder, *, called, observed):
    benefit = np.array([0.3, 0.25, 0.2, 0.02, -0.05, NAN])
    trial = pd.DataFrame({"patient": NAMES, "drug_id": "a", "name": "alpha"}).assign(
        status=["ranked"] * 5 + ["unscorable"],
        benefit=benefit,
        benefit_low=benefit - 0.1,
        benefit_high=benefit + 0.1,
        reward=benefit,
        rank=1.0,
        called=[called] * 5 + [False],
        responder=pd.array([called] * 3 + [False] * 2 + [pd.NA], dtype="boolean"),
        observed=pd.array(
            [True, True, False, False, False, pd.NA] if observed else [pd.NA] * 6, dtype="boolean"
        ),
    )
    write_table(trial, folder / "trial.parquet", COHORT_TRIAL)
    drugs = pd.DataFrame(
        {
            "drug_id": ["a"],
            "name": ["alpha"],
            "same": ["alphab|<i>alphac</i>"],
            "n_first": [5],
            "n_ranked": [5],
            "n_called": [5 if called else 0],
            "n_responders": [3 if called else 0],
            "median_benefit": [0.2],
            "lower_quartile": [0.02],
            "upper_quartile": [0.25],
            "n_observed": [5 if observed else 0],
            "n_observed_responders": [2 if observed else 0],
            **{
                name: [value if observed else NAN]
                for name, value in zip(
                    ("auc", "auc_low", "auc_high", "pvalue", "qvalue"),
                    (0.83, 0.5, 1.0, 0.2, 0.2),
                    strict=True,
                )
            },
        }
    )
    write_table(drugs, folder / "trial_drugs.parquet", COHORT_TRIAL_DRUGS)
    rows = [("predicted", "a", "alpha", "regulator", "JAK1", 0.95, 0.001, 0.01, False)] * called
    rows += [("observed", "", "", "variant", "TYK2", 0.2, 0.002, 0.05, True)] * observed
    columns = ["outcome", "drug_id", "name", "kind", "feature", "auc", "pvalue", "qvalue"]
    features = pd.DataFrame(rows, columns=[*columns, "simulated"]).assign(
        n=5, n_responders=2, mean_responders=1.0, mean_others=0.0
    )
    features = features.astype(dict.fromkeys(("auc", "pvalue", "qvalue"), float))
    features["simulated"] = features["simulated"].astype(bool)
    write_table(features, folder / "trial_features.parquet", COHORT_TRIAL_FEATURES)


def similarity_of(page):
    return section(page.source, 'id="similarity"', 'id="numbers"')


def trial_of(page):
    return section(page.source, 'id="trial"', 'id="similarity"')


def test_groups_are_named_with_what_chance_gives(render):
    text = similarity_of(render())
    assert "form 2 groups" in text
    assert "silhouette 0.70" in text
    assert "in 95 % of random cohorts without groups and of equal spread (0.50; p 0.01)" in text
    assert "Group 1 3 0.70 P0 , P1 , P2" in text
    assert "similar patients are P0 and P1 (similarity 0.60 over 2 shared cell types" in text
    assert "no cell type in common" in text
    assert "share no cell type with anybody: P9" in text
    assert "are no more similar than others" in text


def test_without_groups_the_page_says_so(render):
    text = similarity_of(render(groups=False))
    assert "form no groups" in text
    assert "is no clearer than" in text
    assert "Group 1" not in text


def test_a_batch_that_makes_patients_alike_is_named(render):
    assert "batch (mean similarity 0.70 against 0.30, p 0.002)" in similarity_of(render(batch=True))


def test_predicted_responders_and_what_explains_them(render):
    text = trial_of(render())
    assert "5 patients have a call" in text
    assert "of 5 screened" in text
    assert "alpha 3." in text
    assert "1 patient was not screened and is left out" in text
    assert "No observed responses were given" in text
    assert "P0 , P1 , P2" in text
    assert "Activity of a regulator JAK1 more 0.95" in text
    assert "explains the prediction and is no evidence for it" in text
    assert "20 % (2.0 to 25 %)" in text
    assert "AUC" not in text


def test_without_a_call_nothing_is_predicted(render):
    page = render(called=False)
    text = trial_of(page)
    assert "No patient has a call, so the trial predicts nothing to act on" in text
    assert "There are no filled dots" in text
    assert "who is predicted to respond" not in text


def test_observed_responses_judge_the_prediction(render):
    text = trial_of(render(observed=True))
    assert "The response of 5 patients is known: 2 responded" in text
    assert "0.83 (0.50 to 1.00)" in text
    assert "Variant in TYK2 simulated less 0.20" in text


def test_names_are_escaped_figures_are_named_and_bytes_are_the_same(render):
    first, second = render(), render()
    assert first.source == second.source
    assert "i" not in {tag for tag, _ in first.elements}
    for name in ("similarity", "trial"):
        assert f'aria-labelledby="{name}-says"' in first.source
        assert f'id="{name}-says"' in first.source
    ids = first.attributes("id")
    assert len(ids) == len(set(ids))


def test_a_page_without_both_has_neither(render_cohort):
    page = Page(render_cohort({"P1": {"alpha": 1.0, "beta": 0.5}}))
    assert 'id="trial"' not in page.source
    assert 'id="similarity"' not in page.source


def test_of_thousands_of_patients_a_dot_stands_for_several(monkeypatch):
    monkeypatch.setattr(similarity, "_MOST_DOTS", 2)
    matrix = np.arange(25.0).reshape(5, 5)
    np.fill_diagonal(matrix, NAN)
    coarse = similarity._coarse(matrix)
    assert coarse[0].tolist() == [(1 + 2 + 5 + 7 + 10 + 11) / 6, (3 + 4 + 8 + 9 + 13 + 14) / 6]
    assert coarse.shape == (2, 2)
    monkeypatch.setattr(similarity, "_MOST_DOTS", 5)
    assert similarity._coarse(matrix) is matrix


def test_the_most_similar_patients_of_each_are_named_with_links(render):
    page = render()
    table = section(page.source, 'id="patients"', 'id="frequent"')
    assert table.count(" 0.60 ") == 6  # each has another in the same group
    assert "P0 no none alpha – – 0.4 0.3 2.50 – – P1 , P2 , P3 0.60 lupus" in table
    row = page.source[page.source.index('id="patient-P0"') :]
    links = re.findall(r'href="(P\d)\.html"', row[: row.index("</tr>")])
    assert links == ["P0", "P1", "P2", "P3"]
