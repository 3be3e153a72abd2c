"""A small made-up cohort with knowledge of its own, to try things out; nothing in it is real."""

from functools import cache
from itertools import pairwise

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen import tl
from twinscreen.kb import Knowledge
from twinscreen.kb.wiring import Wiring
from twinscreen.knowledge.signalling.influence import influence_of
from twinscreen.knowledge.signalling.wiring import wiring_of

_N_GENES, _N_FACTORS, _N_DRUGS, _N_STATES = 300, 15, 40, 20
GENES = [f"G{number:03}" for number in range(_N_GENES)]
CELL_TYPES = ("B cell", "Mono", "T cell")

#: What is wrong with the patients: in their monocytes a receptor is raised, and by way of a kinase
#: and a factor all that the factor turns on.
_FACTOR, _RECEPTOR, _KINASE = 0, _N_GENES - 2, _N_GENES - 1
_RAISED = [*range(_N_FACTORS, _N_FACTORS + 25), _RECEPTOR, _KINASE]


def toy() -> ad.AnnData:
    """Return raw cells of six healthy donors and two patients, with three cell types.

    Examples
    --------
    >>> import twinscreen as ts
    >>> cells = ts.datasets.toy()
    >>> cells.shape, sorted(cells.obs["condition"].unique())
    ((960, 300), ['healthy', 'ill'])
    """
    draw = np.random.default_rng(1)
    level = draw.lognormal(0.5, 0.8, (len(CELL_TYPES), _N_GENES))
    samples = [(f"D{number}", "healthy") for number in range(1, 7)] + [("P1", "ill"), ("P2", "ill")]
    cells = []
    for donor, condition in samples:
        own = level * draw.lognormal(0, 0.15, _N_GENES)
        if condition == "ill":
            own[CELL_TYPES.index("Mono"), _RAISED] *= 5
        kind = np.repeat(np.arange(len(CELL_TYPES)), 40)
        obs = pd.DataFrame(
            {"cell_type": np.array(CELL_TYPES)[kind], "donor": donor, "condition": condition},
            index=[f"{donor}-{cell}" for cell in range(len(kind))],
        )
        counts = sparse.csr_matrix(draw.poisson(own[kind]).astype(np.float32))
        cells.append(ad.AnnData(counts, obs=obs, var=pd.DataFrame(index=GENES)))
    return ad.concat(cells)


@cache
def toy_knowledge() -> Knowledge:
    """Return made-up knowledge of the genes of `toy`.

    The first drug inhibits the receptor that switches the raised genes on.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ts.datasets.toy_knowledge().targets["gene"].iloc[0]
    'G298'
    """
    draw = np.random.default_rng(2)
    edges = _edges(draw)
    genes = pd.DataFrame({"symbol": GENES, "hgnc_id": GENES, "name": GENES})
    genes = genes.assign(locus_type="gene with protein product", protein_coding=True)
    for name in ("entrez_id", "ensembl_id", "uniprot_ids", "previous_symbols", "alias_symbols"):
        genes[name] = None
    drugs, targets = _drugs(draw)
    wiring = wiring_of(edges, damping=0.5, steps=3, rewirings=99, seed=1)
    return Knowledge(
        {
            "genes": genes,
            "names": pd.DataFrame({"name": GENES, "symbol": GENES, "kind": "symbol"}),
            "interactome": edges,
            "influence": influence_of(edges, damping=0.5, steps=3),
            "wiring": Wiring.of(wiring),
            "ligand_receptor": pd.DataFrame(
                {"ligand": GENES[200:215], "receptor": GENES[215:230]}
            ).assign(sources="made up", secreted=True),
            "pathways": _pathways(),
            "drugs": drugs,
            "targets": targets,
            "precedents": _precedents(drugs["drug_id"]),
        }
    )


def toy_twin() -> ad.AnnData:
    """Return the twin of the patient P1 of `toy`.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ts.datasets.toy_twin().uns["patient"]["condition"]
    'ill'
    """
    return _twin().copy()


