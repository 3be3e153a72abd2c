"""What the sections of the configuration have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

#: Texts that are not empty, and numbers with the limits that many options share.
Name = Annotated[str, Field(min_length=1)]
Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
PositiveShare = Annotated[float, Field(gt=0, le=1)]


class Section(BaseModel):
    """A section of the configuration; the text below an option says what it means."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )


class Seeded(Section):
    """The option that every random computation takes beside its section."""

    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of all randomness."""
