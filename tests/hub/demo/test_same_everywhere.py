"""The same seed gives the same bytes: whatever the hash seed, the process, or the machine."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.demo.community import __main__ as command
from hub.demo.community.generate import generate
from tests.hub.demo.conftest import Made

# Changes whenever the generator writes anything else; then look at the difference and write down the new one.
SMALL = "b6488abecbe57ca91c99a973324fc27f94bf5431d50823c266b4da2b214f0856"


def digest(directory: Path, *, truth: bool = True) -> str:
    total = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file() and (truth or path.name != "truth.json"):
            total.update(path.relative_to(directory).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def test_a_small_community_is_the_one_that_was_written_down(small: Made) -> None:
    assert digest(small.directory) == SMALL


@pytest.mark.parametrize("hash_seed", ["1", "4242"])
def test_the_command_writes_the_same_exports_in_another_process_and_no_truth(
    small: Made, tmp_path: Path, hash_seed: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "hub.demo.community", str(tmp_path), "--children", "300"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{small.summary.persons} people" in run.stdout
    assert not (tmp_path / "truth.json").exists()
    assert digest(tmp_path) == digest(small.directory, truth=False)


def test_another_seed_is_another_community(small: Made, tmp_path: Path) -> None:
    generate(tmp_path, seed=7, children=300)
    assert digest(tmp_path) != digest(small.directory)


def test_making_it_again_in_the_same_folder_changes_nothing(small: Made) -> None:
    before = digest(small.directory)
    generate(small.directory, children=300)
    assert digest(small.directory) == before


def test_too_few_children_are_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="at least 100"):
        generate(tmp_path / "none", children=99)
    with pytest.raises(SystemExit, match="2"):
        command.main([str(tmp_path / "none"), "--children", "99"])
    assert "at least 100 school children, not 99" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
