"""Tables of warnings and interactions in the workflow: the package's, and those configured."""

import pandas as pd

from tiny_cohort import Study

WARNINGS = "drug\tkind\tsubject\tdetail\tsource\ntofacitinib\tboxed_warning\t\t\tlabel\n"


def test_tables_are_built_where_the_configuration_names_their_sources(tmp_path, cache_folder):
    study = Study(tmp_path, cache_folder)
    plain = study.planned(study.configure("plain"))
    assert {"pharmacogenomics", "drug_warnings"} <= plain  # embedded
    assert not {"drug_interactions", "phenotypes"} & plain
    alone = study.planned(study.configure("alone", safety={"embedded": False}))
    assert not {"drug_warnings", "drug_interactions"} & alone
    (tmp_path / "own.tsv").write_text(WARNINGS, encoding="utf-8")
    given = {"embedded": False, "warnings": ["own.tsv"]}
    own = study.planned(study.configure("own", safety=given))
    assert "drug_warnings" in own
    assert "drug_interactions" not in own


def test_the_table_of_warnings_is_built(tmp_path, cache_folder):
    study = Study(tmp_path, cache_folder)
    (tmp_path / "own.tsv").write_text(WARNINGS, encoding="utf-8")
    config = study.configure("own", safety={"warnings": ["own.tsv"]})
    (target, other) = (
        f"output/knowledge/{name}.parquet" for name in ("drug_warnings", "pharmacogenomics")
    )
    study.run(config, target, other)
    assert (tmp_path / other).is_file()
    found = pd.read_parquet(tmp_path / target)
    assert {"MeDIC 2025", "PharmacotherapyDB 1.0", "label"} == {*found["source"]}


def test_a_table_that_is_missing_ends_the_run_before_its_first_job(tmp_path, cache_folder):
    study = Study(tmp_path, cache_folder)
    config = study.configure("none", safety={"interactions": ["nowhere.csv"]})
    ran = study.snakemake(config, "--dry-run")
    assert ran.returncode == 2
    assert "safety.interactions.0" in ran.stdout
    assert "no file nowhere.csv" in ran.stdout
