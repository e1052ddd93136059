"""Templates speak one language each: their words are translated while they are compiled.

`{% trans %}` blocks and calls such as `_("Reply")` become constants of the compiled template, and
those with values become their parts, so a translated page costs what an untranslated one would.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NoReturn

from jinja2 import Environment, TemplateAssertionError, nodes
from jinja2.compiler import Frame
from jinja2.ext import InternationalizationExtension
from jinja2.visitor import NodeTransformer
from typing_extensions import override

from forum.core import i18n
from forum.web.compiling import QuickCode

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_NUMBERS = range(1_001)  # every plural form of every language is used for one of these
Literal = type[nodes.TemplateData] | type[nodes.Const]


class TranslatedBlocks(InternationalizationExtension):
    """`{% trans %}`: its text is HTML as all of the template is, its values are escaped."""

    @override
    def _make_node(  # type: ignore[override]
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> nodes.Node:
        code = language_of(self.environment)
        if plural is None or plural_expr is None:
            text = _translated(code, singular, context)
            return nodes.Output(_parts(text, singular, variables, nodes.TemplateData))
        forms = [
            nodes.Output(_parts(text, source, variables, nodes.TemplateData))
            for text, source in _forms(code, singular, plural, context)
        ]
        *others, last = forms
        node: list[nodes.Node] = [last]
        for test, form in reversed(list(zip(_tests(code, plural_expr), others, strict=True))):
            node = [nodes.If(test, [form], [], node)]
        return node[0]


class _Folding(NodeTransformer):
    """Turns calls of `_`, `ngettext` and `pgettext` in expressions into what they will say."""

    def __init__(self, code: str, name: str | None) -> None:
        self._code = code
        self._name = name

    @override
    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Visit what is inside, then join texts that stand next to each other."""
        super().generic_visit(node, *args, **kwargs)
        for _, inside in node.iter_fields():
            if isinstance(inside, list):
                inside[:] = _joined(inside)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as Jinja calls it
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name):
            return node
        values = {keyword.key: keyword.value for keyword in node.kwargs}
        match node.node.name, node.args:
            case (("_" | "gettext"), [nodes.Const(value=str(text))]):
                return _text(_translated(self._code, text, None), text, values)
            case "pgettext", [nodes.Const(value=str(context)), nodes.Const(value=str(text))]:
                return _text(_translated(self._code, text, context), text, values)
            case "ngettext", [nodes.Const(value=str(one)), nodes.Const(value=str(many)), count]:
                values = {"num": count, **values}
                *others, last = [
                    _text(text, source, values)
                    for text, source in _forms(self._code, one, many, None)
                ]
                for test, form in reversed(
                    list(zip(_tests(self._code, count), others, strict=True))
                ):
                    last = nodes.CondExpr(test, form, last)
                return last
            case (("_" | "gettext" | "pgettext" | "ngettext"), _):
                self._fail(node)
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - as Jinja calls it
        """Write joined parts one by one, instead of joining them first."""
        self.generic_visit(node)
        node.nodes = [
            part
            for child in node.nodes
            for part in (child.nodes if isinstance(child, nodes.Concat) else [child])
        ]
        return node

    def _fail(self, node: nodes.Call) -> NoReturn:
        message = "only constant texts can be translated in a template"
        raise TemplateAssertionError(message, node.lineno, self._name)


class TranslatingCode(QuickCode):
    """Quick code, after the words of the template have been translated."""

    @override
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        _Folding(language_of(self.environment), self.name).visit(node)
        super().visit_Template(node, frame)


def teach(environment: Environment) -> None:
    """Make an environment translate its templates; `speak` says into what."""
    environment.code_generator_class = TranslatingCode
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension(TranslatedBlocks)


def speak(environment: Environment, code: str) -> None:
    """Translate into this language what the environment compiles from now on."""
    environment.extend(language=code, plural=i18n.catalogue(code).plural)


def _joined(inside: list[Any]) -> Iterator[Any]:
    """The same nodes, with each row of outputs as one: it is then written in one piece."""
    last: nodes.Output | None = None
    for node in inside:
        if last is not None and type(node) is nodes.Output:
            last.nodes.extend(node.nodes)
            continue
        yield node
        last = node if type(node) is nodes.Output else None


def language_of(environment: Environment) -> str:
    return str(getattr(environment, "language", i18n.DEFAULT))


def _translated(code: str, text: str, context: str | None) -> str:
    known = i18n.catalogue(code)
    return known.gettext(text) if context is None else str(known.pgettext(context, text))


@cache
def _examples(code: str) -> tuple[int, ...]:
    """A number for every plural form of a language, in the order of the forms."""
    plural = i18n.catalogue(code).plural
    found: dict[int, int] = {}
    for number in _NUMBERS:
        found.setdefault(plural(number), number)
    return tuple(found[form] for form in sorted(found))


@cache
def _is_common(code: str) -> bool:
    """Whether 1 has one form and all else another: then no function needs to be called."""
    plural = i18n.catalogue(code).plural
    return all(plural(number) == int(number != 1) for number in _NUMBERS)


def _forms(code: str, one: str, many: str, context: str | None) -> list[tuple[str, str]]:
    """Every plural form of a language, each with the English that it stands for."""
    known = i18n.catalogue(code)
    return [
        (
            known.ngettext(one, many, number)
            if context is None
            else known.npgettext(context, one, many, number),
            one if number == 1 else many,
        )
        for number in _examples(code)
    ]


def _tests(code: str, count: nodes.Expr) -> list[nodes.Expr]:
    """For each plural form but the last: whether `count` takes it."""
    if _is_common(code):
        return [nodes.Compare(count, [nodes.Operand("eq", nodes.Const(1))])]
    form = nodes.Call(nodes.EnvironmentAttribute("plural"), [count], [], None, None)
    return [
        nodes.Compare(form, [nodes.Operand("eq", nodes.Const(index))])
        for index in range(len(_examples(code)) - 1)
    ]


def _parts(
    text: str, source: str, values: Mapping[str, nodes.Expr], literal: Literal
) -> list[nodes.Expr]:
    """A text with places for values, as what stands between them and the values."""
    if any(found and found not in values for found in _places(text)):
        text = source  # a translation that asks for what the template does not give
    pieces = _PLACE.split(text)
    parts: list[nodes.Expr] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            parts.append(values[piece] if piece else literal("%"))
        elif piece:
            parts.append(literal(piece))
    return parts or [literal("")]


def _places(text: str) -> list[str]:
    return _PLACE.findall(text)


def _text(text: str, source: str, values: Mapping[str, nodes.Expr]) -> nodes.Expr:
    """A text as an expression: like all text, it is escaped where it is shown."""
    if not values:
        return nodes.Const(text)  # as gettext does in Python, which then formats nothing
    parts = _parts(text, source, values, nodes.Const)
    return parts[0] if len(parts) == 1 else nodes.Concat(parts)
