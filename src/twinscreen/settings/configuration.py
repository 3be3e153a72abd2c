"""The whole configuration of a cohort."""

from twinscreen.settings.cohort import EvaluationSettings, TrialSettings
from twinscreen.settings.knowledge import (
    AddedTables,
    KnowledgeSettings,
    OfficialSettings,
    PrecedentSettings,
    TablesInstead,
)
from twinscreen.settings.observe import FindingSettings, ObserveSettings
from twinscreen.settings.screen import LibrarySettings, SafetySettings
from twinscreen.settings.section import Name, Section, Seeded
from twinscreen.settings.twin import (
    CommunicationSettings,
    LayerSettings,
    PathwaySettings,
    ReferenceSettings,
    TwinSettings,
)


class Files(Section):
    """Where the sheets are, whom to run, and where everything is kept."""

    samples: Name
    """Sample sheet (tsv), one row per sample."""
    patients: Name
    """Patient sheet (tsv), one row per patient or healthy donor."""
    only: tuple[str, ...] = ()
    """Ids of the patients to run; empty for all."""
    output: Name = "output"
    """Folder for all results."""
    keep_replicates: bool = True
    """Keep the replicates of twins, from which another preset, weight or version of the screen is
    made without new twins; false removes them once a twin is screened.
    """
    cache: Name = ".cache/twinscreen"
    """Folder that keeps downloaded archives between runs."""
    sources: str = ""
    """Table of knowledge sources, in place of the one of the package."""


class Configuration(Seeded, Files):
    """The one place for parameters of the pipeline and their defaults."""

    knowledge: KnowledgeSettings = KnowledgeSettings()
    own: AddedTables = AddedTables()
    instead: TablesInstead = TablesInstead()
    official: OfficialSettings = OfficialSettings()
    precedent: PrecedentSettings = PrecedentSettings()
    observe: ObserveSettings
    findings: FindingSettings = FindingSettings()
    reference: ReferenceSettings
    twin: TwinSettings = TwinSettings()
    layers: LayerSettings = LayerSettings()
    communication: CommunicationSettings = CommunicationSettings()
    pathways: PathwaySettings = PathwaySettings()
    screen: LibrarySettings = LibrarySettings()
    safety: SafetySettings = SafetySettings()
    trial: TrialSettings = TrialSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
