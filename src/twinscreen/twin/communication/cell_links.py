"""Communication between the compartments of a patient: the links and their gain.

A link runs from a compartment that expresses a ligand to one of the same time point that
expresses the receptor. Links within a tissue take any ligand, links between tissues only what
cells release. METHODS, section 5.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse, special

from twinscreen.files import generator
from twinscreen.network import false_discovery_rate
from twinscreen.settings.twin import CommunicationSettings, ComparisonSettings
from twinscreen.twin.communication.ligand_receptor import (
    Candidates,
    Pairs,
    Place,
    Profile,
    candidates,
    permutation_pvalue,
    strength,
)
from twinscreen.twin.designs.compare import common_batch
from twinscreen.twin.deviation.compartment import Compartment
from twinscreen.twin.deviation.donors import matching_rows
from twinscreen.twin.deviation.elsewhere import elsewhere_in
from twinscreen.twin.deviation.observed import Cells, join_cells, states_and_controls


@dataclass(frozen=True)
class Deviations:
    """Deviation of k genes in n compartments, each (n, k); NaN where not compared.

    `variance` is the square of the standard error of `logfc`.
    """

    effect: np.ndarray
    logfc: np.ndarray
    variance: np.ndarray
    qvalue: np.ndarray

    @classmethod
    def of(cls, compartments: Sequence[Compartment], genes: pd.Index) -> "Deviations":
        """Take the genes named out of every compartment."""
        parts = {name: np.full((len(compartments), len(genes)), np.nan) for name in _DEVIATION}
        for row, compartment in enumerate(compartments):
            if compartment.deviation is not None:
                place = compartment.genes.get_indexer(genes)
                for name, values in parts.items():
                    values[row, place >= 0] = getattr(compartment.deviation, name)[
                        place[place >= 0]
                    ]
        # p as a normal score, so that t-values of few and of many degrees of freedom compare
        score = -special.ndtri(np.maximum(parts.pop("pvalue") / 2, 1e-300))
        with np.errstate(invalid="ignore", divide="ignore"):
            return cls(variance=(parts["logfc"] / score) ** 2, **parts)

    def with_few_counts(
        self, own: Profile, control: Profile, compared: np.ndarray, *, min_count: float
    ) -> "Deviations":
        """Add the changes of genes with too few counts to be compared, with the counting's error.

        Parameters
        ----------
        own, control
            The patient and the control.
        compared
            Compartments that were compared, boolean, shape (n,).
        min_count
            Genes with fewer counts in both together are too few. Others that were not compared
            (outliers among the donors of a group) vary by more than counting, and stay missing.
        """
        few = own.count + control.count < min_count
        missing = np.isnan(self.logfc) & compared[:, None] & few
        change, error = own.log_cpm - control.log_cpm, own.variance + control.variance
        return replace(
            self,
            logfc=np.where(missing, change, self.logfc),
            variance=np.where(missing, error, self.variance),
        )

    def of_parties(self, limiting: np.ndarray) -> "Deviations":
        """Take for each party the member that holds it back: (n, m) columns to (n, m) values."""
        parts = (self.effect, self.logfc, self.variance, self.qvalue)
        return Deviations(*(np.take_along_axis(values, limiting, axis=1) for values in parts))


_DEVIATION = ("effect", "logfc", "pvalue", "qvalue")


@dataclass(frozen=True)
class Links:
    """What l links carry, each of shape (l,).

    `strength` and `control_strength` are the geometric means of the scaled levels in the patient
    and in the control, 0 where ligand or receptor is not expressed, NaN without a control;
    `pvalue`, `qvalue` say whether cell types matter, NaN where the patient has no such link;
    `gain_logfc`, `gain_pvalue`, `gain_qvalue` whether it changed against the control.
    """

    place: Candidates
    strength: np.ndarray
    control_strength: np.ndarray
    pvalue: np.ndarray
    qvalue: np.ndarray
    gain_logfc: np.ndarray
    gain_pvalue: np.ndarray
    gain_qvalue: np.ndarray

    def significant(self, max_qvalue: float) -> np.ndarray:
        """Links that the patient has, and that are special to their cell types."""
        with np.errstate(invalid="ignore"):
            return self.qvalue < max_qvalue

    def weight(self, effect: np.ndarray, pairs: Pairs) -> np.ndarray:
        """Strength times (1 + |effect| of the ligand + |effect| of the receptor).

        Parameters
        ----------
        effect
            Deviation of the parties, shape (n, m); NaN, not compared, adds nothing.
        pairs
            The ligand-receptor pairs.
        """
        size = np.abs(np.nan_to_num(effect))
        sent = size[self.place.sender, pairs.ligand[self.place.pair]]
        return self.strength * (
            1 + sent + size[self.place.receiver, pairs.receptor[self.place.pair]]
        )


class Receivers(NamedTuple):
    """Which of n compartments express m parties beside those of the links: boolean, (n, m)."""

    parties: np.ndarray
    expressed: np.ndarray


@dataclass(frozen=True)
class Communication:
    """The links of a patient, and what is expressed and how it deviates, for its regulators."""

    pairs: Pairs
    links: Links
    expressed: np.ndarray
    deviation: Deviations
    receivers: Receivers | None = None


def find_links(
    compartments: Sequence[Compartment],
    read: Sequence[ad.AnnData],
    healthy: ad.AnnData | None,
    table: pd.DataFrame,
    settings: ComparisonSettings,
    rules: CommunicationSettings,
    also: Collection[str] = (),
) -> Communication:
    """Find the links between the compartments of a patient.

    Parameters
    ----------
    compartments
        The patient's, compared or not.
    read
        All observations of the patient.
    healthy
        The healthy reference, in the reference design.
    table
        Contract LIGAND_RECEPTOR.
    settings, rules
        How to compare, and what makes a link.
    also
        Parties of which is asked besides where they are expressed.
    """
    measured = pd.Index(sorted({gene for one in read for gene in one.var_names}), dtype=str)
    pairs = Pairs.measured(table, measured)
    places, own, control = _profiles(compartments, read, healthy, pairs, settings)
    # a compartment whose deviation was computed elsewhere has no cells here
    here = np.array([not c.method for c in compartments], dtype=bool)
    compared = here & np.array([c.deviation is not None for c in compartments], dtype=bool)
    enough = here & np.array([c.n_cells >= settings.min_cells for c in compartments], dtype=bool)
    now = np.where(enough[:, None], own.of_parties(pairs, rules.min_share), 0)
    before = np.where(compared[:, None], control.of_parties(pairs, rules.min_share), 0)
    time = np.array([c.time for c in compartments], dtype=object)
    tissue = np.array([c.tissue for c in compartments], dtype=object)
    place = candidates([now, before], pairs, time, tissue)
    deviation = Deviations.of(compartments, pairs.genes).with_few_counts(
        own, control, compared, min_count=settings.min_count
    )
    limiting = pairs.limiting(own.level)
    deviation = deviation.of_parties(limiting)

    scale = np.maximum(now, before).max(axis=0, initial=0)
    known = compared[place.sender] & compared[place.receiver]
    there = strength(now, scale, place, pairs)
    pvalue = np.full(len(there), np.nan)
    for when, groups in places.items():
        rows = np.flatnonzero((there > 0) & (time[place.sender] == when))
        random = [
            generator(settings.seed, "communication", tissue[one.group[0]], when) for one in groups
        ]
        some = Candidates(place.sender[rows], place.receiver[rows], place.pair[rows])
        pvalue[rows] = permutation_pvalue(
            groups, pairs, some, permutations=rules.permutations, random=random
        )
    change, change_p = gain(deviation, place, pairs, limiting)
    links = Links(
        place=place,
        strength=there,
        control_strength=np.where(known, strength(before, scale, place, pairs), np.nan),
        pvalue=pvalue,
        qvalue=false_discovery_rate(pvalue),
        gain_logfc=change,
        gain_pvalue=change_p,
        gain_qvalue=false_discovery_rate(change_p),
    )
    receivers = None
    if also:
        # apart from the pairs, so that links and their draws stay as they are
        others = Pairs.measured(table[:0], measured, also)
        _, profile, _ = _profiles(compartments, read, healthy, others, settings)
        level = np.where(enough[:, None], profile.of_parties(others, rules.min_share), 0)
        receivers = Receivers(others.parties, level > 0)
    return Communication(pairs, links, now > 0, deviation, receivers)


def gain(
    deviation: Deviations, place: Candidates, pairs: Pairs, limiting: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ask how much more goes through each link than in the control.

    The geometric mean of two levels changes, on the log scale, by the mean of their log fold
    changes; the standard error of each comes from its own deviation, logfc over its normal score
    (where there were too few counts to compare, the counting's), and the two are taken for
    independent: z = (a + b) / sqrt(se_a^2 + se_b^2). Where one gene of one compartment stands on
    both sides, it is the same number twice: z = (a + b) / (se_a + se_b).

    Parameters
    ----------
    deviation
        Of the parties, each (n, m).
    place
        The links, shape (l,).
    pairs
        The ligand-receptor pairs.
    limiting
        Column of the gene that each party's deviation is that of, shape (n, m).

    Returns
    -------
    Log2 fold change of the link and its two-sided p, each of shape (l,); NaN where ligand or
    receptor was not compared.
    """
    sent = place.sender, pairs.ligand[place.pair]
    received = place.receiver, pairs.receptor[place.pair]
    total = deviation.logfc[sent] + deviation.logfc[received]
    same = (place.sender == place.receiver) & (limiting[sent] == limiting[received])
    square, other = deviation.variance[sent], deviation.variance[received]
    with np.errstate(invalid="ignore", divide="ignore"):
        z = total / np.sqrt(square + other + np.where(same, 2 * np.sqrt(square * other), 0))
    return total / 2, 2 * special.ndtr(-np.abs(z))


