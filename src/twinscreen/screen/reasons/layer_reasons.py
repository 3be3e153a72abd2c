"""Which layers of the twin support a drug or oppose it: what was found at its targets.

Transcript, protein and communication say in which direction a target deviates: an action against
that deviation speaks for a drug. Variant, phenotype, exposure, disease and relevance say that the
target is part of the disease, and for the most part not in which direction.
"""

from collections.abc import Callable, Iterator, Sequence

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files.contracts.screen_tables import SUPPORT
from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT, compartment_in_words
from twinscreen.network import Interactome, false_discovery_rate

LAYERS = ("transcript", "protein", *LAYERS_OF_PATIENT, "relevance", "communication")

#: What has a q or a p above this is not told from chance.
CHANCE = 0.05

#: A gene belongs to a layer of the patient if its weight is this share of the largest one.
LEAST_WEIGHT = 0.1

#: So many neighbours are named.
NAMED = 3

#: Gene, compartment, value, sign of the deviation (0 if none is to be told), and words.
_Finding = tuple[str, str, float, int, str]


def layers_table(
    twin: ad.AnnData, targets: pd.DataFrame, drug_ids: Sequence[str], network: Interactome
) -> pd.DataFrame:
    """Collect what each layer says of the targets of some drugs.

    Parameters
    ----------
    twin
        The patient (contract TWIN); only scorable compartments of the state that is treated count.
    targets
        Target table: one row per drug, target and gene, with `sign`.
    drug_ids
        Drugs to explain, in the order wanted.
    network
        The interactome that makes proteins neighbours.

    Returns
    -------
    One row per drug, layer, compartment ("" for what holds for the patient), target and finding,
    in the order of the drugs, of `LAYERS`, and of |value|. `value`: the effect (transcript), the
    deviation of the surface protein (protein), the weight, or the number of neighbours with a
    weight (layers of the patient), the relevance, or the log2 fold change of the link
    (communication). `detail` says it in words. `direction`: for, if the action opposes the
    deviation, against, if it goes with it, either, if there is no direction to it.
    """
    order = {drug: place for place, drug in enumerate(drug_ids)}
    chosen = targets[targets["drug_id"].isin(order.keys()) & targets["gene"].isin(twin.var_names)]
    chosen = chosen[["drug_id", "target", "gene", "sign"]]
    genes = sorted(set(chosen["gene"]))
    rows = np.flatnonzero(twin.obs["scorable"] & twin.obs["latest"])
    treated = twin[rows]
    found = pd.DataFrame(
        [
            (layer, *row)
            for layer, findings in _findings(treated, genes, network)
            for row in findings(layer)
        ],
        columns=["layer", "gene", "compartment", "value", "change", "detail"],
    )
    table = chosen.merge(found, on="gene")
    along = np.sign(table["sign"].to_numpy(dtype=float) * table["change"].to_numpy(dtype=float))
    table["direction"] = np.select([along < 0, along > 0], ["for", "against"], "either")
    table["size"] = -table["value"].abs()
    table["place"] = table["layer"].map({name: place for place, name in enumerate(LAYERS)})
    table["drug"] = table["drug_id"].map(order)
    by = ["drug", "place", "size", "target", "gene", "compartment", "detail"]
    table = table.sort_values(by, kind="stable").reset_index(drop=True)
    return SUPPORT.typed(table)


def _findings(
    twin: ad.AnnData, genes: list[str], network: Interactome
) -> Iterator[tuple[str, Callable[[str], Iterator[_Finding]]]]:
    """Give the reader of each layer, in the order of `LAYERS`."""
    yield "transcript", lambda _: _deviating(twin, genes)
    yield "protein", lambda _: _surface(twin, genes)
    for name in LAYERS_OF_PATIENT:
        yield name, lambda layer: _weighted(twin, genes, network, layer)
    yield "relevance", lambda _: _relevant(twin, genes)
    yield "communication", lambda _: _linked(twin, genes)


def _deviating(twin: ad.AnnData, genes: list[str]) -> Iterator[_Finding]:
    """Targets whose expression deviates, or that are in the module."""
    columns = twin.var_names.get_indexer(pd.Index(genes))
    effect, q, module = (
        np.asarray(values, dtype=float)[:, columns]
        for values in (twin.X, twin.layers["qvalue"], twin.layers["module"])
    )
    for row, column in np.argwhere(np.isfinite(effect) & ((q < CHANCE) | (module == 1))):
        value = effect[row, column]
        where = ", in the module" if module[row, column] == 1 else ""
        words = f"{genes[column]} is {_way(value)}: effect {value:.1f}, {_q(q[row, column])}{where}"
        yield genes[column], twin.obs_names[row], float(value), int(np.sign(value)), words


def _surface(twin: ad.AnnData, genes: list[str]) -> Iterator[_Finding]:
    """Targets whose surface protein deviates."""
    deviation = np.asarray(twin.layers["protein"], dtype=float)
    pvalue = 2 * special.ndtr(-np.abs(deviation))
    q = false_discovery_rate(np.where(np.isfinite(deviation), pvalue, np.nan))
    columns = twin.var_names.get_indexer(pd.Index(genes))
    for row, place in np.argwhere(q[:, columns] < CHANCE):
        value = deviation[row, columns[place]]
        words = (
            f"surface protein of {genes[place]} is {_way(value)}: {value:.1f} standard deviations,"
            f" {_q(q[row, columns[place]])}"
        )
        yield genes[place], twin.obs_names[row], float(value), int(np.sign(value)), words


