"""Bring gene names to approved symbols."""

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.files import FilePath, GeneNames, InputError
from twinscreen.files.gene_names import dates_in_words

log = logging.getLogger(__name__)

#: Names that the features of a file go by. Entrez ids are not among them: plain numbers are row
#: numbers as often.
KINDS = ("symbol", "ensembl", "previous", "alias")

#: Kinds of name that say which gene is meant, whatever else is in the file.
_SURE = ("symbol", "ensembl")

#: More features than this share whose id and symbol mean two genes are no changes of names.
_MOST_ODD_PAIRS, _FEWEST_ODD_PAIRS = 0.1, 10

#: What is told where it is lost: a share of the counts, and of the features.
_MUCH_LOST, _MANY_LOST = 0.05, 0.2

#: Names that say of which genome they are, as Cell Ranger writes them where there are several:
#: of the human one the gene follows, those of others are no human genes.
_HUMAN_GENOME = re.compile(r"(?:GRCh3[78]|hg19|hg38)_+(?=.)")
_OTHER_GENOME = re.compile(r"(?:mm10|mm9|mm39|GRCm3[89]|rn[67]|mRatBN7|dm6|sacCer3|GRCz11)_+")

#: How sure a name is of its gene, the surest first: it alone says so; with dashes for dots it
#: would; it is an alias or a previous symbol.
_BEYOND_DOUBT, _DOTTED, _ALIAS = range(3)


@dataclass(frozen=True)
class Symbols:
    """Approved symbol of each name, None where there is none.

    `lost` are names that mean no gene, `not_taken` those without a symbol because their gene is
    named otherwise in the same file.
    """

    of: list[str | None]
    lost: list[str]
    not_taken: list[str]


@dataclass(frozen=True)
class Harmonised:
    """Counts, cells x approved symbols, and what happened to the features."""

    counts: sparse.csr_array
    symbols: np.ndarray
    lost: list[str]
    not_taken: list[str]
    merged: int


def means_gene(name: str, known: GeneNames) -> bool:
    """Tell a name that means a gene, in whatever way files write it."""
    return _find(name, known) is not None


def log_lost(place: str, genes: Symbols, *, share: float = 0) -> None:
    """Say which names are dates, and that many names, or a share of the counts, mean no gene."""
    for told in lost_in_words(genes, share=share):
        log.warning("%s: %s", place, told)


def lost_in_words(genes: Symbols, *, share: float = 0) -> list[str]:
    """Say the same without a place, each in a sentence; nothing where little is lost.

    Parameters
    ----------
    genes
        Symbols of all features of a file.
    share
        Share of the file's counts that means no gene.
    """
    dates = dates_in_words(genes.lost)
    lost = len(genes.lost) + len(genes.not_taken)
    if share <= _MUCH_LOST and lost <= _MANY_LOST * len(genes.of):
        return [dates] if dates else []
    examples = ", ".join([*genes.lost, *genes.not_taken][:5])
    many = (
        f"{lost} of {len(genes.of)} features, with {100 * share:.1f}% of the counts, mean no human"
        f" gene: {examples}"
    )
    return [dates, many] if dates else [many]


def log_not_taken(place: str, names: Sequence[str]) -> None:
    """Say which names are not taken, if there are any."""
    if names:
        log.warning(
            "%s: not taken: %d names are aliases of genes that are in the file themselves or by"
            " another alias, or have no human id: %s",
            place,
            len(names),
            ", ".join(names[:5]) + (", ..." if len(names) > 5 else ""),
        )


def symbols_of(
    names: Sequence[str], known: GeneNames, *, ids: Sequence[str] | None = None
) -> Symbols:
    """Find the approved symbols of the features of one file.

    Approved symbols and Ensembl ids are taken as they are. An alias or a previous symbol is taken
    only if no other name of the file means its gene: files hold genes of viruses and constructs
    beside human ones, and `NS1`, `NP` and `PB1` of influenza are aliases of human genes. A
    previous symbol that is the approved one and a letter or digit more (`AREGB` of AREG) is a
    second locus that was merged with the first, and is taken beside it. Names in which R wrote
    dots for dashes (`HLA.A`) are taken where the name with dashes is an approved symbol that is
    not there itself. Where most features have Ensembl ids, one with an id of another kind is no
    human gene by an alias.

    Parameters
    ----------
    names
        Name of each feature, shape (f,).
    known
        Gene names of KINDS.
    ids
        Ensembl id of each feature, shape (f,), "" where there is none: it comes before the name,
        since symbols are taken from one gene and given to another, and may stand twice.
    """
    if ids is None:
        ids = [""] * len(names)
    found = [
        _find(str(id_), known) or _find(str(name), known)
        for id_, name in zip(ids, names, strict=True)
    ]
    best: dict[str, int] = defaultdict(lambda: _ALIAS)
    claims: dict[str, set[str]] = defaultdict(set)
    for name, one in zip(names, found, strict=True):
        if one:
            symbol, rank = one
            best[symbol] = min(best[symbol], rank)
            claims[symbol].add(str(name).strip())
    symbols: list[str | None] = []
    alien = _alien(ids)
    lost: list[str] = []
    not_taken: list[str] = []
    for name, id_, one in zip(names, ids, found, strict=True):
        taken = None
        if one is None:
            lost.append(str(name))
        else:
            symbol, rank = one
            doubtful = rank == _ALIAS and (len(claims[symbol]) > 1 or str(id_) in alien)
            if rank > best[symbol] or doubtful:
                not_taken.append(str(name))
            else:
                taken = symbol
        symbols.append(taken)
    return Symbols(symbols, lost, not_taken)


