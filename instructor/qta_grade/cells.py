"""How Jupyter runs a cell, as far as that is possible without Jupyter. Used only inside the sandbox.

A cell that is Python as it stands stays as it is. Else IPython's own transformer turns lines for Jupyter into calls of
``get_ipython()``, which runs Python (``%time``, ``%%capture``) and notes everything else as left out.
"""

import ast
import sys

_ALSO_PYTHON = {"time", "capture", "prun"}  # magics that run their code among the names of the notebook
_WRITE_A_FILE = {"writefile", "file"}
_HELP = {"pinfo": "?", "pinfo2": "??"}


class Shell:
    """What ``get_ipython()`` gives in a submission; `names` are those of the notebook."""

    def __init__(self, names: dict) -> None:
        self.user_ns = names
        self.left_out: list[str] = []  # lines of the present cell
        self.missing: list[str] = []  # modules that it could not import
        self._cell = ""
        names["get_ipython"] = lambda: self
        names["display"] = lambda *objects, **options: None
        names["__missing__"] = self._stand_in

    def run_cell(self, source: str, name: str) -> None:
        """Run a cell as the notebook does; an exception from it is the student's."""
        self.left_out, self.missing, self._cell = [], [], name
        if "IPython" in source:  # its own get_ipython() knows of no notebook here
            import IPython

            IPython.get_ipython = IPython.core.getipython.get_ipython = self.user_ns["get_ipython"]
        self._run(source)

    def run_line_magic(self, magic: str, line: str, _stack_depth: int = 1) -> object:
        """Run ``%magic line``."""
        if magic not in _ALSO_PYTHON:
            self.left_out.append(f"{line}{_HELP[magic]}" if magic in _HELP else f"%{magic} {line}".strip())
            return None
        try:
            code = compile(line, self._cell, "eval", dont_inherit=True)
        except SyntaxError:
            return self._run(line)
        return eval(code, self.user_ns)

    def run_cell_magic(self, magic: str, line: str, cell: str) -> None:
        """Run a cell under ``%%magic line``."""
        if magic in _ALSO_PYTHON:
            self._run(f"\n{cell}")  # the lines keep their numbers
        elif magic in _WRITE_A_FILE and line.split():
            with open(line.split()[-1], "a" if "-a" in line.split() else "w", encoding="utf-8") as file:
                file.write(cell)
        else:
            self.left_out.append(f"%%{magic} {line}".strip())

    def magic(self, text: str) -> object:
        """Run a magic in the way of older versions."""
        magic, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(magic, line)

    def system(self, command: str) -> None:
        """Note a command of the system, which is not run."""
        self.left_out.append(f"!{command}")

    def getoutput(self, command: str, *_: object, **__: object) -> list:
        """Note a command of the system; nothing comes back."""
        self.system(command)
        return []

    def __getattr__(self, name: str) -> "_Nothing":
        """Answer harmlessly whatever else Jupyter may be asked for."""
        return _Nothing()

    def _run(self, source: str) -> None:
        try:
            body = self._tree(source).body
            code = compile(ast.Module(body, []), self._cell, "exec", dont_inherit=True)
        except RecursionError:  # nested too deep for a tree, and perhaps not for Python
            body, code = [], compile(source, self._cell, "exec", dont_inherit=True)
        while code:
            try:
                exec(code, self.user_ns)
                return
            except _NotHere as error:  # what needs a missing module costs its own statement
                line = error.__traceback__.tb_next.tb_lineno
                self.left_out.append(source.split("\n")[line - 1].strip())
                body = [statement for statement in body if _first_line(statement) > line]
                code = compile(ast.Module(body, []), self._cell, "exec", dont_inherit=True) if body else None

    def _tree(self, source: str) -> ast.Module:
        tree = _parse(source, self._cell)
        if any(isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) for node in ast.walk(tree)):
            awaiting = [statement for statement in tree.body if _awaits(statement)]
            self.left_out += [source.split("\n")[statement.lineno - 1].strip() for statement in awaiting]
            tree.body = [statement for statement in tree.body if statement not in awaiting]
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree)):
            tree = ast.fix_missing_locations(_Imports().visit(tree))
        return tree

    def _stand_in(self, module: str, name: str = "", bound: str = "") -> object:
        """Put something in the place of what could not be imported: of a missing part, the whole, called `bound`."""
        what = module if not name or isinstance(sys.exception(), ModuleNotFoundError) else f"{module}.{name}"
        if what not in self.missing:
            self.missing.append(what)
        if module.startswith("google.colab"):  # drives to mount and files to download are no part of an answer
            return _Nothing()
        return sys.modules.get(bound) or Missing(what)


_NotHere = type("ModuleNotFoundError", (ModuleNotFoundError,), {})  # told apart, and called in the same way


class Missing:
    """Stands for a module that could not be imported, or what should have come from it, until it is used."""

    def __init__(self, module: str) -> None:
        self._module = module

    def _use(self, *_: object, **__: object) -> None:
        raise _NotHere(f"{self._module} is not there where your work is graded: do without it")

    def __getattr__(self, name: str) -> object:
        """Raise that sentence."""
        if name.startswith("__"):  # Python itself asks, to find out what it is
            raise AttributeError(name)
        return self._use()

    __call__ = __getitem__ = __iter__ = __enter__ = __mro_entries__ = _use


class _Nothing:
    """Takes every question and gives nothing."""

    def __getattr__(self, name: str) -> "_Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> None:
        pass

    def __getitem__(self, key: object) -> "_Nothing":
        return self


class _Imports(ast.NodeTransformer):
    """Lets an import fail alone: a stand-in takes its place, and the other lines of the cell run."""

    def visit(self, node: ast.AST) -> object:
        """Look at statements alone: expressions hold none, and may be nested deeper than Python can follow."""
        return node if isinstance(node, ast.expr) else super().visit(node)

    def visit_Try(self, node: ast.Try) -> ast.Try:
        """Leave alone what the student has provided for."""
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.generic_visit(part)
        return node

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        """Guard each of the modules."""
        return [self._module(node, alias) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        """Guard each of the names."""
        if node.module == "__future__":
            return node
        module = "." * node.level + (node.module or "")
        return [
            _guarded(
                node,
                ast.ImportFrom(node.module, [alias], node.level),
                "" if alias.name == "*" else alias.asname or alias.name,
                f"({module!r}, {alias.name!r})",
            )
            for alias in node.names
        ]

    def _module(self, node: ast.Import, alias: ast.alias) -> ast.stmt:
        first = alias.name.partition(".")[0]
        there = "" if alias.asname or first == alias.name else first
        call = f"({alias.name!r}, bound={there!r})"
        return _guarded(node, ast.Import([alias]), alias.asname or first, call)


def _guarded(node: ast.stmt, statement: ast.stmt, bound: str, arguments: str) -> ast.stmt:
    target = f"{bound} = " if bound else ""
    guard = ast.parse(f"try: pass\nexcept Exception: {target}__missing__{arguments}").body[0]
    guard.body = [statement]
    for part in ast.walk(guard):
        ast.copy_location(part, node)
    return guard


def _first_line(statement: ast.stmt) -> int:
    return min([statement.lineno, *(part.lineno for part in getattr(statement, "decorator_list", []))])


def _parse(source: str, name: str) -> ast.Module:
    try:
        return ast.parse(source, name)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(TransformerManager().transform_cell(source), name)


def _awaits(node: ast.AST) -> bool:
    """Return whether it awaits something itself, and not in a function that it defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return False
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    return any(_awaits(child) for child in ast.iter_child_nodes(node))
