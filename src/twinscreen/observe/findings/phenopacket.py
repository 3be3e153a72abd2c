"""Phenopackets: symptoms, diseases and drugs of one person, and nothing else that stands there.

Packets are of schema 1.0 or 2, in JSON or YAML, with keys as JSON has them (`phenotypicFeatures`)
or as the schema has them (`phenotypic_features`); of a Family the index patient is read.

Source: Jacobsen et al., Nature Biotechnology 2022;40:817 (phenopackets, schema 2; schema 1 as
published by GA4GH).
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from twinscreen.files import FilePath, InputError
from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.text_table import require_seen
from twinscreen.files.words.unseen import bare

#: A key at the start of a line, as YAML has it; an identifier (HP:0001250) is none.
_KEY = re.compile(r"[A-Za-z_]+:(\s|$)")
_TERM = re.compile(r"HP[:_](\d{7})", re.IGNORECASE)
#: A packet has at least one of them.
_PARTS = ("phenotypicFeatures", "diseases", "medicalActions")

_CLASS = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string", "minLength": 1}, "label": {"type": "string"}},
}
_FEATURE = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _CLASS,
        "excluded": {"type": "boolean"},
        "negated": {"type": "boolean"},
    },
}
#: The parts that are read; all else may stand there, and is neither read nor kept.
_PACKET = {
    "type": "object",
    "anyOf": [{"required": [part]} for part in _PARTS],
    "properties": {
        "phenotypicFeatures": {"type": "array", "items": _FEATURE},
        "diseases": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["term"],
                "properties": {"term": _CLASS, "excluded": {"type": "boolean"}},
            },
        },
        "medicalActions": {"type": "array", "items": {"type": "object"}},
        "metaData": {
            "type": "object",
            "properties": {"phenopacketSchemaVersion": {"type": "string", "pattern": r"^[12]\b"}},
        },
    },
}


class Named(NamedTuple):
    """An identifier with its label, and whether it is said to be absent."""

    id: str
    label: str
    excluded: bool = False

    @property
    def status(self) -> FindingStatus:
        """Whether the patient has it."""
        return FindingStatus.ABSENT if self.excluded else FindingStatus.PRESENT


@dataclass
class Phenopacket:
    """What is read of a phenopacket. Subject, dates, files and diagnosis are not."""

    phenotypes: list[Named] = field(default_factory=list)
    diseases: list[Named] = field(default_factory=list)
    medication: list[Named] = field(default_factory=list)


def spelled_term(text: str) -> str:
    """Spell the identifier of a term as the ontology does, where it is written `hp_0001250`."""
    told = _TERM.fullmatch(bare(text))
    return f"HP:{told[1]}" if told else text


def is_packet(text: str) -> bool:
    """Whether a text is meant as a phenopacket, in JSON or YAML."""
    first = next((line for line in text.splitlines() if not line.startswith(("#", "---"))), "")
    return text.startswith(("{", "[")) or _KEY.match(first) is not None


def read_packet(path: FilePath, text: str) -> Phenopacket:
    """Read a phenopacket.

    Parameters
    ----------
    path
        The file, for messages.
    text
        What stands in it.

    Raises
    ------
    InputError
        It is no such packet, or one of several people.
    """
    from jsonschema import Draft202012Validator

    packet = _camel(_parsed(path, text))
    if isinstance(packet, list) and len(packet) == 1:
        packet = packet[0]
    if isinstance(packet, dict) and not any(part in packet for part in _PARTS):
        packet = packet.get("proband", packet)
    if isinstance(packet, list) or (isinstance(packet, dict) and "members" in packet):
        raise _fault(path, "", "several phenopackets", "the phenopacket of one patient")
    fault = next(Draft202012Validator(_PACKET).iter_errors(packet), None)
    if fault is not None:
        place = ".".join(map(str, fault.absolute_path))
        raise _fault(path, place, *_in_words(fault))
    found = Phenopacket(
        [
            _named(one["type"], bool(one.get("excluded") or one.get("negated")))
            for one in packet.get("phenotypicFeatures", [])
        ],
        [_named(one["term"], one.get("excluded", False)) for one in packet.get("diseases", [])],
        [
            _named(agent)
            for one in packet.get("medicalActions", [])
            if (agent := _agent(one)) is not None
        ],
    )
    require_seen(path, "medicalActions", [one.label for one in found.medication])
    return found


def _parsed(path: FilePath, text: str) -> Any:
    """Parse JSON or YAML; what stands there is never shown, since it may hold a name."""
    if not text.startswith(("{", "[")):
        import yaml

        from twinscreen.files.text_table.keys import load_yaml

        try:
            return load_yaml(text, path)
        except yaml.MarkedYAMLError as error:
            place = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
            raise _fault(path, place, error.problem or "no YAML", "YAML") from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise _fault(path, "", "what is no YAML", "YAML") from error
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(path, pairs))
    except json.JSONDecodeError as error:
        raise _fault(path, f"line {error.lineno}", error.msg, "JSON") from error
    except (ValueError, RecursionError) as error:
        raise _fault(path, "", "numbers too long or brackets too deep", "JSON") from error


def _once(path: FilePath, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping of keys and values; of two values of a key only one would count."""
    if len(read := dict(pairs)) < len(pairs):
        raise _fault(path, "", "a key twice in one part", "each key of a part once")
    return read


def _camel(value: Any, depth: int = 0) -> Any:
    """Write keys as JSON has them; nothing that is read lies deeper than ten levels."""
    if depth > 10:
        return value
    if isinstance(value, dict):
        return {
            re.sub(r"_([a-z])", lambda told: told[1].upper(), str(key)): _camel(one, depth + 1)
            for key, one in value.items()
        }
    return [_camel(one, depth + 1) for one in value] if isinstance(value, list) else value


def _in_words(fault: Any) -> tuple[str, str]:
    """Say what a fault of the schema is, without what stands there."""
    wanted = fault.validator_value
    if fault.validator == "anyOf":
        parts = ", ".join(_PARTS)
        return f"none of the parts {parts}", "a phenopacket of schema 1.0 or 2 with one of them"
    if fault.validator == "required":
        lacking = [name for name in wanted if name not in fault.instance]
        return f"no {', '.join(lacking)}", "an ontology class with its id"
    if fault.validator == "type":
        return f"a value of type {type(fault.instance).__name__}", f"one of type {wanted}"
    if fault.validator == "pattern":
        return "another version of the schema", "version 1.0 or 2"
    return "an empty text", "a text"


def _agent(action: dict[str, Any]) -> dict[str, str] | None:
    """Give the drug of a medical action; procedures and radiation have none."""
    treatment = action.get("treatment")
    agent = treatment.get("agent") if isinstance(treatment, dict) else None
    return agent if isinstance(agent, dict) and isinstance(agent.get("id"), str) else None


def _named(term: dict[str, str], excluded: bool = False) -> Named:
    return Named(spelled_term(term["id"]), term.get("label") or term["id"], excluded)


def _fault(path: FilePath, place: str, found: str, expected: str) -> InputError:
    return InputError(
        file=path, place=place, found=found, expected=expected, remedy="correct the file"
    )
