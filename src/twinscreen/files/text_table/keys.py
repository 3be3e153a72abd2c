"""YAML in which each key stands once."""

from typing import TYPE_CHECKING, Any

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    pass


def load_yaml(text: str, path: FilePath) -> Any:
    """Load YAML as `yaml.safe_load` does, but refuse a key that its section already has."""
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
            node = super().compose_mapping_node(anchor)
            first: dict[str, int] = {}
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                    continue
                line = key.start_mark.line + 1
                if key.value in first:
                    raise InputError(
                        file=path,
                        place=f"line {line}",
                        found=f"the key {key.value!r} a second time, after line {first[key.value]}",
                        expected="each key of a section once: of two, only the last would count",
                        remedy="join the two",
                    )
                first[key.value] = line
            return node

    return Loader(text).get_single_data()
