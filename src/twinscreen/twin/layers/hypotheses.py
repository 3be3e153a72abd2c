"""Chains of evidence from a variant through expression to protein, each with its missing link."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files.contracts.twin import compartment_in_words
from twinscreen.files.contracts.twin_tables import HYPOTHESES
from twinscreen.network import Interactome
from twinscreen.twin.layers.layer_sets import heaviest, protein_qvalue

#: So many chains are kept.
MOST = 50

#: What a link counts that was not measured: less than one that deviates (from 0.5 on).
UNMEASURED = 0.25

#: The effect of a variant of smaller weight on its gene is uncertain.
CERTAIN = 0.5


@dataclass(frozen=True)
class Chain:
    """One chain; docs/contracts.md explains the fields, columns of HYPOTHESES."""

    gene: str
    start: str
    weight: float
    expected: float
    expression_gene: str
    step: str
    compartment: str
    compartments: int
    effect: float
    qvalue: float
    expression_state: str
    protein: float
    protein_qvalue: float
    protein_state: str
    missing: str
    evidence: str
    measure: str
    strength: float


def hypotheses(
    twin: ad.AnnData, network: Interactome, *, max_qvalue: float, max_genes: int
) -> pd.DataFrame:
    """Chain variants to the deviating expression and protein they may explain.

    A chain starts at a gene with a variant. Its expression link is the gene itself, and another
    chain goes over one of its neighbours, where the most significant one deviates; in
    the compartment of the latest time point where it is most significant. Where no variants of
    the patient were read, genes of the phenotype and disease layers whose own expression deviates
    start weaker chains, whose missing link is the variant.

    The strength of a chain is the geometric mean of its three links: the weight of the variant,
    and z^2 / (z^2 + 4) for expression and protein, with z of the p-value times the number of
    comparisons it is the smallest of. A link that was not measured counts 0.25, one that was and
    does not deviate at most as much, and one that goes against the chain 0, which ends it.

    Parameters
    ----------
    twin
        Twin with layers and, in var, `variant` and `variant_expected` (sign of the change of
        expression that variants let expect), each if known; the findings in uns, if any, say
        whether variants were read.
    network
        Interactome whose proteins are the twin's genes.
    max_qvalue
        Genes and proteins of smaller q deviate.
    max_genes
        Most genes of the phenotype and disease layers to start from.

    Returns
    -------
    At most `MOST` chains, strongest first, with the fields of `Chain` and `rank`.
    """
    chains = sorted(
        (chain for chain in _chains(twin, network, max_qvalue, max_genes) if chain.strength > 0),
        key=lambda chain: (-round(chain.strength, 9), chain.gene, chain.step, chain.start),
    )[:MOST]
    return HYPOTHESES.of({"rank": rank, **asdict(one)} for rank, one in enumerate(chains, start=1))


@dataclass(frozen=True)
class _State:
    """The compartments of the latest time point, compared: arrays (c, n)."""

    names: pd.Index
    genes: np.ndarray
    effect: np.ndarray
    pvalue: np.ndarray
    qvalue: np.ndarray
    protein: np.ndarray
    protein_qvalue: np.ndarray
    max_qvalue: float


def _chains(
    twin: ad.AnnData, network: Interactome, max_qvalue: float, max_genes: int
) -> Iterator[Chain]:
    """Give all chains, also those that something speaks against."""
    latest = twin[(twin.obs["scorable"] & twin.obs["latest"]).to_numpy(dtype=bool)]

    def layer(name: str) -> np.ndarray:
        return np.asarray(latest.layers[name], dtype=float)

    state = _State(
        names=latest.obs_names,
        genes=twin.var_names.to_numpy(dtype=str),
        effect=np.asarray(latest.X, dtype=float),
        pvalue=layer("pvalue"),
        qvalue=layer("qvalue"),
        protein=layer("protein"),
        protein_qvalue=protein_qvalue(latest),
        max_qvalue=max_qvalue,
    )

    def column(name: str) -> np.ndarray:
        empty = np.full(twin.n_vars, np.nan)
        return twin.var[name].to_numpy(dtype=float) if name in twin.var else empty

    variant, expected = column("variant"), column("variant_expected")
    if np.isfinite(variant).any() or _sequenced(twin):
        for gene in np.flatnonzero(variant > 0).tolist():
            own = _expression(state, gene, np.array([gene]), expected[gene])
            yield _chain(state, gene, "variant", variant[gene], expected[gene], own)
            neighbours = network.adjacency[[gene]].indices
            near = _expression(state, gene, neighbours, np.nan)
            if near.state == "deviates":
                yield _chain(state, gene, "variant", variant[gene], expected[gene], near)
        return
    for name in ("phenotype", "disease"):
        weight = column(name)
        for gene in np.flatnonzero(heaviest(weight, most=max_genes)).tolist():
            own = _expression(state, gene, np.array([gene]), np.nan)
            if own.state == "deviates":
                yield _chain(state, gene, name, weight[gene], np.nan, own)


def _sequenced(twin: ad.AnnData) -> bool:
    """Say whether variants were read, if none of them matters: the row `all` counts them."""
    findings = twin.uns.get("findings")
    if findings is None:
        return False
    return bool(((findings["kind"] == "variant") & (findings["id"] == "all")).any())


@dataclass(frozen=True)
class _Expression:
    """The expression link: which gene, in which compartment (-1: none), how well supported."""

    gene: int
    compartment: int
    compartments: int
    state: str
    support: float


def _expression(state: _State, gene: int, candidates: np.ndarray, expected: float) -> _Expression:
    """Find where one of the candidates deviates most, in the expected direction if there is one."""
    pvalue = state.pvalue[:, candidates]
    known = np.isfinite(pvalue)
    if not known.any():
        return _Expression(gene, -1, 0, "not measured", UNMEASURED)
    right = known if np.isnan(expected) else np.sign(state.effect[:, candidates]) == expected
    deviates = (state.qvalue[:, candidates] < state.max_qvalue) & known
    if deviates.any() and not (deviates & right).any():
        return _Expression(gene, -1, 0, "against", 0.0)
    pool = deviates & right if deviates.any() else known & right
    smallest = np.where(pool, pvalue, np.inf)
    place, which = np.unravel_index(np.argmin(smallest), pvalue.shape)
    support = _support(min(1.0, float(smallest[place, which]) * int(known.sum())))
    if not deviates.any():
        return _Expression(gene, -1, 0, "does not deviate", min(UNMEASURED, support))
    number = int((deviates & right)[:, which].sum())
    return _Expression(int(candidates[which]), int(place), number, "deviates", support)


def _support(pvalue: float) -> float:
    """Map a two-sided p-value to 0 ... 1 by z^2 / (z^2 + 4): a half at z = 2."""
    squared = float(special.ndtri(max(pvalue, 1e-300) / 2)) ** 2
    return squared / (squared + 4)


def _chain(
    state: _State, gene: int, start: str, weight: float, expected: float, link: _Expression
) -> Chain:
    """Complete a chain by its protein link, and say what it lacks."""
    effect = qvalue = protein = protein_qvalue = np.nan
    if link.compartment >= 0:
        here = (link.compartment, link.gene)
        effect, qvalue = state.effect[here], state.qvalue[here]
        protein, protein_qvalue = state.protein[here], state.protein_qvalue[here]
    protein_state, protein_support = "not measured", UNMEASURED
    if np.isfinite(protein):
        deviates = protein_qvalue < state.max_qvalue
        agrees = np.sign(protein) == np.sign(effect)
        protein_state = ("against", "deviates")[int(agrees)] if deviates else "does not deviate"
        protein_support = _support(2 * float(special.ndtr(-abs(protein)))) if agrees else 0.0
        protein_support = protein_support if deviates else min(UNMEASURED, protein_support)
    first = weight if start == "variant" else UNMEASURED * weight
    chain = Chain(
        gene=state.genes[gene],
        start=start,
        weight=float(weight),
        expected=float(expected),
        expression_gene=state.genes[link.gene],
        step="own" if link.gene == gene else "neighbour",
        compartment=state.names[link.compartment] if link.compartment >= 0 else "",
        compartments=link.compartments,
        effect=float(effect),
        qvalue=float(qvalue),
        expression_state=link.state,
        protein=float(protein),
        protein_qvalue=float(protein_qvalue),
        protein_state=protein_state,
        missing="",
        evidence="",
        measure="",
        strength=float(np.cbrt(first * link.support * protein_support)),
    )
    missing = missing_link(chain)
    words = {"missing": missing, "evidence": _evidence(chain), "measure": _measure(chain, missing)}
    return Chain(**(asdict(chain) | words))


def missing_link(chain: Chain) -> str:
    """Name the first link that is not measured or not significant.

    `variant` (not sequenced), `impact` (the variant's effect on the gene is uncertain),
    `expression`, `protein`, or "" if there is none.
    """
    if chain.start != "variant":
        return "variant"
    if chain.weight < CERTAIN:
        return "impact"
    if chain.expression_state != "deviates":
        return "expression"
    return "" if chain.protein_state == "deviates" else "protein"


def _evidence(chain: Chain) -> str:
    """Write the links of a chain as a sentence."""
    first = "variant in" if chain.start == "variant" else f"{chain.start} gene"
    parts = [f"{first} {chain.gene} (weight {chain.weight:.2f})"]
    if chain.expression_state == "deviates":
        who = "its expression" if chain.step == "own" else f"its neighbour {chain.expression_gene}"
        way = "raised" if chain.effect > 0 else "lowered"
        if chain.step == "own" and np.isfinite(chain.expected):
            way += ", as expected,"
        where = compartment_in_words(chain.compartment)
        parts.append(f"{who} {way} in {where}, effect {chain.effect:.1f}, q {chain.qvalue:.2g}")
        parts.append(_PROTEIN[chain.protein_state].format(chain.protein))
    else:
        parts.append(_EXPRESSION[chain.expression_state])
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


_EXPRESSION = {
    "not measured": "its expression was not measured",
    "does not deviate": "its expression does not deviate",
    "against": "its expression deviates against what was expected",
}
_PROTEIN = {
    "not measured": "the protein was not measured",
    "does not deviate": "the protein does not deviate ({:.1f})",
    "deviates": "the protein deviates alike ({:.1f})",
    "against": "the protein deviates the other way ({:.1f})",
}


def _measure(chain: Chain, missing: str) -> str:
    """Say in a sentence what to measure next."""
    gene, product = chain.gene, chain.expression_gene
    where = compartment_in_words(chain.compartment) if chain.compartment else ""
    if missing == "variant":
        return f"Sequence {gene}: whether the patient carries a variant of it is not known."
    if missing == "impact":
        return f"Find out what the variant does to {gene}: its effect is uncertain."
    if missing == "expression" and chain.expression_state == "not measured":
        return f"Measure the expression of {gene}, which no compartment has."
    if missing == "expression":
        return f"Measure {gene} in other cells or tissues: it does not deviate where measured."
    if missing == "protein" and chain.protein_state == "not measured":
        return f"Measure the protein of {product} in {where}."
    if missing == "protein":
        return f"Measure the protein of {product} in {where} again: its level does not deviate."
    return f"Expose cells of {where} to a drug against {product} and see whether it returns."
