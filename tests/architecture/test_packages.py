"""Each package imports alone, with the others out of reach."""

import subprocess
import sys

import pytest

ALLOWED = {
    "agreements": set(),
    "policies": {"agreements"},
    "connectors": {"agreements"},
    "hub": {"agreements", "policies", "connectors"},
}

PROGRAM = """
import importlib, importlib.abc, pkgutil, sys

package, blocked = sys.argv[1], set(sys.argv[2].split(","))

class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ImportError(f"{package} must not need {name}")

sys.meta_path.insert(0, Wall())
root = importlib.import_module(package)
for module in pkgutil.walk_packages(root.__path__, package + "."):
    if not module.name.endswith("__main__") and ".migrations" not in module.name:
        importlib.import_module(module.name)
"""


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_without_those_above_and_beside_it(package: str) -> None:
    blocked = set(ALLOWED) - ALLOWED[package] - {package}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, package, ",".join(sorted(blocked))],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
