"""Settings of the twin stage that tests start from; each changes what it is about."""

from typing import Any

from twinscreen.settings.twin import ComparisonSettings

#: As cheap as may be, all else by default.
GENERAL = ComparisonSettings(
    control="healthy", min_genes=20, bootstrap_replicates=0, null_replicates=0, random_sets=20
)


def changed(settings: ComparisonSettings, **options: Any) -> ComparisonSettings:
    """Change options, to values beyond their limits too."""
    return settings.model_copy(update=options)
