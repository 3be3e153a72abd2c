"""What a twin says of the samples of its patient."""

from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.samples import why_unscorable


def test_why_nothing_is_scored_is_a_sentence_with_and_without_reasons():
    settings = ComparisonSettings(control="healthy")
    assert why_unscorable([], [], settings, "") == "no usable compartment"
    said = why_unscorable([], [], settings, "no such table")
    assert said == "no usable compartment; no such table"
