"""The text of a question into forms: the only file of this room that knows sqlglot.

It neither understands nor refuses what the forms say, and nothing of sqlglot leaves it: no node and no message.  Rules:

* the text is measured before it is read;
* every form keeps the place where it stands in the text;
* whatever the library does, the caller sees forms or a noted problem.
"""

import logging
from collections.abc import Iterator

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError
from sqlglot.tokenizer_core import Token, TokenType

from hub.query import limits, refusals
from hub.query.errors import Position, Problems
from hub.query.forms import Clause, Form

# Its log repeats the text of what it reads, and a question's constants belong in no log.
logging.getLogger("sqlglot").disabled = True

_DUCKDB = Dialect.get_or_raise("duckdb")
_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_FIRST = {TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN}
_TREE_DEPTH = 100
_OPENING_STEPS = 3
_START = Position(1, 1)


def parse(text: str, problems: Problems) -> Form | None:
    """The text as forms; when it cannot be read, a problem is noted and there are none."""
    if len(text) > limits.TEXT_LENGTH:
        problems.add(_START, f"the text is longer than {limits.TEXT_LENGTH:,} characters", "ask a shorter question")
        return None
    tokens = _tokens(text, problems)
    tree = _tree(text, tokens, problems) if tokens else None
    return _Places(text, tokens).form(tree) if tree is not None else None


def _tokens(text: str, problems: Problems) -> list[Token]:
    try:
        tokens = list(_DUCKDB.tokenize(text))
    except Exception:  # noqa: BLE001 - whatever the tokeniser stumbles over, its message quotes the text
        problems.add(_START, "the text cannot be read as SQL", "close every quote and comment")
        return []
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        problems.add(_START, "there is no question", refusals.ONLY_SELECT[1])
        return []
    noted = len(problems)
    if tokens[0].token_type not in _FIRST:
        problems.add(place(text, tokens[0].start), *refusals.ONLY_SELECT)
    _measure(text, tokens, problems)
    return tokens if len(problems) == noted else []


def _measure(text: str, tokens: list[Token], problems: Problems) -> None:
    depth = 0
    for position, token in enumerate(tokens):
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth > limits.NESTING_DEPTH:
            problems.add(place(text, token.start), *refusals.TOO_DEEP)
            return
        if token.token_type is TokenType.SEMICOLON:
            problems.add(place(text, token.start), *refusals.ONE_QUESTION)
        if token.token_type is TokenType.NUMBER and _runs_on(token, tokens[position + 1 : position + 2]):
            problems.add(place(text, token.start), "a number runs into a name", "put a space between them")


def _runs_on(number: Token, after: list[Token]) -> bool:
    return any(next_.start == number.end + 1 and (next_.text[:1].isalnum() or next_.text[:1] == "_") for next_ in after)


def _tree(text: str, tokens: list[Token], problems: Problems) -> exp.Expr | None:
    try:
        trees = _DUCKDB.parser(error_level=ErrorLevel.IMMEDIATE).parse(tokens, text)
    except ParseError as error:
        problems.add(_place_of(error, text, tokens), *refusals.NOT_SQL)
        return None
    except RecursionError:
        problems.add(_START, *refusals.TOO_DEEP)
        return None
    except Exception:  # noqa: BLE001 - whatever else the parser stumbles over, its message quotes the text
        problems.add(_START, *refusals.NOT_SQL)
        return None
    tree = trees[0] if len(trees) == 1 else None
    if tree is None or _depth(tree) > _TREE_DEPTH:
        problems.add(_START, *(refusals.NOT_SQL if tree is None else refusals.TOO_DEEP))
        return None
    return tree


def _place_of(error: ParseError, text: str, tokens: list[Token]) -> Position:
    """Where the token begins at which reading stopped; the library tells where it ends, counting lines its own way."""
    first = error.errors[0] if error.errors else {}
    end = first.get("line"), first.get("col")
    return next((place(text, token.start) for token in tokens if (token.line, token.col) == end), _START)


def place(text: str, start: int) -> Position:
    """The line and column of the character at `start`."""
    return Position(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def _depth(tree: exp.Expr) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            chained = isinstance(node, exp.Connector) and type(child) is type(node)
            waiting.append((child, depth if chained else depth + 1))
    return deepest


def _links(node: exp.Connector) -> Iterator[exp.Expr]:
    """The parts of a chain of AND, or of OR, in order and without recursion."""
    waiting: list[exp.Expr] = [node]
    while waiting:
        part = waiting.pop()
        if type(part) is type(node):
            waiting.extend((part.args["expression"], part.args["this"]))
        else:
            yield part


class _Places:
    """Turns nodes into forms; a node whose place is unknown stands where the last known one before it stood."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._places = {token.start: place for place, token in enumerate(tokens)}
        self._tokens = tokens
        self._near = 0

    def form(self, node: exp.Expr) -> Form:
        """The form of a node and of everything in it."""
        return self._form(node)[0]

    def _form(self, node: exp.Expr) -> tuple[Form, int]:
        known = node.meta.get("start")
        starts = [known] if isinstance(known, int) else []
        self._near = known if isinstance(known, int) else self._near
        clauses: dict[str, Clause] = {}
        written = {"expressions": list(_links(node))} if isinstance(node, exp.Connector) else node.args
        for name, value in written.items():
            if isinstance(value, exp.Expr):
                clauses[name], start = self._form(value)
                starts.append(start)
            elif isinstance(value, list):
                inner = [self._form(part) for part in value if isinstance(part, exp.Expr)]
                starts.extend(start for _, start in inner)
                if value:
                    clauses[name] = tuple(form for form, _ in inner)
            elif value is not None and value is not False and value != "":
                clauses[name] = value if isinstance(value, str) else True
        start = min(starts, default=self._near)
        if not isinstance(known, int):
            start = self._leading_word(type(node).__name__.lower(), start)
        return Form(type(node).__name__, place(self._text, start), clauses), start

    def _leading_word(self, kind: str, start: int) -> int:
        """Where the word begins that opens a node of this kind (MAX, CASE, EXISTS, …), when it is a step before."""
        place = self._places.get(start, 0)
        before = self._tokens[max(place - _OPENING_STEPS, 0) : place]
        return next((token.start for token in reversed(before) if token.text.lower() == kind), start)
