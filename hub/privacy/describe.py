"""A question in plain lines, for the release that answers it: what was counted, of which rows, from whose files.

It holds no SQL and nothing of the text a person wrote.  Rule: numbers stand in steps, as in the plan itself.
"""

from collections.abc import Iterator

from hub.query.expression import (
    Any_,
    Arithmetic,
    Case,
    Constant,
    Every,
    Expression,
    Field,
    IsNull,
    Less,
    Member,
    Not,
    Predicate,
    Value,
    Within,
)
from hub.query.model import Cut, Derive, Join, PerPerson, PersonAggregate, Question, Relation, Scan, Statistic, Where


def lines(question: Question) -> tuple[str, ...]:
    """Statistics, keys and relations, one to a line, relations indented by depth."""
    statistics = (f"{each.name}: {_statistic(each)}" for each in question.statistics)
    keys = (f"for each {key.name}: {_expression(key.expression)}" for key in question.keys)
    return (*statistics, *keys, *_relation(question.source, 0))


def _statistic(statistic: Statistic) -> str:
    argument = "rows" if statistic.argument is None else _expression(statistic.argument)
    condition = "" if statistic.where is None else f" where {_predicate(statistic.where)}"
    return f"{statistic.kind.value} of {argument}{condition}"


def _relation(relation: Relation, depth: int) -> Iterator[str]:
    yield "  " * depth + _node(relation)
    match relation:
        case Join(left=left, right=right):
            yield from _relation(left, depth + 1)
            yield from _relation(right, depth + 1)
        case Where(source=source) | Cut(source=source) | PerPerson(source=source) | Derive(source=source):
            yield from _relation(source, depth + 1)
        case Scan():
            pass


def _node(relation: Relation) -> str:
    match relation:
        case Scan(table=table, binding=binding, custodians=custodians):
            return f"table {table} as {binding} at {', '.join(custodians)}"
        case Where(predicate=predicate):
            return f"rows where {_predicate(predicate)}"
        case Cut(rows=rows, basis=basis):
            return f"at most {rows} rows a person, by the {basis.value}"
        case Join(kind=kind, by_year=by_year):
            return f"{kind.value} join on person" + (f" and {by_year[0]} = {by_year[1]}" if by_year else "")
        case PerPerson(aggregates=aggregates):
            return f"one row a person: {', '.join(map(_aggregate, aggregates))}"
        case Derive(columns=columns):
            parts = (f"{attribute.name} = {_expression(expression)}" for attribute, expression in columns)
            return f"columns {', '.join(parts)}"


def _aggregate(aggregate: PersonAggregate) -> str:
    argument = "rows" if aggregate.argument is None else _expression(aggregate.argument)
    condition = "" if aggregate.where is None else f" where {_predicate(aggregate.where)}"
    return f"{aggregate.attribute.name} = {aggregate.kind.value} of {argument}{condition}"


def _expression(expression: Expression) -> str:
    match expression:
        case Field(name=name):
            return name
        case Constant(value=value):
            return _value(value)
        case Arithmetic(operator=operator, left=left, right=right):
            return f"({_expression(left)} {operator.value} {_expression(right)})"
        case Case(branches=branches, otherwise=otherwise):
            parts = (f"{_expression(value)} if {_predicate(predicate)}" for predicate, value in branches)
            return f"({', '.join(parts)}, else {_expression(otherwise)})"


def _predicate(predicate: Predicate) -> str:
    match predicate:
        case Member(operand=operand, values=values):
            return f"{_expression(operand)} in [{', '.join(map(_value, values))}]"
        case Within(operand=operand, lower=lower, upper=upper):
            ends = ("least" if lower is None else str(lower), "most" if upper is None else str(upper))
            return f"{_expression(operand)} from {ends[0]} to {ends[1]}"
        case Less(left=left, right=right, or_equal=or_equal):
            return f"{_expression(left)} {'<=' if or_equal else '<'} {_expression(right)}"
        case IsNull(operand=operand):
            return f"{_expression(operand)} is missing"
        case Every(parts=parts):
            return f"({' and '.join(map(_predicate, parts))})" if parts else "always"
        case Any_(parts=parts):
            return f"({' or '.join(map(_predicate, parts))})" if parts else "never"
        case Not(part=part):
            return f"not {_predicate(part)}"


def _value(value: Value) -> str:
    return "missing" if value is None else str(value)
