"""What the patient's genotypes say about drugs: annotations compared with findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

#: What speaks against a drug, by category and effect.
_GRAVE = {("Toxicity", "increased"): "more toxicity", ("Efficacy", "decreased"): "less efficacy"}


@dataclass(frozen=True)
class Genotype:
    """A genotype found: rs number, alleles of the copies ("." if not known), reference allele."""

    rs_id: str
    text: str
    reference: str
    simulated: bool

    @property
    def alleles(self) -> tuple[str, ...]:
        """Alleles of the copies."""
        return tuple(self.text.split("/"))

    @property
    def complete(self) -> bool:
        """Whether every copy is known."""
        return "." not in self.alleles

    @property
    def differs(self) -> bool:
        """Whether a copy differs from the reference."""
        return any(allele not in (self.reference, ".") for allele in self.alleles)


@dataclass(frozen=True)
class Diplotype:
    """Star alleles of a gene that were called: `*1/*2`, and what was said of them."""

    gene: str
    text: str
    told: str
    simulated: bool

    @property
    def haplotypes(self) -> set[str]:
        """Names of both, as the table has them: `CYP2C19*2`."""
        return {f"{self.gene}{allele}" for allele in self.text.split("/")}


def read_genotypes(findings: pd.DataFrame) -> dict[str, Genotype]:
    """Read the genotypes among findings (contract FINDINGS), by rs number."""
    rows = _known(findings)
    rows = rows[rows["id"].str.fullmatch(r"rs\d+")]
    columns = ["id", "genotype", "reference", "simulated"]
    return {row[0]: Genotype(*row) for row in rows[columns].itertuples(index=False, name=None)}


def read_diplotypes(findings: pd.DataFrame) -> dict[str, Diplotype]:
    """Read the star alleles that were called among findings, by gene."""
    rows = _known(findings)
    rows = rows[~rows["id"].str.fullmatch(r"rs\d+")]
    columns = ["id", "genotype", "detail", "simulated"]
    return {row[0]: Diplotype(*row) for row in rows[columns].itertuples(index=False, name=None)}


def _known(findings: pd.DataFrame) -> pd.DataFrame:
    return findings[(findings["kind"] == "pharmacogenomic") & (findings["genotype"] != "")]


def genotype_concerns(
    table: pd.DataFrame, findings: pd.DataFrame, penalties: Mapping[str, float]
) -> pd.DataFrame:
    """Say what the patient's genotypes speak against.

    Parameters
    ----------
    table
        Contract PHARMACOGENOMICS.
    findings
        Contract FINDINGS.
    penalties
        `pharmacogenomic`: a genotype with more toxicity or less efficacy. `pharmacogenomic_other`:
        one that bears on dose or metabolism, that is or points to a star allele, that the source
        does not describe, or where it tells no genotypes apart.

    Returns
    -------
    Concerns, with `once`, the gene: what several variants of a gene say counts once. Of a gene
    whose star alleles were called, these count, and not what variants point to. A genotype
    of two reference copies is a concern only if it means more toxicity or less efficacy; what
    speaks for a drug is none.
    """
    genotypes, called = read_genotypes(findings), read_diplotypes(findings)
    rows = table[table["rs_id"].isin(genotypes)]
    stars = rows["haplotype"].notna()
    open_ = stars & ~rows["gene"].isin(called)
    found = [
        *_by_genotype(rows[~stars], genotypes),
        *_by_star(rows[open_], genotypes),
        *_by_diplotype(table[table["gene"].isin(called)], called),
    ]
    columns = ["drug_id", "kind", "subject", "detail", "severity", "penalty", "source"]
    result = pd.DataFrame(found, columns=[*columns, "simulated", "once"])
    return result.assign(penalty=result["penalty"].map(dict(penalties)).astype(float))


def untested_genes(
    drugs: pd.DataFrame, table: pd.DataFrame | None, findings: pd.DataFrame
) -> np.ndarray:
    """Name for each drug the genes that bear on it and of which nothing was found, shape (d,).

    Joined by ", "; "" where there is no such gene, or no table.
    """
    if table is None:
        return np.full(len(drugs), "", dtype=object)
    pairs = table[["drug_id", "gene"]].drop_duplicates()
    seen = {*table.loc[table["rs_id"].isin(read_genotypes(findings)), "gene"]}
    seen |= {*read_diplotypes(findings)}
    pairs = pairs[~pairs["gene"].isin(seen) & (pairs["gene"] != "")]
    genes = pairs.groupby("drug_id")["gene"].agg(lambda names: ", ".join(sorted(names)))
    return genes.reindex(drugs["drug_id"]).fillna("").to_numpy(dtype=object)


def what_stays_open(findings: pd.DataFrame) -> str:
    """Say in a sentence what of the patient's genotypes is not known."""
    open_ = "Positions that the file of variants leaves out are not known, star alleles"
    if called := sorted(read_diplotypes(findings)):
        return f"{open_} are called for {', '.join(called)} alone."
    return f"{open_} (CYP2D6*4) are not called, and HLA types are not read."


