"""What a screen says of single targets of a drug: what it does to them, and how active they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import anndata as ad
import numpy as np

from twinscreen.report import words
from twinscreen.report.compartments import screened
from twinscreen.report.tables import parts, table

#: What a drug does to a target, by the sign of the action; a page says it in this order.
VERBS = {-1: "inhibits", 1: "activates", 0: "acts, in an unknown direction, on"}


@dataclass(frozen=True)
class Target:
    """A target of a drug and the sign of the action: -1, +1, or 0 where unknown.

    `conflict`: unknown because `sources` contradict each other.
    """

    genes: tuple[str, ...]
    sign: int
    conflict: bool = field(default=False, compare=False)
    sources: tuple[str, ...] = field(default=(), compare=False)

    @property
    def key(self) -> str:
        """The target as the screen writes it."""
        return "|".join(self.genes)

    @property
    def name(self) -> str:
        """The gene, or the complex by its members."""
        return "/".join(self.genes) + (" complex" if len(self.genes) > 1 else "")

    @property
    def verb(self) -> str:
        """What the drug does to it."""
        return VERBS[self.sign]


_AGENTS = {-1: "inhibitor", 0: "ligand", 1: "activator"}
_NUMBERED = re.compile(r"([A-Z]+)(\d+)")


def class_of(targets: Iterable[Target], most: int = 4) -> str:
    """Name the class of a drug by what it does to what; complexes of targets it names add nothing.

    Examples
    --------
    >>> class_of([Target((gene,), -1) for gene in ("JAK1", "JAK2", "JAK3", "TYK2")])
    'JAK1/2/3 and TYK2 inhibitor'
    >>> class_of([Target(genes, -1) for genes in (("JAK1",), ("JAK1", "TYK2"), ("TYK2",))])
    'JAK1 and TYK2 inhibitor'
    >>> class_of([Target(("IFNAR1", "IFNAR2"), -1)])
    'IFNAR1/IFNAR2 complex inhibitor'
    >>> class_of([])
    ''
    """
    of: dict[int, list[Target]] = {}
    for target in targets:
        of.setdefault(target.sign, []).append(target)
    for sign, those in of.items():
        single = {target.genes[0] for target in those if len(target.genes) == 1}
        of[sign] = [one for one in those if len(one.genes) == 1 or not single.issuperset(one.genes)]
    return "; ".join(
        f"{words.listed(_families(of[sign]), most=most)} {_AGENTS[sign]}"
        for sign in VERBS
        if sign in of
    )


def _families(targets: Iterable[Target]) -> list[str]:
    """Join the numbers of genes that are called alike: JAK1 and JAK2 are "JAK1/2"."""
    families: dict[str, list[str]] = {}
    for target in targets:
        alike = _NUMBERED.fullmatch(target.name)
        stem, number = alike.groups() if alike else (target.name, "")
        families.setdefault(stem, []).append(number)
    return [stem + "/".join(numbers) for stem, numbers in families.items()]


def targets_of(screen: ad.AnnData) -> dict[str, tuple[Target, ...]]:
    """Read the targets of all drugs, by identifier; a drug without any is left out."""
    columns = ["drug_id", "target", "sign", "conflict", "sources"]
    rows = table(screen, "targets", *columns)[columns]
    found: dict[str, list[Target]] = {}
    for drug_id, genes, sign, conflict, sources in rows.itertuples(index=False, name=None):
        told = tuple(parts(sources))
        target = Target(tuple(str(genes).split("|")), int(sign), bool(conflict), told)
        found.setdefault(str(drug_id), []).append(target)
    return {drug_id: tuple(targets) for drug_id, targets in found.items()}


@dataclass(frozen=True)
class Activity:
    """Over-activity z of proteins in the screened compartments (rows)."""

    z: np.ndarray
    proteins: dict[str, int]
    keys: tuple[str, ...]

    @classmethod
    def of_screen(cls, screen: ad.AnnData) -> "Activity":
        """Take the regulators of the compartments that were screened."""
        chosen = screened(screen)
        z = np.asarray(screen.varm["regulators"], dtype=float)[chosen]
        proteins = {str(name): i for i, name in enumerate(screen.uns["regulators"])}
        return cls(z, proteins, tuple(screen.var_names[chosen].astype(str)))

    def of(self, genes: Iterable[str]) -> np.ndarray:
        """Give z per compartment; a complex has the mean of its members."""
        columns = [self.proteins[gene] for gene in genes if gene in self.proteins]
        if not columns:
            return np.full(len(self.keys), np.nan)
        z = self.z[:, columns]
        known = np.isfinite(z)
        total = np.where(known, z, 0).sum(axis=1)
        return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)


@dataclass(frozen=True)
class Carrier:
    """A gene that carries evidence, and its deviation."""

    gene: str
    effect: float

    @property
    def arrow(self) -> str:
        """Up or down."""
        return "↑" if self.effect > 0 else "↓"


@dataclass(frozen=True)
class TargetEvidence:
    """Why one target speaks for or against a drug."""

    target: Target
    z: float
    contribution: float
    compartment: str
    compartment_z: float
    carriers: tuple[Carrier, ...]
    n_over: int
    n_under: int
    n_known: int
    places: str

    @property
    def agreeing(self) -> int:
        """Number of compartments in which the action opposes a clear activity."""
        return self.n_over if self.target.sign < 0 else self.n_under

    @property
    def opposed_there(self) -> bool:
        """Whether the action opposes the activity in the compartment where it counts most."""
        return self.target.sign * self.compartment_z < 0

    @property
    def activity(self) -> str:
        """Say how active the target looks, and where."""
        if not self.n_known:
            return "has no path to the genes measured"
        kind = "over-active" if self.target.sign < 0 else "under-active"
        if self.agreeing:
            return f"looks {kind} in {self.agreeing} of {self.places}"
        return f"is not clearly {kind} in any of {self.places}"


@dataclass(frozen=True)
class Near:
    """How near a drug's targets are to the module of the compartment where they are nearest."""

    compartment: str
    z: float
    pvalue: float
    qvalue: float
    targets: tuple[tuple[str, float], ...]

    @property
    def where(self) -> str:
        """Say where the targets stand, those of one distance together, nearest first."""
        steps: dict[float, list[str]] = {}
        for gene, distance in self.targets:
            steps.setdefault(distance, []).append(gene)
        return "; ".join(
            f"{words.listed(genes, most=4)} "
            + (f"{words.plural(int(far), 'step')} away" if far else "in the module")
            for far, genes in list(steps.items())[:2]
        )
