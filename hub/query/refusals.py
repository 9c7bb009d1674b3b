"""What is outside the language, by the form it takes in the text, and what to write instead.

It only holds sentences; `parse` looks them up by the name of a syntax node, or of a node and its clause.
"""

Sentences = tuple[str, str]
"""What cannot be asked, and what to write instead."""

_RELEASED = "sort, filter or cut the released table"
_PER_PERSON = "compute it for each person in a subquery with GROUP BY person, and aggregate that"
_JOIN_PERSON = "join on person with (SELECT person FROM … WHERE … GROUP BY person)"
_KEYS = "list the keys with IN"
_PARTS = "ask for the parts and divide the released numbers, or use AVG"
_AGGREGATES = "the aggregates are COUNT, SUM and AVG, and MIN, MAX and BOOL_OR for each person"

ONLY_SELECT: Sentences = ("only questions are answered here", "begin with SELECT or WITH")
ONE_QUESTION: Sentences = ("one text holds one question", "ask the questions one by one")
NOT_SQL: Sentences = ("the text cannot be read as SQL from here on", "check brackets, commas and quotes")
TOO_DEEP: Sentences = ("the question is nested too deeply", "use at most 30 levels of brackets, CASE and subqueries")
OTHER: Sentences = (
    "this form is not part of the question language",
    "expressions are columns, literals, + - *, CASE, COALESCE, comparisons, AND, OR, NOT, IN, BETWEEN and IS NULL",
)
OTHER_FUNCTION = "for each row there are + - *, CASE and COALESCE; " + _AGGREGATES

CLAUSES: dict[str, Sentences] = {
    "Select.order": ("ORDER BY is not part of a question", "sort the released table"),
    "Select.limit": ("LIMIT is not part of a question", "take rows from the released table"),
    "Select.offset": ("OFFSET is not part of a question", "take rows from the released table"),
    "Select.having": (
        "HAVING is not part of a question",
        "filter the released table, or put a per-person condition in the WHERE around a GROUP BY person subquery",
    ),
    "Select.qualify": ("QUALIFY is not part of a question", _PER_PERSON),
    "Select.windows": ("windows are not part of a question", _PER_PERSON),
    "Select.distinct": ("SELECT DISTINCT is not part of a question", "write GROUP BY with the columns"),
    "Select.into": ("a question writes nothing", "leave INTO out"),
    "Select.locks": ("a question locks nothing", "leave the FOR clause out"),
    "Select.sample": ("samples are not drawn", "leave the SAMPLE clause out"),
    "Table.sample": ("samples are not drawn", "leave the SAMPLE clause out"),
    "Table.db": ("tables have one name", "leave the part before the dot out"),
    "Table.catalog": ("tables have one name", "leave the parts before the dot out"),
    "Table.joins": ("a join in brackets is not read", "write the JOINs one after the other, each with its own ON"),
    "Subquery.joins": ("a join in brackets is not read", "write the JOINs one after the other, each with its own ON"),
    "Table.pivots": ("PIVOT is not part of a question", "write GROUP BY, and pivot the released table"),
    "Subquery.pivots": ("PIVOT is not part of a question", "write GROUP BY, and pivot the released table"),
    "TableAlias.columns": ("columns are not renamed in an alias", "rename them with AS in the SELECT list"),
    "Column.db": ("a column has at most one table before its name", "write table.column"),
    "Column.catalog": ("a column has at most one table before its name", "write table.column"),
    "With.recursive": ("WITH RECURSIVE is not part of a question", "write WITH and let no part refer to itself"),
    "Group.all": ("GROUP BY ALL does not say what is grouped", "name the columns, or give their positions"),
    "In.query": ("IN with a subquery is not part of a question", _JOIN_PERSON),
    "In.field": ("IN takes a list of literals", "write IN (literal, …)"),
    "In.unnest": ("IN takes a list of literals", "write IN (literal, …)"),
    "Join.method": ("this kind of join is not part of a question", "write JOIN … ON a.person = b.person"),
    "Between.symmetric": ("BETWEEN SYMMETRIC is not part of a question", "write BETWEEN low AND high"),
    "Max.expressions": ("MAX takes one column", "write CASE WHEN a > b THEN a ELSE b END"),
    "Min.expressions": ("MIN takes one column", "write CASE WHEN a < b THEN a ELSE b END"),
}

