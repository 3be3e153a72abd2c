"""A small patient made by hand: three compared cell types, one that was not, six drugs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from screen_parts import KINDS_OF_D1, compare_with_states, kinds, pairs, paths, support

from twinscreen.files import (
    COHORT_PATIENTS,
    COHORT_RANKS,
    INTERACTOME,
    SCREEN,
    TWIN,
    write_anndata,
    write_table,
    write_text,
)
from twinscreen.files.contracts.screen_tables import CONCERNS as CONCERNS_TABLE
from twinscreen.files.contracts.screen_tables import SCREEN_TABLES
from twinscreen.files.contracts.twin_tables import NotUsed, Source, WhyNot
from twinscreen.report.compartments import Naming, naming
from twinscreen.report.patient.answer.call import CallInWords, call_in_words
from twinscreen.report.patient.answer.certainty import nothing_deviates
from twinscreen.report.patient.answer.tier import Evidence, evidence_for
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism, first_mechanisms, ranking
from twinscreen.report.patient.drugs.wording import WORDINGS
from twinscreen.report.patient.page import facts_of, patient_page
from twinscreen.report.standard import standard_of
from twinscreen.screen.evidence.registry import OURS
from twinscreen.screen.layout import NO_CALL
from verbs import run_verb
from whole_tables import complete

GENES = ["ISG15", "MX1", "IFIT1", "STAT1", "IRF7", "CCL2", "JAK1", "JAK2", "CD8A", "NR3C1"]
CELLS = ["CD14 monocytes", "CD4 T cells", "B cells", "Platelets"]
EDGES = [
    ("STAT1", "ISG15"),
    ("STAT1", "MX1"),
    ("STAT1", "IFIT1"),
    ("IRF7", "STAT1"),
    ("CCL2", "IRF7"),
    ("JAK1", "STAT1"),
    ("JAK2", "STAT1"),
]
NOTHING = float("nan")

#: What ruxolitinib is called elsewhere, and who tells of its approval.
CALLED = {
    "synonyms": "Jakafi|INCB018424|Ruxolitinib phosphate|Jakavi|Opzelura|seven|eight",
    "drugbank": "DB08877",
    "chembl": "CHEMBL1789941",
    "chebi": "CHEBI:66919",
    "atc": "",
    "approval": "Guide to PHARMACOLOGY 2020.5|FDA 2011-11-16",
}

#: drug_id, name, approved, withdrawn, status, score, rank, targets, scores in three cell types
DRUGS: list[tuple[str, str, bool, bool, str, float, float, str, list[float]]] = [
    ("D1", "ruxolitinib", True, False, "ranked", 6.9, 1.5, "JAK1 -; JAK2 -", [7.0, 5.5, -0.5]),
    ("D2", "baricitinib", True, False, "ranked", 6.9, 1.5, "JAK1 -; JAK2 -", [7.0, 5.5, -0.5]),
    ("D3", "old-steroid", False, True, "ranked", 2.0, 3.0, "NR3C1 +", [2.5, 1.0, 0.2]),
    ("D4", "IFN-α2", True, False, "ranked", -7.1, 4.0, "JAK1|JAK2 +", [-7, -5.6, 0.4]),
    ("D5", "mystery", False, False, "unknown action", NOTHING, NOTHING, "JAK1 ?", [NOTHING] * 3),
    (
        "D6",
        "<b>raw</b>",
        False,
        False,
        "no target in the network",
        NOTHING,
        NOTHING,
        "",
        [NOTHING] * 3,
    ),
]


#: Targets of ruxolitinib, in the cell type to whose module it is nearest.
NEAR = [
    ("D1", "CD4 T cells|blood|day 3", "JAK2", 0.0, -2.0, 0.03, 0.5),
    ("D1", "CD4 T cells|blood|day 3", "JAK1", 1.0, -0.5, 0.3, -0.5),
]


def provenance(*names: str) -> dict[str, Any]:
    inputs = pd.DataFrame({"file": list(names), "sha256": ["ab" * 32] * len(names)}, dtype=str)
    return {"version": "9.9.9", "parameters": {"seed": 7, "limit": 0.05}, "inputs": inputs}


def make_twin(unscorable: str = "", patient: str = "P1") -> ad.AnnData:
    shape = (0 if unscorable else len(CELLS), len(GENES))
    effect = np.full(shape, np.nan, dtype=np.float32)
    layers = {name: effect.copy() for name in TWIN.layers}
    if not unscorable:
        effect[:3] = [[8, 7, 6, 3, 4, -5, 0.3, 0.2, 0.1, 0.4]] * 3
        layers["qvalue"][:3] = 0.5
        layers["qvalue"][:3, :6] = 0.001
        layers["module"][:3] = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
        layers["centrality"][:3, :6] = [0.6, 0.6, 0.6, 1.0, 0.7, 0.3]
    compared = np.arange(shape[0]) < 3
    obs = pd.DataFrame(
        {
            "cell_type": CELLS[: shape[0]],
            "tissue": "blood",
            "time": "day 3",
            "n_cells": np.array([400, 900, 120, 4])[: shape[0]],
            "n_reference_donors": np.array([7, 8, 5, 1])[: shape[0]],
            "method": "reference",
            "n_tested": np.array([10, 10, 10, 0])[: shape[0]],
            "n_genes": 10,
            "n_coding": 12_000,
            "scorable": compared,
            "module_size": np.where(compared, 6, 0),
            "lcc_size": np.where(compared, 6, 0),
            "lcc_z": np.where(compared, [4.2, 3.0, 1.0, NOTHING][: shape[0]], NOTHING),
            "lcc_p": np.where(compared, [0.0009, 0.01, 0.2, NOTHING][: shape[0]], NOTHING),
            "lcc_size_low": np.where(compared, 4.0, NOTHING),
            "lcc_size_high": np.where(compared, 6.0, NOTHING),
            "calibration": np.where(compared, 0.05, NOTHING),
            "latest": True,
            "flags": ["", "", "", "too_few_cells"][: shape[0]],
            "control_times": "",
            "communication_centrality": np.array([0.4, 1.0, 0.2, NOTHING])[: shape[0]],
            "communication_eigenvector": NOTHING,
        },
        index=[f"{cell}|blood|day 3" for cell in CELLS[: shape[0]]],
    )
    twin = ad.AnnData(
        effect,
        obs=obs,
        var=pd.DataFrame(
            {
                "degree": range(len(GENES)),
                **dict.fromkeys(("variant", "phenotype", "exposure", "disease"), NOTHING),
                **dict.fromkeys(("variant_expected", "function", "relevance"), NOTHING),
            },
            index=GENES,
        ),
        layers=layers,
    )
    for name in TWIN.obsp:
        twin.obsp[name] = np.zeros((shape[0], shape[0]))
    samples = {
        "sample": ["s1", "s2"],
        "condition": ["case", "case"],
        "tissue": ["blood", "blood"],
        "time": ["day 3", "day 3"],
        "batch": ["b1", ""],
        "n_cells": [1424.0, NOTHING],
        "n_genes": [12000.0, NOTHING],
        "median_counts": [2100.0, NOTHING],
        "unscorable": ["", "found no cells"],
        "remedy": ["", "sequence more"],
    }
    lost = (Source.SAMPLE, "s2", WhyNot.UNUSABLE, "found no cells", "sequence more")
    twin.uns |= {
        **{spec.name: spec.empty() for spec in TWIN.uns_tables},
        "patient": {"patient": patient, "condition": "lupus", "sex": "female"},
        "samples": pd.DataFrame(samples),
        "not_used": pd.DataFrame([NotUsed(*lost)]),
        "flags": ["not_used"],
        "unscorable": unscorable,
        "remedies": ["add cells"] if unscorable else [],
        "settings": {"design": "reference", "control": "healthy", "max_qvalue": 0.05},
        "provenance": provenance("reference.h5ad"),
    }
    return twin


def signed_targets(told: pd.Series) -> pd.DataFrame:
    """List the targets of drugs that are told as `JAK1 -; JAK2 -`."""
    signs = {"-": -1, "?": 0, "+": 1}
    rows = [
        (drug_id, target, signs[mark])
        for drug_id, text in told.items()
        for target, mark in (part.split(" ") for part in text.split("; ") if part)
    ]
    table = pd.DataFrame(rows, columns=["drug_id", "target", "sign"])
    return table.assign(conflict=False, sources="Guide to PHARMACOLOGY|DrugCentral")


def make_screen(unscorable: str = "", patient: str = "P1") -> ad.AnnData:
    drugs = [] if unscorable else DRUGS
    columns = ["name", "approved", "withdrawn", "status", "score", "rank", "targets"]
    obs = pd.DataFrame(
        [row[1:8] for row in drugs], columns=columns, index=[row[0] for row in drugs]
    )
    obs["kind"] = "small molecule"
    for name in ("synonyms", "drugbank", "chembl", "chebi", "atc", "approval"):
        obs[name] = obs.index.map({"D1": CALLED[name]}).fillna("")
    obs["n_targets"] = obs["targets"].str.count(r"[+-](?:;|$)").astype(int)
    obs["n_scored"] = obs["n_targets"]
    obs["mechanism"] = [{"D2": "D1"}.get(name, name) for name in obs.index]
    obs["same"] = obs.index.map({"D1": "baricitinib", "D2": "ruxolitinib"}).fillna("")
    for name in ("pvalue", "qvalue", "rank_by_compartments", "rank_other_weights"):
        obs[name] = NOTHING
    for kind, z in KINDS_OF_D1.items():
        obs[f"{kind}_z"] = np.where(obs["score"] > 5, z, NOTHING)
    ranked = obs["score"].notna()
    obs["benefit"] = np.where(ranked, obs["score"] / 100, NOTHING)
    obs["benefit_low"], obs["benefit_high"] = obs["benefit"] - 0.01, obs["benefit"] + 0.01
    obs["residual"], obs["harm"], obs["reward"] = 1 - obs["benefit"], 0.0, obs["benefit"]
    obs["adjusted_rank"] = obs["rank"].rank(method="min")
    obs["evidence"] = ""
    obs["concerns"] = obs["untested"] = obs["indicated"] = ""
    obs["indicated_simulated"], obs["popularity"] = False, NOTHING
    for name in ("contraindication", "boxed_warning", "interaction", "pharmacogenomic"):
        obs[name] = "not assessed"
    obs["indications"], obs["n_indications"] = "", 0
    obs["presence"], obs["found_in"] = "not judged", ""
    for end, side in (("low", -1), ("high", 1)):  # ranks stay what they are: 1, 1, 2, 3
        obs[f"score_{end}"] = obs["score"] + side
        obs[f"rank_{end}"] = obs["rank"].astype(float).round() - 1
    cells = [] if unscorable else CELLS[:3]
    var = pd.DataFrame(
        {
            "cell_type": cells,
            "tissue": "blood",
            "time": "day 3",
            "n_cells": 100,
            "latest": True,
            "weight": 1.0,
        },
        index=[f"{cell}|blood|day 3" for cell in cells],
    )
    screen = ad.AnnData(obs=obs, var=var)
    scores = np.array([row[8] for row in drugs]).reshape(len(drugs), len(cells))
    screen.layers["score"] = screen.layers["causal"] = scores
    near = {"proximity": -1.0, "proximity_distance": 1.5, "proximity_p": 0.2, "proximity_q": 0.6}
    screen.layers["benefit"] = np.full(scores.shape, NOTHING)
    for name in (name for kind in OURS for name in kind.layers if name != "causal"):
        screen.layers[name] = np.full(scores.shape, near.get(name, NOTHING))
    # JAK1 is clear in two of three cell types, JAK2 in one, NR3C1 in none; TYK2 nowhere known.
    z = np.array([[6.0, 4.0, -1.0], [5.0, 1.5, 0.5], [-1.5, -1.0, 0.1], [NOTHING] * 3])
    screen.varm["regulators"] = z.T[: len(cells)]
    rows = [
        ("D1", "JAK1", -1, 5.2, 4.6, 6.0, "ISG15|CCL2", "8.00|-5.00"),
        ("D1", "JAK2", -1, 4.0, 2.3, 5.0, "MX1", "7.00"),
        ("D3", "NR3C1", 1, -1.4, 2.0, -1.5, "IFIT1", "6.00"),
        ("D4", "JAK1|JAK2", 1, 5.0, -7.1, 5.5, "MX1", "7.00"),
    ]
    names = ["drug_id", "target", "sign", "z", "contribution", "compartment_z", "genes", "effects"]
    evidence = pd.DataFrame([] if unscorable else rows, columns=names)
    evidence["compartment"] = "CD14 monocytes|blood|day 3"
    nearest = pd.DataFrame(
        [] if unscorable else NEAR,
        columns=["drug_id", "compartment", "gene", "distance", "z", "pvalue", "change"],
    )
    screen.uns |= {
        **{spec.name: spec.empty() for spec in SCREEN_TABLES},
        "patient": {"patient": patient, "condition": "lupus"},
        "targets": signed_targets(obs["targets"]),
        "regulators": np.array(["JAK1", "JAK2", "NR3C1", "TYK2"]),
        "evidence": evidence,
        "preset": "causal",
        "proximity_targets": np.array(["JAK1", "JAK2"]),
        "proximity_evidence": nearest,
        "call": NO_CALL.record() | {"mechanism": "", "n_absent": 0, "held_back": ""},
        "spread": {"patient": 2.0, "null": np.array([0.9, 1.0, 1.1])},
        "kinds": kinds(0 if unscorable else None),
        "paths": paths(0 if unscorable else None),
        "support": support(0 if unscorable else None),
        "treatment": {"beta": 2.0, "basis": np.array(["module"] * len(cells))},
        "combinations": pairs(0 if unscorable else None),
        "not_known": np.array(["Boxed warnings are not known: no table has any."]),
        "unscorable": unscorable,
        "remedies": ["add cells"] if unscorable else [],
        "settings": {"max_pvalue": 0.05, "indication_prior": 0.0, "popularity_prior": 0.0},
        "provenance": provenance("twin.h5ad", "influence.h5ad"),
    }
    return screen


@dataclass
class Case:
    """One patient's files; change the parts, then `render` the page."""

    folder: Path
    twin: ad.AnnData
    screen: ad.AnnData
    edges: list[tuple[str, str]] = field(default_factory=lambda: list(EDGES))
    publications: str = ""

    def render(self, name: str = "page.html") -> Path:
        """Write the page, of what is in memory."""
        digests = [(kind, f"{kind}.h5ad", "cd" * 32) for kind in ("twin", "screen")]
        digests.append(("interactome", "interactome.parquet", "ef" * 32))
        facts = facts_of(
            complete(self.twin, TWIN),
            complete(self.screen, SCREEN),
            self.interactome,
            sources=pd.DataFrame(digests, columns=["kind", "file", "sha256"]),
        )
        write_text(patient_page(facts), self.folder / name)
        return self.folder / name

    def render_files(self, name: str = "page.html", *more: object) -> Path:
        """Write the page by its verb, of files; `more` arguments may follow."""
        write_anndata(complete(self.twin, TWIN), self.folder / "twin.h5ad", TWIN)
        write_anndata(complete(self.screen, SCREEN), self.folder / "screen.h5ad", SCREEN)
        write_table(self.interactome, self.folder / "interactome.parquet", INTERACTOME)
        output = self.folder / name
        run_verb(
            *("report", self.folder / "twin.h5ad", self.folder / "screen.h5ad"),
            *("--interactome", self.folder / "interactome.parquet", "--output", output),
            *(str(part) for part in more),
        )
        return output

    @property
    def interactome(self) -> pd.DataFrame:
        edges = pd.DataFrame(self.edges, columns=["source", "target"])
        return edges.assign(layer="PT", sign=1, sources="x", references=self.publications)

    @property
    def names(self) -> Naming:
        return naming(self.twin.obs[self.twin.obs["latest"].astype(bool)])

    @property
    def first(self) -> RankedMechanism:
        """The first mechanism as the page shows it."""
        return first_mechanisms(self.screen, self.names)[0]

    @property
    def call(self) -> CallInWords:
        """What the page says of the call."""
        return call_in_words(
            self.screen,
            WORDINGS[str(self.screen.uns["preset"])],
            self.first.name,
            len(ranking(self.screen)),
            standard=standard_of(self.twin.uns["settings"]),
            nothing_deviates=nothing_deviates(self.twin, list(self.screen.var_names)),
        )

    @property
    def evidence(self) -> Evidence:
        """The tier of evidence for the first drug."""
        return evidence_for(self.call, self.first, len(ranking(self.screen)))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, make_twin(), make_screen())


