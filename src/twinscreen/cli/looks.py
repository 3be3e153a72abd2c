"""What `check` looks at beside sheets and cells: tables, diseases, and drugs that are named."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from twinscreen.files import GeneNames
    from twinscreen.files.errors import InputError
    from twinscreen.files.paths import FilePath
    from twinscreen.inputs.cohort import Cohort
    from twinscreen.knowledge.drugs import OwnDrugs

#: So many patients of one disease are named.
_MOST_NAMES = 5
#: Of so many new drugs those with a name like theirs are looked for.
_LIKE = 100


def look_at_tables(
    config: Mapping[str, Any], cohort: "Cohort", *, file: "FilePath"
) -> list["InputError"]:
    """Read what a later stage would refuse: labels, diseases, responses, names of drugs.

    Parameters
    ----------
    config
        Configuration with defaults.
    cohort
        The cohort, checked.
    file
        Where the configuration stands, for messages.

    Returns
    -------
    Faults, of each table or list of drugs the first.
    """
    from twinscreen.files.errors import InputError

    faults = []
    for look in _looks(config, cohort, file):
        try:
            look()
        except InputError as error:
            faults.append(error)
    return faults


def _looks(
    config: Mapping[str, Any], cohort: "Cohort", file: "FilePath"
) -> Iterator[Callable[[], object]]:
    from twinscreen.cohort.evaluation.labels import read_diseases
    from twinscreen.cohort.trial.responses import read_responses
    from twinscreen.inputs.release import knowledge_of
    from twinscreen.knowledge.drugs import OwnDrugs
    from twinscreen.knowledge.official.named import without_releases
    from twinscreen.settings.stages import OFFICIAL

    drugs_of_release = config["screen"]["drugs"].startswith(OFFICIAL)
    config = without_releases(config)
    evaluation, trial = config["evaluation"], config["trial"]
    if evaluation["labels"]:
        yield partial(_labels, evaluation["labels"], config, cohort)
    if evaluation["diseases"]:
        yield partial(read_diseases, evaluation["diseases"])
    if trial["responses"]:
        sheets = {name: cohort.about(name) for name in cohort.treated}
        yield partial(read_responses, trial["responses"], sheets)
    own = OwnDrugs.of(config["screen"])
    if own.drugs or own.approvals:
        yield partial(_own_drugs, own, config)
    yield from _tables_of_ones_own(config, cohort)
    yield from _safety_tables(config["safety"])
    if folder := config["knowledge"]["folder"]:
        from twinscreen.data import SOURCES
        from twinscreen.inputs.release import ALWAYS, check_release
        from twinscreen.inputs.validate import read_yaml

        sources = read_yaml(config["sources"] or SOURCES)
        yield partial(check_release, folder, ALWAYS, config, sources)
    named = {"screen.include": config["screen"]["include"], "trial.drugs": trial["drugs"]}
    if drugs_of_release and not (knowledge_of(config) / "drugs.parquet").is_file():
        named = {}  # which drugs there are is not known yet
    for place, names in named.items():
        if names:
            yield partial(_choose, file, place, names, config)


def _labels(path: "FilePath", config: Mapping[str, Any], cohort: "Cohort") -> None:
    """Check labels: that some are of drugs of the table, and of patients of the sheet."""
    from twinscreen.cohort.evaluation.labels import read_labels
    from twinscreen.files.errors import InputError

    labels = read_labels(path)
    whose = set(labels.table["group"]) if labels.scope == "patient" else set(cohort.patients)
    unknown = _unknown_drugs(labels.table["drug"].tolist(), config)
    lost = len(unknown) == labels.table["drug"].nunique()
    if lost or not whose & set(cohort.patients):
        raise InputError(
            file=path,
            place="column drug" if lost else "column patient",
            found="no drug of the table" if lost else "no patient of the patient sheet",
            expected="labels of drugs by name, synonym or identifier, and of patients by their id",
            remedy="correct the names, such as " + (unknown[0] if lost else min(whose)),
        )


def _unknown_drugs(names: list[str], config: Mapping[str, Any]) -> list[str]:
    """Give those of some names that mean no drug of the table, or nothing before there is one."""
    from twinscreen.files.drug_names import DrugNames
    from twinscreen.inputs.release import knowledge_of

    if not names or not (knowledge_of(config) / "drugs.parquet").is_file():
        return []
    known = DrugNames(_drugs(config))
    return [name for name in dict.fromkeys(names) if not known.ids(name)]


def treatments_in_words(config: Mapping[str, Any], cohort: "Cohort") -> list[str]:
    """Say which treatments of the sample sheet, and labels, mean no drug of the table."""
    from twinscreen.cohort.evaluation.labels import read_labels
    from twinscreen.files.words.counting import plural
    from twinscreen.knowledge.official.named import without_releases

    given = [row["treatment"] for row in cohort.samples.values()]
    named = {
        "column treatment of the sample sheet": [
            name.strip() for text in given for name in text.split("|") if name.strip()
        ]
    }
    if labels := without_releases(config)["evaluation"]["labels"]:
        named["evaluation.labels"] = read_labels(labels).table["drug"].tolist()
    unknown = {place: _unknown_drugs(names, config) for place, names in named.items()}
    return [
        f"{place}: {plural(len(names), 'name means', 'names mean')} no drug of the table, and"
        f" {'tells' if len(names) == 1 else 'tell'} nothing: {_some(names)}"
        for place, names in unknown.items()
        if names
    ]


def _whose_ligands(path: "FilePath", cohort: "Cohort") -> None:
    """Check that ligands are of patients of the sheet."""
    from twinscreen.files.own_tables import LIGANDS, read_own_table
    from twinscreen.files.text_table import require_fitting

    table = read_own_table(LIGANDS, path, None)
    patients = table["patient"]
    times = {"", *(row["time"] for row in cohort.samples.values())}
    require_fitting(
        path,
        table["time"].fillna(""),
        table["time"].fillna("").isin(times),
        expected=f"a time point of the sample sheet: {', '.join(sorted(filter(None, times)))}",
        remedy="correct it, or leave it empty for all time points",
    )
    require_fitting(
        path,
        patients,
        patients.isin(list(cohort.patients)),
        expected="a patient of the patient sheet",
        remedy="correct the name, or leave the line out",
    )


def _safety_tables(safety: Mapping[str, Any]) -> Iterator[Callable[[], object]]:
    """Read tables of what speaks against drugs."""
    if safety["warnings"]:
        from twinscreen.knowledge.safety.warnings import read_warnings

        yield from (partial(read_warnings, path) for path in safety["warnings"])
    if safety["interactions"]:
        from twinscreen.knowledge.safety.interactions import read_interactions

        yield from (partial(read_interactions, path) for path in safety["interactions"])


def _tables_of_ones_own(
    config: Mapping[str, Any], cohort: "Cohort"
) -> Iterator[Callable[[], object]]:
    """Read tables of knowledge of the user's own; their genes, once the table of genes is there."""
    from twinscreen.files.own_tables import OWN_TABLES, read_own_table

    given = []
    for table in OWN_TABLES.values():
        found = [config[section].get(table.name) or () for section in table.sections]
        paths = [path for one in found for path in ([one] if isinstance(one, str) else one)]
        given += [(table, path) for path in paths]
    if given:
        names = _gene_names(config)
        yield from (partial(read_own_table, table, path, names) for table, path in given)
        for path in config["own"]["ligands"]:
            yield partial(_whose_ligands, path, cohort)
    if config["pathways"]["gmt"] and (names := _gene_names(config)):
        from twinscreen.knowledge.pathways import gmt_sets

        for path in config["pathways"]["gmt"]:
            yield partial(gmt_sets, path, source="", names=names)


