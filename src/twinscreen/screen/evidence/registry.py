"""The registry of kinds of evidence: ours in the order of a page, then those of other packages.

Columns and layers of a screen, the weights that a configuration may give, the page of a patient and
the evaluation follow from it.
"""

from collections.abc import Mapping
from importlib.metadata import EntryPoint

from twinscreen.files import InputError
from twinscreen.screen.evidence.causal import CAUSAL
from twinscreen.screen.evidence.centrality import CENTRALITY
from twinscreen.screen.evidence.communication import COMMUNICATION
from twinscreen.screen.evidence.contract import Kind
from twinscreen.screen.evidence.counteraction import COUNTERACTION
from twinscreen.screen.evidence.origin import ORIGIN
from twinscreen.screen.evidence.precedent import PRECEDENT
from twinscreen.screen.evidence.proximity import PROXIMITY
from twinscreen.settings.foreign_kinds import GROUP, foreign_kinds, package_of

#: Kinds that come with the package.
OURS = (CAUSAL, COUNTERACTION, ORIGIN, PRECEDENT, PROXIMITY, CENTRALITY, COMMUNICATION)

#: Layers of a screen that are no kind's.
TAKEN = ("score", "benefit")


def kinds() -> tuple[Kind, ...]:
    """Return all kinds of evidence, those of other packages last, by name.

    Raises
    ------
    InputError
        A kind of another package cannot be loaded, is none, or takes a name that is taken.
    """
    found = list(OURS)
    taken = {*TAKEN, *(name for kind in OURS for name in (kind.name, *kind.layers))}
    for entry in foreign_kinds():
        kind = _loaded(entry)
        if again := sorted(taken & {kind.name, *kind.layers}):
            raise _refused(
                entry,
                found=f"a kind of evidence that takes the name {again[0]}",
                expected="names of the kind and its layers that nothing else has",
            )
        taken |= {kind.name, *kind.layers}
        found.append(kind)
    return tuple(found)


def names(*, in_score: bool = False) -> tuple[str, ...]:
    """Name all kinds, or those that the preset `calibrated` combines."""
    return tuple(kind.name for kind in kinds() if kind.weight or not in_score)


def weights_in_score(given: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each kind in the preset `calibrated`: as given, or else its own.

    Raises
    ------
    InputError
        A weight is given to a kind that stands beside the score, for want of a null model.
    """
    every = kinds()
    for kind in every:
        if given.get(kind.name) and not kind.weight:
            raise InputError(
                file="configuration",
                place=f"screen.weights.{kind.name}",
                found="the weight of a kind of evidence that stands beside the score",
                expected=f"weights of {', '.join(names(in_score=True))}",
                remedy="leave it out, or weigh it by screen.own_weights in the preset weighted",
            )
    return {kind.name: given.get(kind.name, kind.weight) for kind in every}


def packages() -> dict[str, str]:
    """Say which package a kind is of, with its version, by name; ours are not among them."""
    return {entry.name: package_of(entry) for entry in foreign_kinds()}


def _loaded(entry: EntryPoint) -> Kind:
    """Import a kind of another package."""
    try:
        kind = entry.load()
    except Exception as error:  # whatever its modules do when they are imported
        raise _refused(
            entry,
            found=f"{type(error).__name__}: {error}",
            expected="a module that can be imported",
        ) from error
    if not isinstance(kind, Kind) or kind.name != entry.name:
        raise _refused(
            entry,
            found=f"the kind of evidence {kind.name!r}" if isinstance(kind, Kind) else repr(kind),
            expected=f"a twinscreen.screen.evidence.contract.Kind of the name {entry.name!r}",
        )
    return kind


def _refused(entry: EntryPoint, *, found: str, expected: str) -> InputError:
    package = package_of(entry)
    return InputError(
        file=f"package {package}",
        place=f"entry point {entry.name} of {GROUP}",
        found=found,
        expected=expected,
        remedy=f"uninstall {package.partition(' ')[0]}, or install a version of it that is mended",
    )
