"""All records of an output folder, in the order in which results are made of each other."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from twinscreen.files.errors import InputError
from twinscreen.records.record import OUTPUT, Record

#: What a run itself writes about its results, and no job.
_BY_THE_RUN = (f"{OUTPUT}knowledge/release.json",)


class Chain:
    """The records of an output folder.

    Parameters
    ----------
    output
        The output folder of a run.

    Raises
    ------
    InputError
        The folder holds no record.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        found = map(Record.read, sorted((output / "records").rglob("*.json")))
        self.records = {record.name: record for record in found if record}
        if not self.records:
            raise InputError(
                file=output,
                found="no record of a run",
                expected="the output folder of a run of this version",
                remedy="name the folder that the configuration has as `output`; results of a"
                " version without records are made again by a run",
            )
        #: The name of the job that made each file.
        self.makers = {
            file: name for name, record in self.records.items() for file in record.outputs
        }

    def in_order(self) -> Iterator[Record]:
        """Give the records, each after those of the jobs that it read from."""
        before = {
            name: sorted({self.makers[file] for file in record.inputs if file in self.makers})
            for name, record in self.records.items()
        }
        for name in TopologicalSorter(before).static_order():
            yield self.records[name]

    def kept(self) -> Iterator[str]:
        """Give the results that stand in the folder, whether a record knows them or not."""
        folders = {file.removeprefix(OUTPUT).split("/")[0] for file in self.makers}
        for folder in sorted(folders - {"benchmarks"}):  # what jobs took differs each time
            for path in sorted((self.output / folder).rglob("*")):
                file = OUTPUT + path.relative_to(self.output).as_posix()
                if path.is_file() and file not in _BY_THE_RUN:
                    yield file