def _choose(file: "FilePath", place: str, names: list[str], config: Mapping[str, Any]) -> None:
    """Look drugs up as the screen does."""
    from twinscreen.files.errors import InputError
    from twinscreen.screen.library import Library

    try:
        every = Library(approved_only=False, include=tuple(names), withdrawn=True, diagnostics=True)
        every.choose(_drugs(config))
    except InputError as error:
        error.file, error.place = str(file), place
        raise


def _drugs(config: Mapping[str, Any]) -> "pd.DataFrame":
    """Read the drug table; before the first run, what it will be made of."""
    from twinscreen.files import DRUGS, InputError, read_table
    from twinscreen.inputs.release import knowledge_of
    from twinscreen.knowledge.drugs import OwnDrugs

    made = knowledge_of(config) / "drugs.parquet"
    own = OwnDrugs.of(config["screen"])
    # a table of one's own may have changed since
    if made.is_file() and not own.drugs:
        with suppress(InputError):  # of an older release, and made anew by this run
            return read_table(made, DRUGS)
    return _own_drugs(own, config)


def _own_drugs(own: "OwnDrugs", config: Mapping[str, Any]) -> "pd.DataFrame":
    """List the drugs of the library and of one's own; genes are looked up after the first run."""
    from twinscreen.data import TABLES
    from twinscreen.knowledge.drugs import DrugFiles, listed_drugs

    return listed_drugs(DrugFiles.of(TABLES), own, names=_gene_names(config))


