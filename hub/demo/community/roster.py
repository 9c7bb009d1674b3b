"""The rows of a district's OneRoster files: organisations, sessions, homerooms, students, a few teachers, enrolments.

It writes no files.  Rules: one homeroom for each school, grade and year; a student is enrolled in one homeroom at a
time and keeps a user after leaving, disabled; teachers have no demographics here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.demo.community import names
from hub.demo.community.attendance import Attendance
from hub.demo.community.drawing import opaque, stream
from hub.demo.community.known import Known
from hub.demo.community.places import GRADES, STATE, YEARS, District, School, schools
from hub.demo.community.school_days import SchoolDays, iso
from hub.demo.community.schooling import Enrolment

Rows = list[tuple[str, ...]]

HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,"
    "subjectCodes",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,"
    "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
    "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
}
"""The exact 1.2 header of every file that is not absent."""

_BLANK = ("", "")
_RACES = ("native", "asian", "black", "pacific", "white", "several")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What a district's files are made from."""

    seed: int
    district: District
    days: SchoolDays
    known: tuple[Known, ...]
    attended: tuple[Attendance, ...]

    @property
    def schools(self) -> tuple[School, ...]:
        """The schools of the district."""
        return schools(self.district.key)


@dataclass(frozen=True, slots=True)
class _Teacher:
    source: str
    school: School
    given: str
    family: str


def roster_rows(roster: Roster) -> dict[str, Rows]:
    """The rows of each file, by its name."""
    teachers = _teachers(roster)
    last = {attendance.enrolment.child.key: attendance.enrolment for attendance in roster.attended}
    staff = [_user(t.source, (t.given, "", t.family, ""), t.school.key, number=n) for n, t in enumerate(teachers)]
    students = [_student(entry, last[entry.child.key], roster, number=n) for n, entry in enumerate(roster.known)]
    return {
        "orgs": _orgs(roster),
        "academicSessions": _sessions(roster),
        "courses": [_course(roster.district.key, grade) for grade in GRADES],
        "classes": _classes(roster),
        "users": staff + students,
        "roles": [_role(t.source, "teacher", t.school.key) for t in teachers]
        + [_role(k.source, "student", last[k.child.key].stays[-1].school) for k in roster.known],
        "demographics": [_demographics(entry) for entry in roster.known],
        "enrollments": _enrollments(roster, teachers),
    }


def _orgs(roster: Roster) -> Rows:
    district = roster.district
    rows: Rows = [(district.key, *_BLANK, district.title, "district", f"90{ord(district.key[0])}", "")]
    rows += [
        (school.key, *_BLANK, school.title, "school", f"90{ord(district.key[0])}{number:02d}", district.key)
        for number, school in enumerate(roster.schools, start=1)
    ]
    return rows


def _sessions(roster: Roster) -> Rows:
    rows: Rows = []
    for year in YEARS:
        term = roster.days.terms[roster.district.key, year]
        key = f"{roster.district.key}-{year}"
        begin, second, end, ends = iso(term.begin), iso(term.second), iso(term.end), str(year)
        rows += [
            (key, *_BLANK, f"{year - 1}-{year}", "schoolYear", begin, end, "", ends),
            (f"{key}-s1", *_BLANK, "First Semester", "semester", begin, second, key, ends),
            (f"{key}-s2", *_BLANK, "Second Semester", "semester", second, end, key, ends),
        ]
    return rows


def _course(district: str, grade: str) -> tuple[str, ...]:
    return (f"{district}-hr-{grade}", *_BLANK, "", f"Homeroom, Grade {grade}", f"HR-{grade}", grade, district, "", "")


def _class_key(school: str, grade: int, year: int) -> str:
    return f"{school}-{GRADES[grade]}-{year}"


def _homerooms(roster: Roster) -> list[tuple[School, int, int]]:
    grades = range(len(GRADES))
    return [
        (school, grade, year) for school in roster.schools for grade in grades if school.serves(grade) for year in YEARS
    ]


def _classes(roster: Roster) -> Rows:
    district = roster.district.key
    return [
        (
            *(_class_key(school.key, grade, year), *_BLANK, f"Homeroom {GRADES[grade]}", GRADES[grade]),
            *(f"{district}-hr-{GRADES[grade]}", f"HR-{GRADES[grade]}", "homeroom", "", school.key),
            *(f"{district}-{year}-s1,{district}-{year}-s2", "", "", "1"),
        )
        for school, grade, year in _homerooms(roster)
    ]


def _user(
    source: str, name: tuple[str, str, str, str], org: str, *, number: int, grade: str = "", enabled: bool = True
) -> tuple[str, ...]:
    given, middle, family, preferred = name
    kind = "s" if grade else "t"
    local = f"{kind}{40000 + number}"
    return (
        *(source, *_BLANK, str(enabled).lower(), local, f"{{Local:{local}}}", given, family, middle, local),
        *(f"{local}@example.org", "", "", "", grade, "", "", preferred, "", "", org, ""),
    )


def _student(entry: Known, last: Enrolment, roster: Roster, *, number: int) -> tuple[str, ...]:
    copy, stay = entry.copy, last.stays[-1]
    enabled = stay.end == roster.days.terms[roster.district.key, YEARS[-1]].end
    name = (copy.given, copy.middle, copy.family, copy.called)
    return _user(entry.source, name, stay.school, number=number, grade=GRADES[last.grade], enabled=enabled)


def _role(user: str, role: str, org: str) -> tuple[str, ...]:
    return (f"{user}-r", *_BLANK, user, "primary", role, "", "", org, "")


def _demographics(entry: Known) -> tuple[str, ...]:
    household = entry.child.household
    races = (str(household.race == race).lower() for race in _RACES)
    hispanic = str(household.hispanic).lower()
    return (entry.source, *_BLANK, entry.copy.birth, entry.copy.sex, *races, hispanic, "US", STATE, "", "")


def _teachers(roster: Roster) -> Sequence[_Teacher]:
    random = stream(roster.seed, "teachers", roster.district.key)
    return [
        _Teacher(opaque(random), school, random.choice(names.GIRLS + names.BOYS), random.choice(names.SURNAMES))
        for school in roster.schools
        for _ in range(3)
    ]


def _enrollments(roster: Roster, teachers: Sequence[_Teacher]) -> Rows:
    sources = {entry.child.key: entry.source for entry in roster.known}
    at_school = {school.key: [t.source for t in teachers if t.school is school] for school in roster.schools}
    rows: list[tuple[str, ...]] = []
    for place, (school, grade, year) in enumerate(_homerooms(roster)):
        term = roster.days.terms[roster.district.key, year]
        staff = at_school[school.key]
        who = (staff[place % len(staff)], "teacher", "true", iso(term.begin), iso(term.end))
        rows.append((_class_key(school.key, grade, year), school.key, *who))
    for attendance in roster.attended:
        enrolment = attendance.enrolment
        for stay in enrolment.stays:
            who = (sources[enrolment.child.key], "student", "false", iso(stay.begin), iso(stay.end))
            rows.append((_class_key(stay.school, enrolment.grade, enrolment.year), stay.school, *who))
    return [(f"{roster.district.key}-e{number:06d}", *_BLANK, *row) for number, row in enumerate(rows, start=1)]
