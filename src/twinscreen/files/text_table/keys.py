"""YAML in which each key stands once."""

import re
from typing import Any

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

#: Numbers of base 60 and of base 8, 2 and 16.
_OTHER_NUMBER = re.compile(r"[-+]?(?:[\d_]+(?::[\d_.]+)+|0[\d_]+|0[bx][\da-fA-F_]+)")


def load_yaml(text: str, path: FilePath) -> Any:
    """Load YAML as `yaml.safe_load` does, but refuse what people would read otherwise.

    That is a key which its section already has, of which the last would count, and a number that
    YAML 1.1 takes for another: 1:30 for 90, 010 for 8.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:
            node = super().compose_scalar_node(anchor)
            if _OTHER_NUMBER.fullmatch(node.value) and node.tag.endswith((":int", ":float")):
                raise InputError(
                    file=path,
                    place=f"line {node.start_mark.line + 1}",
                    found=f"{node.value}, which YAML takes for {yaml.safe_load(node.value)}",
                    expected="a number in digits, without : and without a 0 before them",
                    remedy="write the number that is meant, or a text between quotation marks",
                )
            return node

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
