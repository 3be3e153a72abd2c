"""Run verbs of the command line as tests do: what is wrong with an input is raised."""

from twinscreen.cli import parser


def run_verb(*arguments: object) -> None:
    """Run one verb."""
    given = parser().parse_args([str(argument) for argument in arguments])
    given.run(given)