MONO, TCELL, BCELL = (
    f"{name}|blood|day 3" for name in ("CD14 monocytes", "CD4 T cells", "B cells")
)
STATUSES = ("persisting", "reversed", "returned", "new", "resolved", "unknown")


def course(*rows: tuple[str, str, str, int, str]) -> pd.DataFrame:
    """Deviations at day 0 and day 3: gene, cell type, status, sign, effects."""
    table = pd.DataFrame(rows, columns=["gene", "cell_type", "status", "sign", "effects"])
    return table.assign(
        tissue="blood",
        onset="day 0",
        onset_known=False,
        last="day 3",
        n_measured=2,
        n_significant=1,
        run=1,
        times="day 0|day 3",
    )


@pytest.fixture
def over_time(case: Case) -> Case:
    """Two time points: two genes persist, one resolved in two cell types, one is new."""
    samples = pd.DataFrame(case.twin.uns["samples"])
    samples["time"] = ["day 3", "day 0"]
    case.twin.uns["samples"] = samples
    table = course(
        ("ISG15", "CD14 monocytes", "persisting", 1, "6.00|8.00"),
        ("MX1", "CD14 monocytes", "persisting", 1, "5.00|7.00"),
        ("CCL2", "CD14 monocytes", "resolved", -1, "-5.00|"),
        ("CCL2", "CD4 T cells", "resolved", -1, "-4.00|-0.50"),
        ("STAT1", "CD4 T cells", "new", 1, "0.10|3.00"),
    )
    case.twin.uns["course"] = table
    summary = pd.crosstab(table["cell_type"], table["status"])
    summary = summary.reindex(columns=STATUSES, fill_value=0).reset_index()
    n_genes = summary[list(STATUSES)].sum(axis=1)
    case.twin.uns["course_summary"] = summary.assign(
        tissue="blood", latest="day 3", n_times=2, n_genes=n_genes
    )
    return case


