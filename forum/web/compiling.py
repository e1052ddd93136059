"""How templates become Python: Jinja's own code generator, with a quicker way for what is common.

Jinja looks an attribute up as an attribute, then as an item, then makes an Undefined, and makes a
Markup of each value that it prints. Here values have the attributes that templates name, and what
is printed only has to be a string. That is a third of what rendering a page costs; ADR 0015.
"""

from collections.abc import Callable
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from typing_extensions import override

try:
    from markupsafe._speedups import _escape_inner as _escape_text
except ImportError:  # a build without the C part
    _escape_text = escape


def escaped(value: object) -> str:
    """What a template prints for a value: escaped, unless it is Markup or makes some."""
    if type(value) is str:
        return _escape_text(value)
    if type(value) is Markup:
        return value
    if type(value) is int:
        return str(value)
    return escape(value)


def called(
    context: Context,
    scopes: dict[str, Any] | None,
    target: Callable[..., Any],
    *args: Any,
    **kwargs: Any,
) -> object:
    """Call a macro at once, and everything else as Jinja does.

    `scopes` are variables of loops and blocks, for what asks for the context.
    """
    if type(target) is Macro:
        if (
            not kwargs
            and target._default_autoescape  # noqa: SLF001 - what Jinja's own call looks at
            and len(args) == target._argument_count  # noqa: SLF001
            and not (target.caller or target.catch_kwargs or target.catch_varargs)
        ):
            return str.__new__(Markup, target._func(*args))  # noqa: SLF001
        return target(*args, **kwargs)
    return context.call(target, *args, **kwargs, **(scopes or {}))


class QuickCode(CodeGenerator):
    """Escapes, attributes and calls in fewer steps; an attribute that is missing fails at once.

    Whether an attribute exists is therefore never asked with `is defined`, and items of a
    dictionary are written `x["name"]`.
    """

    @override
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {__name__} import called, escaped")
        super().visit_Template(node, frame)

    @override
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)

    @override
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        # Blocks of a template (`self.title`) are items, and no word of Python is an attribute.
        if iskeyword(node.attr) or (isinstance(node.node, nodes.Name) and node.node.name == "self"):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    @override
    def visit_Call(
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,
    ) -> None:
        inner = {"_loop_vars": frame.loop_frame, "_block_vars": frame.block_frame}
        scopes = ", ".join(f'"{name}": {name}' for name, is_there in inner.items() if is_there)
        self.write(f"called(context, {{{scopes}}}, " if scopes else "called(context, None, ")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")
