"""README says what is there: its map of files, its words and its help texts are compared with the code."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from hub.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PACKAGES = ("agreements", "policies", "connectors", "hub")
BEGIN, END = "<!-- help -->", "<!-- /help -->"


def commands(command: Any, path: str) -> list[tuple[str, str]]:
    within = getattr(command, "commands", None)
    if within:
        return [found for name in within for found in commands(within[name], f"{path} {name}")]
    return [(path, (command.help or "").split("\n\n")[0].replace("\n", " ").strip())]


def expected_help() -> str:
    rows = commands(typer.main.get_command(app), "hub")
    return "\n".join(["| command | what it does |", "|---|---|", *(f"| `{path}` | {text} |" for path, text in rows)])


def test_every_path_in_the_map_and_the_words_exists() -> None:
    named = set(re.findall(r"`((?:agreements|policies|connectors|hub|tests|deploy)/[\w/.]*)`", README))
    assert len(named) > 30
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_names_every_room(package: str) -> None:
    rooms = [path for path in (ROOT / package).iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    named = [f"`hub/{room.name}/`" for room in rooms] if package == "hub" else [f"`{package}/`"]
    assert [each for each in named if f"| {each} |" not in README] == []


def test_the_help_texts_are_those_of_the_commands() -> None:
    shown = README.split(BEGIN)[1].split(END)[0].strip()
    assert shown == expected_help()


def test_every_dependency_says_what_it_is_for() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    wanted = re.findall(r'^\s+"([a-z0-9-]+)[^"]*",?$', project.split("hub = [")[1].split("]\n")[0], re.MULTILINE)
    assert len(wanted) > 10
    table = README.split("## What each dependency is for")[1].split("\n## ")[0]
    assert [name for name in wanted if name not in table and name != "duckdb-extensions"] == []