def _profiles(
    compartments: Sequence[Compartment],
    read: Sequence[ad.AnnData],
    healthy: ad.AnnData | None,
    pairs: Pairs,
    settings: ComparisonSettings,
) -> tuple[dict[str, list[Place]], Profile, Profile]:
    """Levels of the genes of all pairs in the patient and in the control; cells by time point."""
    number = pd.Index([c.name for c in compartments], dtype=str)
    sampled = {c.name for c in compartments if not c.method}
    own, control = (Profile.empty(len(number), len(pairs.genes)) for _ in range(2))
    places: dict[str, list[Place]] = {}
    for states, controls in states_and_controls(read, settings.control):
        sample = states[0].uns["sample"]
        cells = join_cells(states)
        suffix = f"|{sample['tissue']}|{sample['time']}"
        if f"{cells.cell_type[0]}{suffix}" not in sampled:
            continue  # without control samples
        genes = cells.genes
        if settings.design != "reference":
            base = join_cells(controls)
            genes = genes.intersection(base.genes, sort=False)
            control.fill(_place(base, suffix, number, genes, pairs))
        elif healthy is not None:
            genes = genes.intersection(healthy.var_names, sort=False)
            types = np.unique(cells.cell_type)
            rows = number.get_indexer(pd.Index(types) + suffix).tolist()
            cell_types = dict(zip(rows, types, strict=True))
            _fill_healthy(control, cell_types, states, healthy, genes, pairs)
        place = _place(cells, suffix, number, genes, pairs)
        own.fill(place)
        places.setdefault(sample["time"], []).append(place)
    return places, own, control


