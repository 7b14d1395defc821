"""docs/cli.md and the program name the same commands with the same options."""

import argparse
import re
from pathlib import Path

from taizhang.cli import _parser

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def _in_the_program() -> dict[str, set[str]]:
    commands = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    return {
        name: {
            option
            for action in command._actions
            if action.help != argparse.SUPPRESS
            for option in action.option_strings
            if option not in ("-h", "--help")
        }
        for name, command in commands.choices.items()
    }


def _in_the_document() -> dict[str, set[str]]:
    usages = re.findall(r"^\| `taizhang ([a-z-]+)(.*?)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: set(re.findall(r"--[a-z-]+", rest)) for name, rest in usages}


def test_the_document_names_every_command_and_no_other():
    assert set(_in_the_document()) == set(_in_the_program())


def test_the_document_names_every_option_of_every_command_and_no_other():
    assert _in_the_document() == _in_the_program()