@pytest.fixture
def talking(case: Case) -> Case:
    """Monocytes send to T cells by CXCL10, which explains the modules of two cell types."""
    case.twin.obsp["communication"][0, 1] = 8.5
    case.twin.obsp["communication"][2, 1] = 4.25
    case.twin.uns["communication"] = pd.DataFrame(
        {
            "sender": [MONO],
            "receiver": [TCELL],
            "ligand": ["CXCL10"],
            "receptor": ["IL10RA_IL10RB"],
            "weight": [8.5],
            "qvalue": [0.004],
            "gain_logfc": [2.0],
            "gain_qvalue": [0.01],
        }
    )
    case.twin.uns["upstream"] = pd.DataFrame(
        {
            "regulator": ["CXCL10"],
            "rank": [1],
            "n_lists": [2],
            "n_targets": [5],
            "n_reached": [3],
            "activity": [1.5],
            "senders": [MONO],
            "receivers": [f"{TCELL}; {BCELL}"],
        }
    )
    return case


@pytest.fixture
def resembling(case: Case) -> Case:
    """Psoriasis and Crohn's disease are beyond the null replicates; lupus is left out."""
    compare_with_states(case.screen)
    return case


@pytest.fixture
def with_findings(case: Case) -> Case:
    """A made-up variant in IRF7, a real diagnosis, and the chain from it to ruxolitinib."""
    case.twin.uns["findings"] = pd.DataFrame(
        {
            "kind": ["variant", "variant", "disease"],
            "id": ["11-1-A-G", "all", "MONDO:1"],
            "label": ["IRF7 rs1", "variants read", "lupus"],
            "used": [True, False, True],
            "detail": ["heterozygous", "2 alleles carried", "80 genes known"],
            "genotype": "",
            "simulated": [True, True, False],
        }
    )
    case.screen.uns["hypotheses"] = pd.DataFrame(
        {
            "gene": ["IRF7"],
            "start": ["variant"],
            "expression_gene": ["STAT1"],
            "step": ["neighbour"],
            "compartment": [MONO],
            "compartments": [2],
            "effect": [3.0],
            "expression_state": ["deviates"],
            "protein_state": ["not measured"],
            "drug": ["ruxolitinib"],
            "drug_rank": [1.0],
            "drug_target": ["JAK1 -"],
            "missing": ["protein"],
            "evidence": ["Variant in IRF7 (weight 0.50); its neighbour STAT1 raised, effect 3.0."],
            "measure": ["Measure the protein of STAT1 in CD14 monocytes (blood, day 3)."],
        }
    )
    return case