def _fill_healthy(
    control: Profile,
    cell_types: Mapping[int, str],
    states: Sequence[ad.AnnData],
    healthy: ad.AnnData,
    genes: pd.Index,
    pairs: Pairs,
) -> None:
    """Write the donors that each cell type of one place is compared with into its row."""
    sample = states[0].uns["sample"]
    counts, share = np.asarray(healthy.X, dtype=float), np.asarray(healthy.layers["share"])
    shared = healthy.var_names.isin(genes).astype(float)
    choose = _choose(healthy.var_names, genes, pairs)
    for row, cell_type in cell_types.items():
        donors, matched = matching_rows(
            healthy,
            cell_type=cell_type,
            tissue=sample["tissue"],
            batch=common_batch(states),
            leave_out=sample["patient"],
        )
        donors &= healthy.obs["base"].to_numpy(dtype=bool)
        if donors.any():
            here = counts[donors]
            control.fill_donors(row, here @ choose, here @ shared, share[donors] @ choose)
        if "elsewhere" in healthy.uns and not matched:
            there = healthy[:, shared > 0]
            others = elsewhere_in(there, cell_type=cell_type, tissue=sample["tissue"])
            if others:
                chosen = _choose(there.var_names, genes, pairs)
                control.add_elsewhere(row, int(donors.sum()), others, chosen)


def _place(cells: Cells, suffix: str, number: pd.Index, genes: pd.Index, pairs: Pairs) -> Place:
    """Take the genes of all pairs out of the cells of one place; types of no compartment go."""
    group = number.get_indexer(pd.Index(cells.cell_type) + suffix)
    rows = np.flatnonzero(group >= 0)
    counts = cells.counts if len(rows) == len(group) else cells.counts[rows]
    shared = cells.genes.isin(genes).astype(float)
    return Place(
        counts=sparse.csr_array(counts @ _choose(cells.genes, genes, pairs)),
        library=np.asarray(counts @ shared),
        group=group[rows],
    )


def _choose(names: pd.Index, genes: pd.Index, pairs: Pairs) -> sparse.csr_array:
    """Matrix that takes the genes of all pairs, where they are among `genes`: (g, k)."""
    wanted = names.get_indexer(pairs.genes.where(pairs.genes.isin(genes)))
    there = np.flatnonzero(wanted >= 0)
    shape = (len(names), len(pairs.genes))
    return sparse.csr_array((np.ones(len(there)), (wanted[there], there)), shape=shape)
