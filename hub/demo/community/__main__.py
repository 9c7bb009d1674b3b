"""`python -m hub.demo.community DIR`: write the exports of a synthetic community, and no truth file.

It neither reads nor links anything.  Rule: exit status 2 and a sentence when the request makes no sense.
"""

import argparse
import sys
from pathlib import Path

from hub.demo.community.generate import CHILDREN, SEED, generate


def main(arguments: list[str] | None = None) -> int:
    """Write the exports and say how much there is."""
    parser = argparse.ArgumentParser(
        prog="python -m hub.demo.community",
        description="Write the exports of a synthetic community, one per custodian.",
    )
    parser.add_argument("directory", type=Path, help="folder in which each custodian gets its own")
    parser.add_argument("--seed", type=int, default=SEED, help="another community (default: %(default)s)")
    parser.add_argument("--children", type=int, default=CHILDREN, help="school children (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        summary = generate(options.directory, seed=options.seed, children=options.children, with_truth=False)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    for custodian, records in summary.records:
        sys.stdout.write(f"{custodian:<10} {records:>6} people\n")
    sys.stdout.write(
        f"{summary.persons} people in {options.directory}: {summary.students} students, {summary.patients} patients, "
        f"{summary.attendance} lines of attendance, {summary.resources} FHIR resources\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
