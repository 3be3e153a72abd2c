"""Options of the knowledge that all patients share."""

from typing import Annotated

from pydantic import Field

from twinscreen.settings.section import PositiveShare, Section


class KnowledgeSettings(Section):
    """How knowledge is made from its sources."""

    damping: PositiveShare = 0.5
    """Share of a signal that one post-translational step passes on."""
    steps: Annotated[int, Field(ge=0, le=10)] = 3
    """Most post-translational steps from a protein to a transcription factor."""
    rewirings: Annotated[int, Field(ge=20)] = 300
    """Rewired networks behind the causal evidence."""
    ligand_receptor: str = "consensus"
    """Ligand-receptor resource to take."""
