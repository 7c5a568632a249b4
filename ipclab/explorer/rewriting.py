"""How does ordinary Python source come to tell of every access that another process might see?

Each call, subscript, attribute, comparison, operator, iteration and loop head is replaced by a call of a
hook, which performs the operation and decides whether it is a step. The order of evaluation stays that
of Python, and so do line numbers: a traceback shows the learner's own lines.
"""

from __future__ import annotations

import ast
from typing import Any

from .sites import Site, Sites

# Calls that look at the frame they are made from, or whose arguments are names of it.
_FRAME_CALLS = {"super", "locals", "globals", "vars", "dir", "eval", "exec"}
_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or_",
    ast.BitXor: "xor", ast.BitAnd: "and_", ast.MatMult: "matmul",
}  # fmt: skip
_COMPARISONS = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


class Rewriter(ast.NodeTransformer):
    def __init__(self, filename: str, sites: Sites) -> None:
        self.filename = filename
        self.sites = sites
        self.classes: list[str] = []
        self.temporaries = 0

    # Helpers ------------------------------------------------------------------------------------

    def site(self, node: ast.AST) -> ast.Constant:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        self.sites.append(Site(self.filename, line, column))
        return ast.Constant(len(self.sites) - 1)

    def hook(self, name: str, node: ast.AST, *arguments: ast.expr) -> ast.Call:
        called = ast.Call(
            ast.Name(f"__ipclab_{name}__", ast.Load()), [self.site(node), *arguments], []
        )
        self.located(called, node)
        return called

    def located(self, made: Any, node: ast.AST) -> Any:
        return ast.fix_missing_locations(ast.copy_location(made, node))

    def temporary(self) -> str:
        self.temporaries += 1
        return f"__ipclab_{self.temporaries}__"

    def mangled(self, name: str) -> str:
        """`__x` inside a class is `_Class__x`."""
        owner = self.classes[-1].lstrip("_") if self.classes else ""
        private = name.startswith("__") and not name.endswith("__")
        return f"_{owner}{name}" if private and owner else name

    def key(self, node: ast.expr) -> Any:
        """A subscript's index as a value: slices become objects."""
        if isinstance(node, ast.Slice):
            parts = [
                self.visit(each) if each else ast.Constant(None)
                for each in (node.lower, node.upper, node.step)
            ]
            made = ast.Call(ast.Name("__ipclab_slice__", ast.Load()), parts, [])
            return self.located(made, node)
        if isinstance(node, ast.Tuple) and any(isinstance(e, ast.Slice) for e in node.elts):
            return self.located(ast.Tuple([self.key(e) for e in node.elts], ast.Load()), node)
        return self.visit(node)

    def store(self, target: ast.expr, value: ast.expr) -> Any:
        """`target = value`, where the value has been rewritten already."""
        if isinstance(target, ast.Subscript):
            call = self.hook(
                "store", target, value, self.visit(target.value), self.key(target.slice)
            )
            return self.located(ast.Expr(call), target)
        if isinstance(target, ast.Attribute):
            name = ast.Constant(self.mangled(target.attr))
            call = self.hook("set", target, value, self.visit(target.value), name)
            return self.located(ast.Expr(call), target)
        return self.located(ast.Assign([target], value), target)

    # Scopes -------------------------------------------------------------------------------------

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.classes.append(node.name)
        self.generic_visit(node)
        self.classes.pop()
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node  # an annotation is no access

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        returns, node.returns = node.returns, None
        self.generic_visit(node)
        node.returns = returns
        return node

    # Expressions --------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in _FRAME_CALLS:
            return self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):  # looking a method up is no access
            node.func.value = self.visit(node.func.value)
        else:
            node.func = self.visit(node.func)
        arguments = [self.visit(each) for each in node.args]
        keywords = [self.visit(each) for each in node.keywords]
        hook = self.hook("call", node, node.func, *arguments)
        hook.keywords = keywords
        return hook

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            return node
        return self.hook("load", node, self.visit(node.value), self.key(node.slice))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            return node
        return self.hook("get", node, self.visit(node.value), ast.Constant(self.mangled(node.attr)))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        name = ast.Constant(_OPERATORS[type(node.op)])
        return self.hook("operate", node, name, self.visit(node.left), self.visit(node.right))

    def visit_Compare(self, node: ast.Compare) -> Any:
        kind = _COMPARISONS.get(type(node.ops[0]))
        if len(node.ops) > 1 or kind is None:
            return self.generic_visit(node)
        left, right = self.visit(node.left), self.visit(node.comparators[0])
        return self.hook("compare", node, ast.Constant(kind), left, right)

    def visit_Starred(self, node: ast.Starred) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            node.value = self.hook("iterate", node, self.visit(node.value))
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.AST:
        node.value = self.hook("delegate", node, self.visit(node.value))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.iter = self.hook("iterate", node.iter, self.visit(node.iter))
        node.ifs = [self.visit(each) for each in node.ifs]
        return node

    # Statements ---------------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> Any:
        value = self.visit(node.value)
        if any(isinstance(each, ast.Tuple | ast.List) for each in node.targets):
            value = self.hook("iterate", node.value, value) if len(node.targets) == 1 else value
        if len(node.targets) == 1 and not _is_nested(node.targets[0]):
            return self.store(node.targets[0], value)
        if not any(map(_needs_hook, node.targets)):
            node.value = value
            return node
        name = self.temporary()
        made: list[ast.stmt] = [ast.Assign([ast.Name(name, ast.Store())], value)]
        for target in node.targets:
            made += self.unpacked(target, ast.Name(name, ast.Load()))
        made.append(_forget(name))  # it would keep a view alive that is to be released
        return [self.located(each, node) for each in made]

    def unpacked(self, target: ast.expr, value: ast.expr) -> list[ast.stmt]:
        """Assignments that store `value` in `target`, element by element from the left."""
        if not _is_nested(target) or not _needs_hook(target):
            return [self.store(target, value)]
        names, later = [], []
        assert isinstance(target, ast.Tuple | ast.List)
        for element in target.elts:
            name = self.temporary()
            place: ast.expr = ast.Name(name, ast.Store())
            if isinstance(element, ast.Starred):
                place, element = ast.Starred(place, ast.Store()), element.value
            names.append(place)
            later += self.unpacked(element, ast.Name(name, ast.Load()))
        first = self.located(ast.Assign([ast.Tuple(names, ast.Store())], value), target)
        temporaries = [n.id for each in names for n in ast.walk(each) if isinstance(n, ast.Name)]
        return [first, *later, self.located(_forget(*temporaries), target)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return node
        value = self.visit(node.value)
        if _needs_hook(node.target):
            return self.store(node.target, value)
        node.value = value
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target, name = node.target, ast.Constant(_OPERATORS[type(node.op)])
        made: list[ast.stmt] = []

        def kept(value: ast.expr) -> ast.Name:
            variable = self.temporary()
            made.append(ast.Assign([ast.Name(variable, ast.Store())], value))
            return ast.Name(variable, ast.Load())

        match target:
            case ast.Subscript():
                where: list[ast.expr] = [
                    kept(self.visit(target.value)),
                    kept(self.key(target.slice)),
                ]
                old: ast.expr = self.hook("load", target, *where)
                hook = "store"
            case ast.Attribute():
                where = [kept(self.visit(target.value)), ast.Constant(self.mangled(target.attr))]
                old, hook = self.hook("get", target, *where), "set"
            case _:
                old = ast.Name(target.id, ast.Load())
                value = self.hook("update", node, name, old, self.visit(node.value))
                return self.located(ast.Assign([target], value), node)
        value = self.hook("update", node, name, old, self.visit(node.value))
        made.append(ast.Expr(self.hook(hook, target, value, *where)))
        made.append(_forget(*(each.id for each in where if isinstance(each, ast.Name))))
        return [self.located(each, node) for each in made]

    def visit_While(self, node: ast.While) -> ast.AST:
        head = self.hook("loop", node)
        self.generic_visit(node)
        node.test = self.located(ast.BoolOp(ast.And(), [head, node.test]), node.test)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        iterated = self.hook("iterate", node.iter, self.visit(node.iter))
        first: list[ast.stmt] = [
            self.located(ast.Expr(self.hook("loop", node, ast.Constant(True))), node)
        ]
        if _needs_hook(node.target):
            name = self.temporary()
            first += self.unpacked(node.target, ast.Name(name, ast.Load()))
            node.target = self.located(ast.Name(name, ast.Store()), node.target)
        node.body = first + self.statements(node.body)
        node.orelse = self.statements(node.orelse)
        node.iter = iterated
        return node

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for each in body:
            new = self.visit(each)
            made += new if isinstance(new, list) else [new]
        return made

    def visit_With(self, node: ast.With) -> ast.AST:
        first: list[ast.stmt] = []
        for item in node.items:
            item.context_expr = self.visit(item.context_expr)
            if item.optional_vars is not None and _needs_hook(item.optional_vars):
                name = self.temporary()
                first += self.unpacked(item.optional_vars, ast.Name(name, ast.Load()))
                item.optional_vars = self.located(ast.Name(name, ast.Store()), node)
        node.body = first + self.statements(node.body)
        return node

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        node.guard = self.visit(node.guard) if node.guard else None
        node.body = self.statements(node.body)
        return node


def _forget(*names: str) -> ast.Delete:
    return ast.Delete([ast.Name(each, ast.Del()) for each in names])


def _is_nested(target: ast.expr) -> bool:
    return isinstance(target, ast.Tuple | ast.List)


def _needs_hook(target: ast.expr) -> bool:
    return any(isinstance(each, ast.Subscript | ast.Attribute) for each in ast.walk(target))