def _by_genotype(rows: pd.DataFrame, genotypes: Mapping[str, Genotype]) -> Iterator[dict[str, Any]]:
    """Take of each annotation the row of the patient's genotype, or say that it has none."""
    key = ["drug_id", "annotation", "rs_id", "source"]
    for (_, _, rs_id, _), group in rows.groupby(key, sort=True):
        patient = genotypes[str(rs_id)]
        known = group.dropna(subset="genotype")
        own = known[known["genotype"] == patient.text]
        if len(own):
            yield from (
                concern
                for row in own.itertuples(index=False)
                if (concern := _of_row(row, patient)) is not None
            )
        elif patient.differs:
            row = next(group.itertuples(index=False))
            why = "a genotype that the source does not describe"
            if not patient.complete:
                why = "of which a copy could not be called"
            elif known.empty:
                why = "of which the source tells no genotypes"
            told = f"carries a variant that bears on {_about(row)}, {why}"
            yield _concern(row, patient, told, _category(row.category))


def _of_row(row: Any, patient: Genotype) -> dict[str, Any] | None:
    """Make a concern of what a genotype means; None if it speaks for the drug or says nothing."""
    pair = (row.category, row.effect)
    good = pair in {("Toxicity", "decreased"), ("Efficacy", "increased")}
    if not row.effect or good or (not patient.differs and pair not in _GRAVE):
        return None
    told = f"{_about(row)}: {row.text}"
    return _concern(row, patient, told, _category(row.category), grave=_GRAVE.get(pair, ""))


def _by_star(rows: pd.DataFrame, genotypes: Mapping[str, Genotype]) -> Iterator[dict[str, Any]]:
    """Say of each drug, gene and variant which star alleles the patient's allele stands in."""
    rows = rows.sort_values(["level", "category", "annotation", "haplotype"])
    for (_, _, rs_id, allele), group in rows.groupby(
        ["drug_id", "gene", "rs_id", "allele"], sort=True
    ):
        patient = genotypes[str(rs_id)]
        if allele not in patient.alleles:
            continue
        row = next(group.itertuples(index=False))
        categories = ", ".join(sorted({_category(name) for name in group["category"]}))
        yield _concern(
            row,
            patient,
            f"{categories}: its allele {allele} stands in {_stars(group)}; whether the patient has"
            " that star allele can't be told from single variants",
            "points to a star allele",
        )


def _by_diplotype(rows: pd.DataFrame, called: Mapping[str, Diplotype]) -> Iterator[dict[str, Any]]:
    """Say of each drug and gene which star alleles of altered function the patient has."""
    rows = rows.dropna(subset="haplotype").sort_values(["level", "category", "haplotype"])
    for (_, gene), group in rows.groupby(["drug_id", "gene"], sort=True):
        patient = called[str(gene)]
        own = group[group["haplotype"].isin(patient.haplotypes)]
        if own.empty:
            continue
        row = next(own.itertuples(index=False))
        categories = ", ".join(sorted({_category(name) for name in own["category"]}))
        yield {
            "drug_id": row.drug_id,
            "kind": "pharmacogenomic",
            "subject": f"{gene} {patient.text}",
            "detail": f"{categories}: has {_stars(own)}; {patient.told}",
            "severity": f"a star allele of altered function, level {row.level}",
            "penalty": "pharmacogenomic_other",
            "source": row.source,
            "simulated": patient.simulated,
            "once": gene,
        }


def _stars(rows: pd.DataFrame) -> str:
    """List star alleles, each with its function."""
    return ", ".join(
        f"{name} ({function.casefold() or 'function not stated'})"
        for name, function in sorted({*zip(rows["haplotype"], rows["function"], strict=True)})
    )


def _category(name: object) -> str:
    return str(name).casefold().replace("metabolism/pk", "metabolism")


def _about(row: Any) -> str:
    phenotypes = row.phenotypes.replace("|", ", ")
    return _category(row.category) + (f" ({phenotypes})" if phenotypes else "")


def _concern(
    row: Any, patient: Genotype, detail: str, about: str, *, grave: str = ""
) -> dict[str, Any]:
    return {
        "drug_id": row.drug_id,
        "kind": "pharmacogenomic",
        "subject": f"{row.gene} {patient.rs_id} {patient.text}",
        "detail": detail,
        "severity": f"{grave or about}, level {row.level}",
        "penalty": "pharmacogenomic" if grave else "pharmacogenomic_other",
        "source": row.source,
        "simulated": patient.simulated,
        "once": row.gene,
    }