NODES: dict[str, Sentences] = {
    "Star": ("SELECT * would show rows", "name the keys to group by and the aggregates"),
    "Columns": ("SELECT * would show rows", "name the keys to group by and the aggregates"),
    "Window": ("window functions are not part of a question", _PER_PERSON),
    "Subquery": ("a subquery stands in FROM only", _JOIN_PERSON),
    "Select": ("a subquery stands in FROM only", _JOIN_PERSON),
    "Exists": ("EXISTS is not part of a question", _JOIN_PERSON),
    "Any": (
        "ANY over a list is not part of a question",
        "write IN (literal, …), or BOOL_OR(condition) for each person",
    ),
    "All": ("ALL is not part of a question", "write comparisons joined by AND"),
    "Union": ("UNION is not part of a question", "ask two questions, or use IN and CASE"),
    "Except": ("EXCEPT is not part of a question", "write the condition with NOT"),
    "Intersect": ("INTERSECT is not part of a question", "write both conditions with AND"),
    "Values": ("a question reads tables of the catalogue only", "name a table"),
    "Cast": ("nothing is cast", "compare the column with a literal of its own kind"),
    "TryCast": ("nothing is cast", "compare the column with a literal of its own kind"),
    "Div": ("division is not part of a question", _PARTS),
    "IntDiv": ("division is not part of a question", _PARTS),
    "Mod": ("remainders are not part of a question", "list the values with IN"),
    "Pow": ("powers are not part of a question", "multiply with *"),
    "Like": ("LIKE is not part of a question", _KEYS),
    "ILike": ("LIKE is not part of a question", _KEYS),
    "Glob": ("patterns are not part of a question", _KEYS),
    "SimilarTo": ("patterns are not part of a question", _KEYS),
    "RegexpLike": ("patterns are not part of a question", _KEYS),
    "RegexpILike": ("patterns are not part of a question", _KEYS),
    "Placeholder": ("a question has no parameters", "write the value"),
    "Parameter": ("a question has no parameters", "write the value"),
    "SessionParameter": ("a question has no parameters", "write the value"),
    "DPipe": ("texts are not joined", "group by both columns"),
    "Concat": ("texts are not joined", "group by both columns"),
    "NullSafeEQ": ("IS NOT DISTINCT FROM is not part of a question", "write a = b OR a IS NULL"),
    "NullSafeNEQ": ("IS DISTINCT FROM is not part of a question", "write a <> b OR a IS NULL"),
    "LogicalAnd": ("BOOL_AND is not part of a question", "write BOOL_OR(NOT condition) and compare it with FALSE"),
    "CountIf": ("COUNT_IF is not part of a question", "write COUNT(*) FILTER (WHERE condition)"),
    "If": ("IF is not part of a question", "write CASE WHEN condition THEN value ELSE value END"),
    "Nullif": ("NULLIF is not part of a question", "write CASE WHEN a <> b THEN a END"),
    "Greatest": ("GREATEST is not part of a question", "write CASE WHEN a > b THEN a ELSE b END"),
    "Least": ("LEAST is not part of a question", "write CASE WHEN a < b THEN a ELSE b END"),
    "Tuple": ("lists stand after IN only", "write the columns one by one"),
    "Rollup": ("ROLLUP is not part of a question", "ask for the table without the key too"),
    "Cube": ("CUBE is not part of a question", "ask for each table by itself"),
    "GroupingSets": ("GROUPING SETS are not part of a question", "ask for each table by itself"),
    "IgnoreNulls": ("this aggregate is not part of a question", _AGGREGATES),
    "Order": ("ORDER BY is not part of a question", _RELEASED),
    "Distinct": ("DISTINCT stands in COUNT(DISTINCT person) only", "leave DISTINCT out"),
    "Lateral": ("LATERAL is not part of a question", _JOIN_PERSON),
    "Unnest": ("a question reads tables of the catalogue only", "name a table"),
    "Alias": ("an alias stands after an entry of the SELECT list only", "leave it out here"),
}