def _alien(ids: Sequence[str]) -> set[str]:
    """Return the ids that are not Ensembl's for humans, in a file where most are."""
    others = {str(id_) for id_ in ids if not str(id_).startswith("ENSG")} - {""}
    human = sum(str(id_).startswith("ENSG") for id_ in ids)
    return others if 2 * human > len(ids) else set()


def _find(name: str, known: GeneNames) -> tuple[str, int] | None:
    """Return the gene of a name, and how sure of it the name is."""
    name = _HUMAN_GENOME.sub("", name, count=1)
    if found := known.find(name):
        symbol, kind = found
        second = kind == "previous" and re.fullmatch(re.escape(symbol) + "[A-Z0-9]", name.strip())
        return symbol, _BEYOND_DOUBT if kind in _SURE or second else _ALIAS
    if "." in name and (found := known.find(name.replace(".", "-"))) and found[1] == "symbol":
        return found[0], _DOTTED
    return None


def check_genes(
    path: FilePath, names: Sequence[str], known: GeneNames, *, ids: Sequence[str] | None = None
) -> Symbols:
    """Find the symbols of a file's features, and refuse a file whose features are no human genes.

    Parameters
    ----------
    path
        The file, for messages.
    names, known, ids
        As `symbols_of` takes them.

    Raises
    ------
    InputError
        Most features mean no human gene, or ids and names of many mean two genes.
    """
    found = symbols_of(names, known, ids=ids)
    alien = sum(_OTHER_GENOME.match(name) is not None for name in found.lost)
    lost = [name for name in found.lost if not _OTHER_GENOME.match(name)]
    if 2 * len(lost) > len(names) - alien:
        raise InputError(
            file=path,
            place="var",
            found=f"{len(lost)} of {len(names)} features are no human gene, for example "
            + ", ".join(lost[:5]),
            expected="HGNC symbols or Ensembl gene ids as the names of the features",
            remedy="set the index of var, or the names in the table of features, to gene symbols or"
            " Ensembl ids, and write the file again",
        )
    _check_pairs(path, names, () if ids is None else ids, known)
    return found


def _check_pairs(
    path: FilePath, names: Sequence[str], ids: Sequence[str], known: GeneNames
) -> None:
    """Refuse ids that stand beside the names of other genes, as after one of the two was sorted."""
    both = odd = 0
    told = ""
    for name, id_ in zip(names, ids, strict=False):
        by_name, by_id = known.find(str(name)), known.find(str(id_))
        if by_name and by_id and by_name[1] == "symbol" and by_id[1] == "ensembl":
            both += 1
            if by_name[0] != by_id[0]:
                odd += 1
                told = told or f"{name} with {id_}, which is {by_id[0]}"
    if odd > max(_MOST_ODD_PAIRS * both, _FEWEST_ODD_PAIRS):
        raise InputError(
            file=path,
            place="var",
            found=f"{odd} of {both} features whose id and symbol mean two genes, such as {told}",
            expected="the id and the symbol of one gene in each line",
            remedy="take one of the two from the file that the counts came with, or leave one out",
        )


def harmonise(counts: sparse.csr_array, found: Symbols) -> Harmonised:
    """Map features to approved symbols; columns that mean one gene are summed.

    Parameters
    ----------
    counts
        Cells x features, shape (c, f).
    found
        What `symbols_of` says of the features.

    Returns
    -------
    Counts over the symbols found, in alphabetical order; the names that mean no gene, and those
    not taken; and how many columns were added to another of the same gene.
    """
    placed = [i for i, symbol in enumerate(found.of) if symbol is not None]
    feature = np.array(placed, dtype=np.int64)
    symbols, gene = np.unique([s for s in found.of if s is not None], return_inverse=True)
    matrix = sparse.csr_array(
        (np.ones(len(feature), dtype=counts.dtype), (feature, gene)),
        shape=(len(found.of), len(symbols)),
    )
    summed = sparse.csr_array(counts @ matrix)
    summed.eliminate_zeros()
    summed.sort_indices()
    merged = len(feature) - len(symbols)
    return Harmonised(summed, symbols.astype(str), found.lost, found.not_taken, merged)
