"""A second reader of the exports, written from the formats alone: it shares no code with what wrote them."""

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

Figures = tuple[str, str, int, int, int, int | None, int | None]
BANDS = {
    **dict.fromkeys(("KG", "01", "02"), "K-2"),
    **dict.fromkeys(("03", "04", "05"), "3-5"),
    **dict.fromkeys(("06", "07", "08"), "6-8"),
    **dict.fromkeys(("09", "10", "11", "12"), "9-12"),
}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def school_years(export: Path) -> dict[tuple[str, int], Figures]:
    """Grade, band, moves, days enrolled, days absent, rate in thousandths, chronic: by student and school year."""
    held: defaultdict[str, set[date]] = defaultdict(set)
    for row in table(export / "calendar.csv"):
        if row["instructional"] == "true":
            held[row["schoolSourcedId"]].add(date.fromisoformat(row["date"]))
    missed: defaultdict[str, set[tuple[str, date]]] = defaultdict(set)
    for row in table(export / "attendance.csv"):
        if row["status"].startswith("absent"):
            missed[row["userSourcedId"]].add((row["schoolSourcedId"], date.fromisoformat(row["date"])))
    years = {row["sourcedId"]: int(row["schoolYear"]) for row in table(export / "academicSessions.csv")}
    rooms = {row["sourcedId"]: row for row in table(export / "classes.csv")}
    stays: defaultdict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
    for row in table(export / "enrollments.csv"):
        if row["role"] == "student":
            year = years[rooms[row["classSourcedId"]]["termSourcedIds"].split(",")[0]]
            stays[row["userSourcedId"], year].append(row)
    return {key: _figures(rows, rooms, held, missed[key[0]]) for key, rows in stays.items()}


def _figures(
    rows: list[dict[str, str]],
    rooms: dict[str, dict[str, str]],
    held: dict[str, set[date]],
    missed: set[tuple[str, date]],
) -> Figures:
    ordered = sorted(rows, key=lambda row: row["beginDate"])
    grade = rooms[ordered[-1]["classSourcedId"]]["grades"]
    schools = [row["schoolSourcedId"] for row in ordered]
    moves = sum(one != other for one, other in pairwise(schools))
    enrolled: set[tuple[str, date]] = set()
    for row in ordered:
        begin, end = date.fromisoformat(row["beginDate"]), date.fromisoformat(row["endDate"])
        enrolled |= {(row["schoolSourcedId"], day) for day in held[row["schoolSourcedId"]] if begin <= day < end}
    days, absent = len({day for _, day in enrolled}), len({day for _, day in enrolled & missed})
    if days < 10:
        return grade, BANDS[grade], min(moves, 4), days, absent, None, None
    rate = int((days - absent) / days * 1000 + 0.5)
    return grade, BANDS[grade], min(moves, 4), days, absent, rate, int(absent / days >= 0.1)


@cache
def resources(export: Path, kind: str) -> tuple[dict[str, dict[str, Any]], int, int]:
    """The resources of one file by id, how many came again, and how many lines were not JSON."""
    found: dict[str, dict[str, Any]] = {}
    again = broken = 0
    for line in (export / f"{kind}.ndjson").read_text(encoding="utf-8").splitlines():
        try:
            resource = json.loads(line)
        except ValueError:
            broken += 1
            continue
        again += resource["id"] in found
        found[resource["id"]] = resource
    return found, again, broken


def visits(export: Path) -> Counter[tuple[str, str, int]]:
    """Finished visits by patient, class and school year."""
    counted: Counter[tuple[str, str, int]] = Counter()
    for visit in resources(export, "Encounter")[0].values():
        if visit["status"] == "finished":
            began = date.fromisoformat(visit["period"]["start"][:10])
            counted[patient_of(visit), visit["class"]["code"], began.year + (began.month > 6)] += 1
    return counted


def asthmatic(export: Path) -> set[str]:
    """Patients with an asthma that stands."""
    return {
        patient_of(condition)
        for condition in resources(export, "Condition")[0].values()
        if condition["verificationStatus"]["coding"][0]["code"] == "confirmed"
        and any(coding["display"].lower().find("asthma") >= 0 for coding in condition["code"]["coding"])
    }


def patient_of(resource: dict[str, Any]) -> str:
    return str((resource.get("subject") or resource["patient"])["reference"]).rsplit("/", 1)[-1]