@pytest.fixture
def unscorable(tmp_path: Path) -> Case:
    reason = "no sample could be used: found 4 cells, expected at least 50"
    return Case(tmp_path, make_twin(reason), make_screen(reason))


#: Columns of the table of patients that `render_cohort` fills for all at once.
LATER = (
    *("condition", "simulated", "second_drug", "called", "tier", "call_pvalue", "fit_pvalue"),
    *("similar_state", "state_similarity"),
    *("deviation", "n_donors", "batches", "median_counts", "not_used"),
)


@pytest.fixture
def render_cohort(tmp_path: Path) -> Callable[..., Path]:
    """Write the page of a cohort: {patient: {drug: score}}, and reasons of those without."""

    def render(
        scores: dict[str, dict[str, float]],
        reasons: dict[str, str] | None = None,
        simulated: tuple[str, ...] = (),
        called: tuple[str, ...] = (),
        similar: Mapping[str, str] = MappingProxyType({}),
    ) -> Path:
        people, ranks = [], []
        for patient, drugs in scores.items():
            table = pd.DataFrame({"name": list(drugs), "score": list(drugs.values())})
            table["drug_id"] = "id-" + table["name"]
            table["patient"] = patient
            table["rank"] = table["score"].rank(ascending=False)
            table["percentile"] = (table["rank"] - 1) / (len(table) - 1)
            ranks.append(table)
            first = table.loc[table["score"].idxmax()]
            people.append((patient, "scored", "", 1, 500, 4, 2, first["name"], first["score"]))
        for patient, reason in (reasons or {}).items():
            people.append((patient, "unscorable", reason, 1, 4, 0, 0, None, None))
        names = [name for name in COHORT_PATIENTS.schema.names if name not in LATER]
        patients = pd.DataFrame(people, columns=names).assign(condition="lupus", simulated="")
        patients["called"] = patients["patient"].isin(called)
        patients["tier"] = patients["called"].map({True: "moderate", False: "none"})
        patients["call_pvalue"] = patients["called"].map({True: 0.002, False: 0.4})
        patients["fit_pvalue"] = 0.3
        patients[["deviation", "n_donors"]] = 2.5, 6
        patients = patients.assign(second_drug=None, batches="B1", not_used="")
        patients["median_counts"] = 1500.0
        figures = ["call_pvalue", "fit_pvalue", "deviation", "n_donors"]
        patients.loc[patients["status"] != "scored", figures] = np.nan
        patients["similar_state"] = patients["patient"].map(similar)
        patients["state_similarity"] = np.where(patients["similar_state"].notna(), 0.234, np.nan)
        patients.loc[patients["patient"].isin(simulated), "simulated"] = "variant"
        empty = pd.DataFrame(columns=COHORT_RANKS.schema.names).astype(
            {"score": float, "rank": float, "percentile": float}
        )
        write_table(patients, tmp_path / "patients.parquet", COHORT_PATIENTS)
        write_table(pd.concat(ranks) if ranks else empty, tmp_path / "ranks.parquet", COHORT_RANKS)
        output = tmp_path / "cohort.html"
        run_verb(
            *("cohort-report", "--patients", tmp_path / "patients.parquet"),
            *("--ranks", tmp_path / "ranks.parquet", "--output", output),
        )
        return output

    return render


