"""docs/cli.md and the program name the same commands with the same options."""

import argparse
import re
from pathlib import Path

from taizhang.cli import _parser

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def _in_the_program() -> dict[str, set[str]]:
    commands = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    return {name: _options(command) for name, command in commands.choices.items()}


def _options(command: argparse.ArgumentParser) -> set[str]:
    """A command's options, those of its acts included."""
    found: set[str] = set()
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(*(_options(act) for act in action.choices.values()))
        elif action.help != argparse.SUPPRESS:
            found.update(option for option in action.option_strings if option not in ("-h", "--help"))
    return found


def _in_the_document() -> dict[str, set[str]]:
    usages = re.findall(r"^\| `taizhang ([a-z-]+)(.*?)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    found: dict[str, set[str]] = {}
    for name, rest in usages:
        found.setdefault(name, set()).update(re.findall(r"--[a-z-]+", rest))
    return found


def test_the_document_names_every_command_and_no_other():
    assert set(_in_the_document()) == set(_in_the_program())


def test_the_document_names_every_option_of_every_command_and_no_other():
    assert _in_the_document() == _in_the_program()
