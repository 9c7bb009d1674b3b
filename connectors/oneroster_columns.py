"""The columns that the files of a OneRoster set may have, so that others are noticed and reported.

Nothing is read by this list.  It joins versions 1.1 and 1.2, and the three files that lie beside a set.
"""

_FIRST = ("sourcedId", "status", "dateLastModified")

COLUMNS: dict[str, tuple[str, ...]] = {
    "academicSessions": (*_FIRST, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "attendance": ("userSourcedId", "schoolSourcedId", "date", "status"),
    "calendar": ("date", "schoolSourcedId", "instructional"),
    "classes": (
        *_FIRST,
        *("title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId"),
        *("termSourcedIds", "subjects", "subjectCodes", "periods"),
    ),
    "contacts": ("userSourcedId", "address", "city", "state", "postalCode", "phone1", "phone2"),
    "demographics": (
        *_FIRST,
        *("birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
        *("nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces"),
        *("hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth"),
        "publicSchoolResidenceStatus",
    ),
    "enrollments": (
        *_FIRST,
        *("classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"),
    ),
    "roles": (
        *_FIRST,
        *("userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId"),
    ),
    "users": (
        *_FIRST,
        *("enabledUser", "orgSourcedIds", "role", "username", "userIds", "givenName", "familyName", "middleName"),
        *("identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier"),
        *("preferredGivenName", "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
    ),
}