def toy_screen() -> ad.AnnData:
    """Return the screen of `toy_twin`.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ts.datasets.toy_screen().n_obs
    40
    """
    return _screen().copy()


@cache
def _twin() -> ad.AnnData:
    return tl.twin(
        toy(),
        toy_knowledge(),
        patient="P1",
        control="healthy",
        communication={"permutations": 100},
        bootstrap_replicates=20,
        null_replicates=20,
        random_sets=50,
    )


@cache
def _screen() -> ad.AnnData:
    return tl.screen(_twin(), toy_knowledge(), pairs=3)


def _edges(draw: np.random.Generator) -> pd.DataFrame:
    """Draw signalling among all proteins, and what each factor regulates."""
    signalling = {
        (int(source), int(target)): int(draw.choice([-1, 1]))
        for source, target in draw.integers(_RECEPTOR, size=(900, 2))
        if source != target
    }
    signalling |= {(_RECEPTOR, _KINASE): 1, (_KINASE, _FACTOR): 1}
    signalling |= dict.fromkeys(pairwise(_RAISED[:-2]), 1)
    regulation = {(_FACTOR, gene): 1 for gene in _RAISED}
    for factor in range(1, _N_FACTORS):
        for gene in draw.choice(np.arange(_N_FACTORS, _RECEPTOR), 25, replace=False):
            regulation[factor, int(gene)] = int(draw.choice([-1, 1]))
    rows = [
        (layer, GENES[source], GENES[target], sign)
        for layer, edges in (("PT", signalling), ("TR", regulation))
        for (source, target), sign in sorted(edges.items())
    ]
    table = pd.DataFrame(rows, columns=["layer", "source", "target", "sign"])
    return table.astype({"sign": "Int8"}).assign(sources="made up", references="")


def _drugs(draw: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make drugs with one target each; the first inhibits the receptor that is raised."""
    ids = [f"toy:{number}" for number in range(1, _N_DRUGS + 1)]
    drugs = pd.DataFrame({"drug_id": ids, "name": [f"drug {one[4:]}" for one in ids]})
    drugs = drugs.assign(
        kind="small molecule", approved=True, withdrawn=False, labelled=False, synonyms=None
    )
    target = [
        _RECEPTOR,
        *draw.choice(np.arange(1, _RECEPTOR), _N_DRUGS - 1, replace=False).tolist(),
    ]
    sign = [-1, *draw.choice([-1, 1], _N_DRUGS - 1).tolist()]
    targets = pd.DataFrame({"drug_id": ids, "target": [GENES[one] for one in target]})
    targets = targets.assign(
        gene=targets["target"],
        sign=np.array(sign, dtype=np.int8),
        action=["inhibitor" if one < 0 else "activator" for one in sign],
        primary=True,
        affinity=np.nan,
        conflict=False,
        sources="made up",
    )
    return drugs, targets


def _precedents(drug_ids: pd.Series) -> ad.AnnData:
    """Make known states, each of which a drug modifies; the first is like the patients."""
    draw = np.random.default_rng(3)
    scores = draw.normal(size=(_N_STATES, _N_GENES)).astype(np.float32)
    scores[0, _RAISED] += 3
    names = [f"disease {number}" for number in range(1, _N_STATES + 1)]
    return ad.AnnData(
        scores,
        obs=pd.DataFrame(
            {"name": names, "diseases": names, "origin": "library", "patient": ""}, index=names
        ),
        var=pd.DataFrame(index=GENES),
        uns={
            "outcomes": pd.DataFrame(
                {"state": names, "drug_id": drug_ids.head(_N_STATES), "helped": True}
            )
        },
    )


def _pathways() -> pd.DataFrame:
    """Cut the genes into pathways of 20; the genes that are raised make one of their own."""
    sets = {f"pathway {n}": GENES[20 * n : 20 * n + 20] for n in range(_N_GENES // 20)}
    sets["raised genes"] = [GENES[one] for one in _RAISED]
    rows = [(name, gene) for name, genes in sets.items() for gene in genes]
    table = pd.DataFrame(rows, columns=["pathway", "gene"])
    return table.assign(pathway_id=table["pathway"], source="made up")
