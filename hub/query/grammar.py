"""Which clauses each form of the question language may have; a form or clause that is not listed is refused.

It only holds the table.
"""

from collections.abc import Mapping

CLAUSES: Mapping[str, frozenset[str]] = {
    form: frozenset(clauses.split())
    for form, clauses in {
        "Select": "expressions from_ joins where group with_",
        "With": "expressions",
        "CTE": "this alias",
        "From": "this",
        "Table": "this alias",
        "Subquery": "this alias",
        "TableAlias": "this",
        "Join": "this side kind on using",
        "Where": "this",
        "Group": "expressions",
        "Alias": "this alias",
        "Column": "this table",
        "Literal": "this is_string",
        "Boolean": "this",
        "Null": "",
        "Paren": "this",
        "Neg": "this",
        "Not": "this",
        "And": "expressions",
        "Or": "expressions",
        "Is": "this expression",
        "In": "this expressions",
        "Between": "this low high",
        "Case": "this ifs default",
        "If": "this true",
        "Coalesce": "this expressions",
        "Filter": "this expression",
        "Count": "this big_int",
        "Sum": "this",
        "Avg": "this",
        "Min": "this",
        "Max": "this",
        "LogicalOr": "this",
        "Any": "this",
        **dict.fromkeys(("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "Add", "Sub", "Mul"), "this expression"),
    }.items()
}
