"""The registry of kinds of evidence: ours, those of other packages, and what follows from it."""

import re
import sys

import numpy as np
import pytest
import yaml

from foreign_kind import PAGE, install, page_blocks
from twinscreen.files import InputError
from twinscreen.inputs.validate import check_config
from twinscreen.screen import screen as screening
from twinscreen.screen.evidence.collect import measured
from twinscreen.screen.evidence.contract import OTHER_DRUGS, Calibrated, Kind, Null, Sentences
from twinscreen.screen.evidence.registry import OURS, kinds, names, packages, weights_in_score
from twinscreen.settings.foreign_kinds import foreign_packages
from twinscreen.settings.screen import CalibratedWeights, OwnWeights, ScreeningSettings

SAYS = Sentences("for", "neither", "against", "nothing")
CONFIG = "{samples: a, patients: b, observe: {cell_type: c}, reference: {control: d}, screen: %s}"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install a package with a kind of evidence, beside ours."""
    monkeypatch.delitem(sys.modules, "my_kinds", raising=False)

    def put(**parts):
        monkeypatch.syspath_prepend(install(tmp_path / "installed", **parts))

    yield put
    sys.modules.pop("my_kinds", None)


def check(screen):
    return check_config(yaml.safe_load(CONFIG % screen), file="config.yaml")["screen"]


def test_the_page_has_the_kinds_of_the_registry():
    rows = re.findall(r"^\| `\w+` \|.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows] == [
        [
            f"`{kind.name}`",
            kind.about,
            " and ".join(null.words for null in kind.nulls),
            f"{kind.weight:g}",
            "yes" if kind.replicated else "no",
            f"`{', '.join(kind.layers)}`" if kind.layers else "",
        ]
        for kind in OURS
    ]


def test_the_options_are_the_weights_of_the_registry():
    for section, in_score in ((CalibratedWeights, True), (OwnWeights, False)):
        assert set(section.model_fields) == set(names(in_score=in_score))
        for kind in OURS:
            if kind.name in section.model_fields:
                field = section.model_fields[kind.name]
                assert field.description == f"Weight of {kind.about}."
                assert field.default == (kind.weight or 1)


def test_a_kind_of_another_package_stands_behind_ours(package):
    assert packages() == {}
    package()
    assert names() == (*(kind.name for kind in OURS), "relevance")
    assert "relevance" not in names(in_score=True)
    assert packages() == {"relevance": "my-kinds 1.2"}
    assert foreign_packages() == ["relevance: my-kinds 1.2"]
    assert kinds()[-1].by_compartment
    assert kinds()[-1].relative


def test_a_screen_records_the_weights_of_kinds_of_other_packages_too(monkeypatch):
    given = ScreeningSettings(weights={"causal": 2})
    ours = {"causal": 2.0, "counteraction": 1.0, "origin": 1.0, "precedent": 1.73}
    assert screening._weights_used(given) == ours == given.model_dump()["weights"]
    more = {**ours, "relevance": 1.5, "proximity": 0.0}
    monkeypatch.setattr(screening, "weights_in_score", lambda _: more)
    assert screening._weights_used(given) == {**ours, "relevance": 1.5}


def test_a_configuration_may_weigh_a_kind_that_is_installed(package):
    with pytest.raises(InputError, match="relevance"):
        check("{own_weights: {relevance: 2}}")
    with pytest.raises(ValueError, match="no kind of evidence is named relevance"):
        OwnWeights(relevance=2)
    package()
    assert check("{own_weights: {relevance: 2}}")["own_weights"]["relevance"] == 2
    assert "relevance" not in check("{}")["own_weights"]
    assert OwnWeights(relevance=2).model_dump()["relevance"] == 2
    with pytest.raises(InputError, match="relevence"):
        check("{own_weights: {relevence: 2}}")


def test_weights_in_the_score_are_those_given_or_the_kinds_own(package):
    package()
    own = {"causal": 1, "counteraction": 1, "origin": 1, "precedent": 1.73}
    beside = dict.fromkeys(("proximity", "centrality", "communication", "relevance"), 0)
    assert weights_in_score({}) == own | beside
    assert weights_in_score({"origin": 0, "relevance": 0}) == own | {"origin": 0} | beside
    with pytest.raises(InputError, match="stands beside the score") as refused:
        weights_in_score({"relevance": 1})
    assert refused.value.place == "screen.weights.relevance"


MODULE = page_blocks("python")[0]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"code": MODULE.replace('"relevance"', '"origin"'), "entry": "origin=my_kinds:RELEVANCE"},
         "takes the name origin"),
        ({"code": MODULE.replace('layers_by_compartment("relevance")', '("relevance",)')
          .replace('"relevance"', '"score"'), "entry": "score=my_kinds:RELEVANCE"},
         "takes the name score"),
        ({"entry": "likeness=my_kinds:RELEVANCE"}, "the kind of evidence 'relevance'"),
        ({"entry": "relevance=my_kinds:measure"}, "<function measure"),
        ({"code": "import no_such_module"}, "ModuleNotFoundError: No module named 'no_such"),
        ({"code": MODULE.replace('name="relevance"', 'name="Not a name"')}, "names no kind"),
    ],
)  # fmt: skip
def test_a_kind_that_cannot_be_had_is_refused_with_its_package(package, parts, found):
    package(**parts)
    with pytest.raises(InputError) as told:
        kinds()
    assert found in told.value.found
    assert told.value.file == "package my-kinds 1.2"
    assert "uninstall my-kinds" in told.value.remedy


def test_a_kind_in_the_score_is_compared_with_two_null_models():
    def made(weight, *nulls):
        return Kind("x", "X", "x", SAYS, nulls, lambda inputs: None, weight=weight)

    assert made(0.0, OTHER_DRUGS).relative
    assert not made(1.0, Null("chance", "chance"), OTHER_DRUGS).relative
    for weight, nulls in ((1.0, (OTHER_DRUGS,)), (0.0, ())):
        with pytest.raises(ValueError, match="two null models"):
            made(weight, *nulls)
    with pytest.raises(ValueError, match="not named after it"):
        Kind("x", "X", "x", SAYS, (OTHER_DRUGS,), lambda inputs: None, layers=("y",))


class Inputs:
    """Two mechanisms, three compartments, and five bootstrap replicates."""

    first = np.arange(2)
    twin = type("Twin", (), {"n_obs": 3})
    state = type("State", (), {"resampled": np.zeros((5, 9)), "null": np.zeros((0, 9))})


@pytest.mark.parametrize(
    ("replicated", "changes", "told"),
    [
        (False, {}, None),
        (True, {"resampled": (2, 5)}, None),
        (True, {}, "resampled"),
        (False, {"resampled": (2, 5)}, "resampled"),
        (True, {"resampled": (2, 4)}, "resampled"),
        (False, {"parts": (2, 2)}, "parts"),
        (False, {"weaker_z": (3,)}, "weaker_z"),
    ],
)
def test_what_a_kind_says_has_the_shape_of_the_contract(replicated, changes, told):
    shapes = {"z": (2,), "weaker_z": (2,), "raw": (2, 3), "parts": (2, 3)} | changes
    said = Calibrated("x", **{name: np.zeros(shape) for name, shape in shapes.items()})
    kind = Kind("x", "X", "x", SAYS, (OTHER_DRUGS,), lambda _: said, replicated=replicated)
    if told is None:
        assert measured(kind, Inputs) is said
    else:
        with pytest.raises(InputError) as refused:
            measured(kind, Inputs)
        assert refused.value.place == told
