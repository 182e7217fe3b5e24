"""A formula is sums, differences, products and ratios of named components; nothing else is evaluated."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from hotdash.base.errors import HotdashError

Value = Decimal | int | None

_LONGEST = 500
_OPERATORS: dict[type[ast.operator], tuple[str, Callable[[Decimal, Decimal], Decimal | None]]] = {
    ast.Add: ("+", lambda left, right: left + right),
    ast.Sub: ("-", lambda left, right: left - right),
    ast.Mult: ("*", lambda left, right: left * right),
    ast.Div: ("/", lambda left, right: left / right if right else None),
}


class FormulaError(HotdashError):
    code = "invalid_formula"


@dataclass(frozen=True, slots=True)
class Formula:
    text: str
    components: frozenset[str]
    tree: ast.expr

    @staticmethod
    @lru_cache(maxsize=1000)
    def parse(text: str) -> "Formula":
        tree = _parsed(text)
        _refuse_anything_else(tree, text)
        names = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        return Formula(text=text, components=frozenset(names), tree=tree)

    def evaluate(self, values: Mapping[str, Value]) -> Decimal | None:
        """None where a component is missing or a denominator is zero: never a made-up 0."""
        absent = sorted(self.components - values.keys())
        if absent:
            raise FormulaError(
                f"The formula {self.text!r} needs {', '.join(absent)}.",
                hint="Read these components together with the others.",
                field=absent[0],
            )
        return _evaluate(self.tree, values)

    def zero_divisor(self, values: Mapping[str, Value]) -> str | None:
        """What is divided by where that is zero, as it is written in the formula."""
        for node in ast.walk(self.tree):
            match node:
                case ast.BinOp(op=ast.Div(), right=right) if _evaluate(right, values) == 0:
                    return ast.unparse(right)
                case _:
                    continue
        return None

    def as_sql(self, columns: Mapping[str, str]) -> str:
        """The same arithmetic over columns; a ratio is refused, engines round it each their way."""
        return _sql(self.tree, self.text, columns)


def _parsed(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise FormulaError(
            f"The formula has {len(text)} characters.", hint=f"Keep it below {_LONGEST}."
        )
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise FormulaError(
            f"The formula {text!r} cannot be read.",
            hint="Write component names joined by + - * / and parentheses.",
        ) from None


def _refuse_anything_else(tree: ast.expr, text: str) -> None:
    for node in ast.walk(tree):
        if not _is_arithmetic(node):
            raise FormulaError(
                f"The formula {text!r} uses {type(node).__name__}, which is no arithmetic.",
                hint="Use component names, whole numbers, + - * / and parentheses.",
            )


def _is_arithmetic(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    if isinstance(node, ast.BinOp):
        return type(node.op) in _OPERATORS
    return isinstance(
        node, ast.Name | ast.UnaryOp | ast.USub | ast.operator | ast.expr_context
    ) and not (isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.USub))


def _evaluate(node: ast.expr, values: Mapping[str, Value]) -> Decimal | None:
    match node:
        case ast.Name(id=name):
            value = values[name]
            return None if value is None else Decimal(value)
        case ast.Constant(value=int(number)):
            return Decimal(number)
        case ast.UnaryOp(operand=operand):
            value = _evaluate(operand, values)
            return None if value is None else -value
        case ast.BinOp(left=left, op=operator, right=right):
            first, second = _evaluate(left, values), _evaluate(right, values)
            if first is None or second is None:
                return None
            return _OPERATORS[type(operator)][1](first, second)
        case _:
            raise AssertionError(node)


def _sql(node: ast.expr, text: str, columns: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return columns[name]
        case ast.Constant(value=int(number)):
            return str(number)
        case ast.UnaryOp(operand=operand):
            return f"(-{_sql(operand, text, columns)})"
        case ast.BinOp(left=left, op=operator, right=right) if not isinstance(operator, ast.Div):
            sign = _OPERATORS[type(operator)][0]
            return f"({_sql(left, text, columns)} {sign} {_sql(right, text, columns)})"
        case _:
            raise FormulaError(
                f"The formula {text!r} is a ratio and has no form in SQL.",
                hint="Sum its components in SQL and evaluate the formula on the sums.",
            )