def drugs_in_words(config: Mapping[str, Any]) -> list[str]:
    """Say of a table of one's own which drugs are new, like one in the library, or not tried."""
    from dataclasses import replace
    from difflib import get_close_matches

    from twinscreen.files.words.counting import plural
    from twinscreen.knowledge.drugs import OwnDrugs
    from twinscreen.knowledge.drugs.own import own_name
    from twinscreen.knowledge.official.named import without_releases

    own = replace(OwnDrugs.of(without_releases(config)["screen"]), mode="add")
    if not own.drugs:
        return []
    drugs, table = _own_drugs(own, config), own_name(own.drugs)
    told = drugs["sources"].str.split("|")
    mine = told.map(lambda names: table in names)
    new = mine & (told.map(len) == 1)
    known = drugs.loc[~new, "name"].tolist()
    near = {
        name: get_close_matches(name, known, 1, 0.85) for name in drugs.loc[new, "name"][:_LIKE]
    }
    alike = ", ".join(f"{name} (near is {found[0]})" for name, found in near.items() if found)
    said = f"{table}: {plural(mine.sum(), 'drug')}, {new.sum()} of them new to the library"
    return [f"{said}: {alike}" if alike else said, *_not_tried(drugs[mine], config["screen"])]


def _not_tried(mine: "pd.DataFrame", screen: Mapping[str, Any]) -> list[str]:
    """Say which drugs of one's own are not tried, since they are not approved."""
    from twinscreen.files.drug_names import DrugNames

    if screen["library"] == "all":
        return []
    names = DrugNames(mine)
    included = {drug for name in screen["include"] for drug in names.ids(name)}
    lost = mine.loc[~mine["approved"].astype(bool) & ~mine["drug_id"].isin(included), "name"]
    if lost.empty:
        return []
    return [
        f"not tried, since not approved: {_some(lost.tolist())}; screen.include names what to try"
    ]


def _gene_names(config: Mapping[str, Any]) -> "GeneNames | None":
    """Read the table of gene names; None before the first run."""
    from twinscreen.files import GeneNames
    from twinscreen.inputs.release import knowledge_of

    path = knowledge_of(config) / "gene_names.parquet"
    return GeneNames(path) if path.is_file() else None


def diseases_in_words(config: Mapping[str, Any], cohort: "Cohort") -> list[str]:
    """Say which diseases of the patient sheet have no genes; nothing where all have some.

    Before the first run only the tables of the package are looked at.
    """
    told = [(name, cohort.patients[name]["disease"]) for name in cohort.with_findings]
    if not any(text for _, text in told):
        return []
    from twinscreen.inputs.release import knowledge_of
    from twinscreen.observe.findings.known_diseases import not_listed, without_genes

    folder = knowledge_of(config)
    if (folder / "disease_genes.parquet").is_file():
        lacking = without_genes(told, *known_diseases(folder))
        said = "no genes are known of {}: it tells the ranking nothing; `twinscreen diseases` lists"
        said += " those with genes"
    else:
        lacking = not_listed(told, _listed_diseases())
        said = "{}: not among the diseases whose associated genes come with the package; the end of"
        said += " the run says whether genes are known otherwise"
    return [f"{_some(whose)}: {said.format(name)}" for name, whose in lacking.items()]


def _some(names: list[str]) -> str:
    """List some names, and count the others."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _listed_diseases() -> set[str]:
    """Give identifiers and names of the diseases in the tables of the package."""
    from twinscreen.data import TABLES
    from twinscreen.knowledge.delimited import read_columns

    found: set[str] = set()
    for name, columns in (
        ("gwas_genes.tsv", ("disease_id",)),
        ("disease_genes.tsv", ("disease_id", "disease", "efo", "doid")),
    ):
        table = read_columns(
            TABLES / name,
            columns=columns,
            content="genes of diseases",
        )
        for column in columns:
            found.update(table[column].str.split("|").explode())
    return found - {""}


def known_diseases(folder: Path) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Read diseases and their genes from the knowledge of a run.

    Raises
    ------
    InputError
        A table is not there.
    """
    from twinscreen.files import DISEASE_GENES, DISEASES, InputError, read_table

    paths = [folder / f"{name}.parquet" for name in ("diseases", "disease_genes")]
    for path in paths:
        if not path.is_file():
            raise InputError(
                file=path,
                found="no such file",
                expected="knowledge of a run that has diseases among its findings",
                remedy=f"run `twinscreen run ... {paths[1]}` first, or name another folder by"
                " --knowledge",
            )
    return read_table(paths[0], DISEASES), read_table(paths[1], DISEASE_GENES)
