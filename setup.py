"""The build copies workflow and lock into the package; all else stands in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithWorkflow(build_py):
    """Build the package, with workflow and lock, which in a clone stand beside it."""

    def workflow(self) -> dict[str, str]:
        """Map each file of these in the package that is built to the one of the clone."""
        if self.editable_mode:
            return {}
        files = sorted(path for path in Path("workflow").rglob("*") if path.is_file())
        kept = [path for path in files if not any(part[0] in "._" for part in path.parts)]
        kept += filter(Path.is_file, [Path("requirements.lock")])
        return {str(Path(self.build_lib, "twinscreen", "data", path)): str(path) for path in kept}

    def run(self) -> None:
        """Build as usual, then copy the workflow."""
        super().run()
        for built, source in self.workflow().items():
            self.mkpath(str(Path(built).parent))
            self.copy_file(source, built)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """List what is built."""
        return [*super().get_outputs(include_bytecode), *self.workflow()]

    def get_source_files(self) -> list[str]:
        """List what a source distribution holds."""
        return [*super().get_source_files(), *self.workflow().values()]


setup(cmdclass={"build_py": BuildWithWorkflow})