def _weighted(
    twin: ad.AnnData, genes: list[str], network: Interactome, layer: str
) -> Iterator[_Finding]:
    """Targets in a layer of the patient, and those with more neighbours in it than by chance.

    By chance a neighbour is in the layer as often as the end of any edge is: so neither the number
    of neighbours of the target nor that of the layer's genes makes a finding. The p is that of one
    target, whatever the number of targets looked at.
    """
    weight = pd.Series(np.nan_to_num(twin.var[layer].to_numpy(dtype=float)), index=twin.var_names)
    if not (weight > 0).any():
        return
    inside = weight[weight >= LEAST_WEIGHT * weight.max()]
    for gene in genes:
        if gene in inside.index:
            sign = twin.var["variant_expected"].get(gene) if layer == "variant" else np.nan
            change = 0 if pd.isna(sign) else int(np.sign(sign))
            way = f", expected to be {_way(change)}" if change else ""
            yield gene, "", float(inside[gene]), change, f"{gene}: weight {inside[gene]:.2g}{way}"
    row_of = {str(name): row for row, name in enumerate(network.names)}
    member = pd.Index(network.names).isin(inside.index)
    degree = network.degree
    chance = degree[member].sum() / max(degree.sum(), 1)
    for gene in genes:
        if gene not in row_of:
            continue
        near = network.adjacency[[row_of[gene]]].indices
        near_inside = near[member[near]]
        pvalue = special.bdtrc(len(near_inside) - 1, len(near), chance)
        if len(near_inside) == 0 or pvalue >= CHANCE:
            continue
        heaviest = inside[network.names[near_inside]].sort_values(ascending=False, kind="stable")
        more = f" and {len(heaviest) - NAMED} more" if len(heaviest) > NAMED else ""
        words = (
            f"{len(near_inside)} of the {len(near)} neighbours of {gene} in it,"
            f" {len(near) * chance:.2g} by chance (p {pvalue:.2g}):"
            f" {', '.join(heaviest.index[:NAMED])}{more}"
        )
        yield gene, "", float(len(near_inside)), 0, words


def _relevant(twin: ad.AnnData, genes: list[str]) -> Iterator[_Finding]:
    """Targets that are relevant: where most, and by which layers, as far as the twin says."""
    columns = twin.var_names.get_indexer(pd.Index(genes))
    relevance = np.asarray(twin.layers["relevance"], dtype=float)[:, columns]
    alone = twin.var["relevance"].to_numpy(dtype=float)[columns]
    keys = [*twin.obs_names, ""]
    listed = pd.DataFrame(twin.uns["relevance"])
    shares = listed.set_index(["compartment", "gene"]) if len(listed) else listed
    for place, values in enumerate(np.vstack([relevance, alone[None]]).T):
        if not (values > 1).any():
            continue
        best = int(np.nanargmax(values))
        gene, value = genes[place], float(values[best])
        words = f"{gene} is {value:.1f} times as relevant as chance makes it"
        if (keys[best], gene) in shares.index:
            row = shares.loc[(keys[best], gene)]
            parts = row[[name for name in LAYERS if name in row.index]].astype(float)
            parts = parts[parts >= 0.005].sort_values(ascending=False, kind="stable")
            named = ", ".join(f"{name} {100 * share:.0f} %" for name, share in parts.items())
            words += f" (number {row['rank']:.0f}), by {named}"
        yield gene, keys[best], value, 0, words


def _linked(twin: ad.AnnData, genes: list[str]) -> Iterator[_Finding]:
    """Targets that are ligand or receptor of links that changed against the control."""
    links = pd.DataFrame(twin.uns["communication"])
    if links.empty:
        return
    links = links[(links["gain_qvalue"] < CHANCE) & (links["gain_logfc"] != 0)]
    parts = []
    for role, own, partner in (
        ("ligand", "sender", "receiver"),
        ("receptor", "receiver", "sender"),
    ):
        there = links[links[own].isin(twin.obs_names)]
        other = "receptor" if role == "ligand" else "ligand"
        one = pd.DataFrame(
            {
                "gene": there[role].str.split("_"),
                "compartment": there[own],
                "role": role,
                "partner": there[other].str.replace("_", "/")
                + " of "
                + there[partner].map(compartment_in_words),
                "logfc": there["gain_logfc"],
                "q": there["gain_qvalue"],
            }
        )
        parts.append(one.explode("gene"))
    table = pd.concat(parts)
    table = table[table["gene"].isin(genes)]
    table = table.assign(change=np.sign(table["logfc"]), size=-table["logfc"].abs())
    table = table.sort_values(["gene", "role", "compartment", "size", "partner"], kind="stable")
    keys = ["gene", "role", "compartment", "change"]
    for _, rows in table.groupby(keys, sort=False):
        best = rows.iloc[0]
        value = float(best["logfc"])
        many = "a link" if len(rows) == 1 else f"{len(rows)} links"
        first = "" if len(rows) == 1 else " most"
        words = (
            f"{best['gene']} is the {best['role']} of {many} that"
            f" {'grew' if value > 0 else 'shrank'},{first} with {best['partner']}"
            f" (log2 fold change {value:.1f}, {_q(best['q'])})"
        )
        yield str(best["gene"]), str(best["compartment"]), value, int(np.sign(value)), words


def _way(value: float) -> str:
    return "raised" if value > 0 else "lowered"


def _q(value: float) -> str:
    return "q < 0.001" if value < 0.001 else f"q {value:.2g}"
