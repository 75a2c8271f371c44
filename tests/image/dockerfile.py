"""As much of the Dockerfile language as ours uses; what it does not know it refuses."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Template

# A continued line ends in a backslash; comment lines in between are not part of it.
_COMMENT = re.compile(r"^\s*#")
_FLAG = re.compile(r"--(?P<name>[a-z-]+)=(?P<value>\S+)\s+")

_KNOWN = frozenset(
    {
        "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "STOPSIGNAL",
        "USER", "VOLUME", "WORKDIR",
    },
)  # fmt: skip


class UnknownInstruction(Exception):
    """The Dockerfile says something that the proof could not carry out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    verb: str
    flags: Mapping[str, str]
    rest: str

    @property
    def words(self) -> list[str]:
        """The arguments: of the exec form (`["a", "b"]`) or apart at blanks."""
        if self.rest.startswith("["):
            return [str(word) for word in json.loads(self.rest)]
        return shlex.split(self.rest)


@dataclass(slots=True, kw_only=True)
class Stage:
    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, verb: str) -> Instruction | None:
        """The instruction that holds: a later one replaces an earlier."""
        return next((each for each in reversed(self.instructions) if each.verb == verb), None)


def parse(text: str) -> list[Stage]:
    stages: list[Stage] = []
    for line in _lines(text):
        verb, _, rest = line.partition(" ")
        if verb not in _KNOWN:
            raise UnknownInstruction(line)
        if verb == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base=base, name=name or str(len(stages))))
            continue
        flags, rest = _flags(rest.strip())
        stages[-1].instructions.append(Instruction(verb=verb, flags=flags, rest=rest))
    return stages


def assignments(instruction: Instruction, environment: Mapping[str, str]) -> dict[str, str]:
    """What an ENV line sets, seen from the environment before it."""
    pairs = (word.partition("=") for word in instruction.words)
    return {name: Template(value).safe_substitute(environment) for name, _, value in pairs}


def _lines(text: str) -> Iterator[str]:
    begun = ""
    for line in text.splitlines():
        if _COMMENT.match(line) or not line.strip():
            continue
        begun += line.rstrip()
        if begun.endswith("\\"):
            begun = begun[:-1]
            continue
        yield begun.strip()
        begun = ""


def _flags(rest: str) -> tuple[dict[str, str], str]:
    flags: dict[str, str] = {}
    while match := _FLAG.match(rest):
        flags[match["name"]] = match["value"]
        rest = rest[match.end() :]
    return flags, rest
