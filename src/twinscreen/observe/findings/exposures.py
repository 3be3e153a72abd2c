"""Exposures of a patient, which genes they bear on, and current medication."""

from collections import Counter

from twinscreen.files import FilePath, GeneNames, InputError
from twinscreen.files.words.counting import plural
from twinscreen.observe.findings.finding import Finding, Found, GeneWeight, strongest
from twinscreen.observe.findings.small_tables import read_rows


class ExposureGenes:
    """The genes of each exposure, from a table that the configuration names.

    Parameters
    ----------
    path
        Tab-separated, with the columns exposure (identifier or label), gene, weight (above 0, at
        most 1) and sign: 1 or -1 for the change of expression to expect, or nothing.
    names
        Gene names.

    Raises
    ------
    InputError
        The table is missing, lacks a column, or has a weight or sign out of range.
    """

    def __init__(self, path: FilePath, names: GeneNames) -> None:
        self._genes: dict[str, list[tuple[str, float, int]]] = {}
        rows = read_rows(
            path,
            required=["exposure", "gene", "weight"],
            optional=["sign"],
            content="genes of exposures",
        )
        for row in rows:
            weight, sign = _number(row["weight"]), row["sign"].removeprefix("+")
            if not 0 < weight <= 1 or sign not in {"", "0", "1", "-1"}:
                raise InputError(
                    file=path,
                    place=f"exposure {row['exposure']}, gene {row['gene']}",
                    found=f"weight {row['weight']}, sign {row['sign'] or 'nothing'}",
                    expected="a weight above 0 and at most 1, and 1, -1 or nothing as sign",
                    remedy="correct the row",
                )
            if symbol := names.resolve(row["gene"]):
                known = self._genes.setdefault(row["exposure"].lower(), [])
                known.append((symbol, weight, int(sign or 0)))

    def of(self, *names: str) -> list[tuple[str, float, int]]:
        """Give gene, weight and sign by the first name that the table knows, in any case."""
        return next((self._genes[n.lower()] for n in names if n.lower() in self._genes), [])


def read_exposures(path: FilePath, table: ExposureGenes | None) -> Found:
    """Read what a patient is or was exposed to: columns exposure and, if wanted, label.

    Raises
    ------
    InputError
        The file is missing or lacks the column.
    """
    found = Found()
    rows = read_rows(
        path, required=["exposure"], optional=["label"], content="exposures of a patient"
    )
    labels = {(row["exposure"], row["label"]): row for row in rows}
    if twice := {name for name, n in Counter(name for name, _ in labels).items() if n > 1}:
        raise InputError(
            file=path,
            place="column exposure",
            found=f"{min(twice)!r} with two labels",
            expected="one label of each exposure",
            remedy="keep one of them, or give the other an identifier of its own",
        )
    for row in labels.values():
        label = row["label"] or row["exposure"]
        genes = table.of(row["exposure"], label) if table else []
        why = f"bears on {plural(len(genes), 'gene')}" if genes else "no genes known: shown only"
        found.findings.append(Finding("exposure", row["exposure"], label, bool(genes), why))
        found.genes += [
            GeneWeight(gene, weight, sign, f"exposure to {label}", function=sign)
            for gene, weight, sign in genes
        ]
    found.findings.sort()
    found.genes = strongest(found.genes)
    return found


def read_medication(path: FilePath) -> list[Finding]:
    """Read current drugs: columns name and, if wanted, dose, start and end.

    What several lines say of one drug, as of doses in the morning and evening, is joined.

    Raises
    ------
    InputError
        The file is missing or lacks the column.
    """
    rows = read_rows(
        path,
        required=["name"],
        optional=["dose", "start", "end"],
        content="current medication of a patient",
    )
    told: dict[str, list[str]] = {}
    for row in rows:
        parts = (
            row["dose"],
            row["start"] and f"from {row['start']}",
            row["end"] and f"until {row['end']}",
        )
        told.setdefault(row["name"], []).append("; ".join(part for part in parts if part))
    return sorted(
        Finding("medication", name, name, False, " and ".join(filter(None, dict.fromkeys(said))))
        for name, said in told.items()
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
