"""What was looked for against a drug: found, checked without a find, or not assessed."""

from dataclasses import dataclass

import anndata as ad

from twinscreen.files.contracts.screen import Checked
from twinscreen.report import words
from twinscreen.report.patient.drugs.outlook import checked_in_short
from twinscreen.report.tables import table

#: What is looked for, by the column of a screen.
_LOOKED_FOR = {
    "contraindication": "contraindications by what the patient has",
    "boxed_warning": "boxed warnings",
    "interaction": "interactions with what the patient takes",
    "pharmacogenomic": "genotypes that bear on it",
}
#: What a reader must know of a source, by how its name begins.
_ABOUT = {
    "MeDIC": "labels of FDA, EMA and PMDA, read automatically and checked by people, so that"
    " single entries may be wrong",
    "PharmacotherapyDB": "indications that physicians judged, off-label ones among them",
}


@dataclass(frozen=True)
class Checks:
    """What was looked for against one drug, by its outcome, in words."""

    none_found: tuple[str, ...]
    not_assessed: tuple[str, ...]

    @property
    def headline(self) -> str:
        """Say the outcome in a few words where nothing was found."""
        return checked_in_short(
            none_found=bool(self.none_found), not_assessed=bool(self.not_assessed)
        )

    @property
    def in_short(self) -> str:
        """Say beside the headline what it is about."""
        if not self.none_found:
            return words.listed(self.not_assessed)
        return words.lower_first(self.sentences.rstrip("."))

    @property
    def sentences(self) -> str:
        """Say what was checked without a find, and what was not assessed."""
        parts = []
        if self.none_found:
            parts.append(f"Checked, and nothing found: {words.listed(self.none_found)}.")
        if self.not_assessed:
            parts.append(f"Not assessed: {words.listed(self.not_assessed)}.")
        return " ".join(parts)


def checks_of(screen: ad.AnnData) -> dict[str, Checks]:
    """Read what a screen says was checked of each drug, by `drug_id`.

    Where a kind could be assessed in another drug, it is the table that lacks the drug.
    """
    rows = table(screen, "looked_up", "kind", "source")
    kinds = rows["kind"].astype(str).str.replace(" ", "_")
    sources = {
        str(kind): words.listed(sorted(names.astype(str)), most=3)
        for kind, names in rows.groupby(kinds)["source"]
    }
    outcomes = screen.obs[[*_LOOKED_FOR]].astype(str)
    lacking = {
        column
        for column in _LOOKED_FOR
        if column in sources and (outcomes[column] != Checked.NOT_ASSESSED).any()
    }
    found = {}
    for drug_id, row in outcomes.iterrows():
        none_found, not_assessed = [], []
        for column, said in _LOOKED_FOR.items():
            where = sources.get(column, "")
            if row[column] == Checked.NONE_FOUND:
                none_found.append(f"{said} ({where})" if where else said)
            elif row[column] == Checked.NOT_ASSESSED:
                missing = f" (not in {where})" if column in lacking else ""
                not_assessed.append(said + missing)
        found[str(drug_id)] = Checks(tuple(none_found), tuple(not_assessed))
    return found


def about_sources(screen: ad.AnnData) -> list[str]:
    """Say what each source is, as far as a reader must know: `MeDIC 2025: labels of ...`."""
    names = sorted({*table(screen, "looked_up", "kind", "source")["source"].astype(str)})
    return [
        f"{name}: {told}"
        for name in names
        for begin, told in _ABOUT.items()
        if name.startswith(begin)
    ]