CALL = {
    "called": True,
    "best": 12.0,
    "threshold": 9.0,
    "pvalue": 0.002,
    "fit_pvalue": 0.004,
    "null": "donors of the reference analysed as patients",
    "n_null": 14,
    "reason": "the best drug exceeds the best drugs of null replicates",
    "mechanism": "D1",
    "n_absent": 0,
    "held_back": "",
}
CONCERNS = [
    ("D1", "boxed warning", "infections", "Serious infections", "", 0.2, "labels", False),
    ("D1", "interaction", "dexamethasone 6 mg", "it is slowed down", "moderate", 0.1, "list", True),
]


@pytest.fixture
def called(case):
    """The calibrated preset calls ruxolitinib: 6.9 % benefit, p 0.002."""
    case.screen.uns["preset"] = "calibrated"
    case.screen.uns["kinds"] = kinds(in_score=True)
    case.screen.uns["call"] = dict(CALL)
    case.screen.uns["settings"]["max_pvalue"] = 0.01
    case.screen.obs[["pvalue", "qvalue"]] = [0.0004, 0.03]
    return case


@pytest.fixture
def uncalled(called):
    called.screen.uns["call"] |= {"called": False, "pvalue": 0.23}
    called.screen.uns["spread"] = {"patient": 1.0, "null": np.array([0.9, 1.0, 1.1])}
    return called


@pytest.fixture
def warned(called):
    """Ruxolitinib has a warning, and an interaction with medication that is made up."""
    called.screen.uns["concerns"] = pd.DataFrame(CONCERNS, columns=CONCERNS_TABLE.names)
    called.screen.obs.loc["D1", "harm"] = 0.3
    called.screen.obs.loc["D1", "adjusted_rank"] = 2.0
    called.screen.obs.loc["D1", "untested"] = "CYP3A4"
    called.screen.obs.loc["D1", ["boxed_warning", "interaction"]] = "found"
    called.screen.obs.loc["D2", "boxed_warning"] = "none found"
    rows = [("boxed warning", "own list"), ("contraindication", "MeDIC 2025")]
    called.screen.uns["looked_up"] = pd.DataFrame(rows, columns=["kind", "source"])
    return called
