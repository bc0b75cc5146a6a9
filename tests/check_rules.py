"""The rules of the source tree that a machine can check; `--self-test` proves that they bite.

Who may include whom, what must never appear where, and how long a file or a function may be. The
reasons stand in CONTRIBUTING.md. Needs nothing but Python.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60

# folder -> the folders whose headers it may include. A path with a dot is a single file: a header
# that may be included, or a source with rights of its own.
CPP_ARROWS: dict[str, set[str]] = {
    "base": set(),
    "spec": {"base"},
    "backend": {"spec", "base"},
    "sched": {"spec", "base"},
    "text": {"spec", "base"},
    "cpu": {"backend", "spec", "base"},
    "model": {"backend", "spec", "base", "sched/step_plan.h"},
    "engine": {"sched", "model", "text", "backend", "spec", "base"},
    "engine/backend_factory.cpp": {"cpu"},
    "bindings": {"engine", "model", "sched", "text", "cpu", "backend", "spec", "base"},
    "cuda": {"backend", "spec", "base"},
}

# package or module -> modules of llmserve that it may import; what is not listed here is free.
PYTHON_ARROWS: dict[str, set[str]] = {
    "models": {"_core", "hf_config", "models"},
}
# The server speaks to the engine through AsyncLLM alone.
SERVER_MUST_NOT_IMPORT = {"_core", "llm", "loader", "models"}

# A family is one Python file; the core knows parts. llama3 is the name of a RoPE type.
FAMILY = re.compile(r"llama(?!3)|mistral|mixtral|qwen|gemma|deepseek|falcon|phi3|granite", re.I)
FOREIGN_HEADER = re.compile(r"(torch|ATen|c10|pybind11)/|Python\.h$")
CUDA_HEADER = re.compile(r"cuda|cublas|nccl|\.cuh$")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
COMMENT_OR_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S
)

# Seconds of import time: never at the top of a module. Code run from data: never at all.
LAZY_ONLY = {"torch", "transformers"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


@dataclass(frozen=True)
class Breach:
    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def blank(text: str, literals: bool) -> str:
    """The text without its comments (and literals), every other character where it was."""

    def spaces(match: re.Match[str]) -> str:
        found = match.group()
        if not literals and not found.startswith(("//", "/*")):
            return found
        return re.sub(r"[^\n]", " ", found)

    return COMMENT_OR_LITERAL.sub(spaces, text)


# --- C++


def cpp_include_breaches(path: Path, folder: str, text: str) -> Iterator[Breach]:
    allowed = CPP_ARROWS.get(folder)
    if allowed is None:
        yield Breach(path, 1, f"folder {folder} is unknown to {Path(__file__).name}")
        return
    allowed = allowed | {folder} | CPP_ARROWS.get(f"{folder}/{path.name}", set())
    for match in INCLUDE.finditer(text):
        line, quoted, name = line_of(text, match.start()), match[1] == '"', match[2]
        if FOREIGN_HEADER.search(name) and folder != "bindings":
            yield Breach(path, line, f"{folder} must not include {name}: only bindings may")
        elif CUDA_HEADER.search(name) and folder != "cuda":
            yield Breach(path, line, f"{folder} must not include {name}: only cuda may")
        elif folder == "cuda" and quoted and "/" not in name:
            continue  # cuda/ is flat: its own headers have no folder in their names
        elif quoted and name not in allowed and name.split("/")[0] not in allowed:
            yield Breach(path, line, f"{folder} must not include {name}")


def cpp_word_breaches(path: Path, folder: str, text: str) -> Iterator[Breach]:
    for match in FAMILY.finditer(text):
        yield Breach(path, line_of(text, match.start()), f"a family's name, {match.group()}")
    if folder != "cuda":
        for match in re.finditer(r"\b(WITH_CUDA|__CUDA\w*|cudaError_t)\b", text):
            yield Breach(path, line_of(text, match.start()), f"{match.group()} outside cuda/")


def cpp_functions(code: str) -> Iterator[tuple[int, int]]:
    """First and last line of each outermost function body; code is blank of literals."""
    scopes: list[bool] = []  # for each open brace: is it a function's?
    head = begin = 0
    for match in re.finditer(r"[;{}]", code):
        token = match.group()
        if token == "{":
            opening = code[head : match.start()]
            # A type's or a namespace's keyword has no parenthesis behind it, a template's may.
            declared = re.split(r"\b(?:namespace|class|struct|enum|union)\b", opening)[-1]
            is_function = True in scopes or "(" in re.sub(r"alignas\(\w+\)", "", declared)
            if is_function and True not in scopes:
                begin = head + len(opening) - len(opening.lstrip())
            scopes.append(is_function)
        elif token == "}" and scopes:
            if scopes.pop() and True not in scopes:
                yield line_of(code, begin), line_of(code, match.start())
        head = match.end()


def cpp_breaches(root: Path) -> Iterator[Breach]:
    paths = [p for top in ("cpp", "cuda") for p in (root / top).rglob("*")]
    for path in sorted(p for p in paths if p.suffix in {".h", ".cpp", ".cu", ".cuh"}):
        relative = path.relative_to(root)
        folder = "cuda" if relative.parts[0] == "cuda" else relative.parts[1]
        raw = path.read_text(encoding="utf-8")
        text = blank(raw, literals=False)
        yield from cpp_include_breaches(relative, folder, text)
        yield from cpp_word_breaches(relative, folder, text)
        for first, last in cpp_functions(blank(raw, literals=True)):
            yield from length_breach(relative, first, last - first + 1, "function")


# --- Python


def imported_modules(node: ast.AST, package: str) -> Iterator[str]:
    """Absolute names of what an import statement brings; package is that of the file."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
        source = ".".join([*base, *([node.module] if node.module else [])])
        yield source
        yield from (f"{source}.{alias.name}" for alias in node.names)


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported, inside if, try and class too."""
    for node in body:
        if is_type_checking(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        for field in ("body", "orelse", "finalbody"):
            yield from top_level(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from top_level(handler.body)


def python_import_breaches(path: Path, tree: ast.Module) -> Iterator[Breach]:
    package = ".".join(path.parts[1:-1])
    part = path.parts[2] if len(path.parts) > 3 else path.stem  # models, server, or the module
    allowed = PYTHON_ARROWS.get(part)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [name.split(".") for name in imported_modules(node, package)]
        for module in FORBIDDEN_MODULES & {name[0] for name in names}:
            yield Breach(path, node.lineno, f"{module} runs code from data")
        targets = {name[1] for name in names if name[0] == "llmserve" and len(name) > 1}
        refused = targets & SERVER_MUST_NOT_IMPORT if part == "server" else set()
        refused |= targets - allowed if allowed is not None else set()
        for target in sorted(refused):
            yield Breach(path, node.lineno, f"{part} must not import {target}")
    for statement in top_level(tree.body):
        if any(name.split(".")[0] in LAZY_ONLY for name in imported_modules(statement, package)):
            text = "torch and transformers are imported in the functions that need them"
            yield Breach(path, statement.lineno, text)


def num_lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def python_function_breaches(path: Path, tree: ast.Module) -> Iterator[Breach]:
    # What a recipe evaluates it wrote itself; tests and the package meet others' data.
    own_data = path.parts[:2] == ("bench", "default_model")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_docstring = ast.get_docstring(node, clean=False) is not None
            length = num_lines(node) - (num_lines(node.body[0]) if has_docstring else 0)
            yield from length_breach(path, node.lineno, length, "function")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in FORBIDDEN_CALLS and not own_data:
                yield Breach(path, node.lineno, f"{node.func.id}() runs code from data")


def python_breaches(root: Path) -> Iterator[Breach]:
    for top in ("python", "tests", "bench"):
        for path in sorted((root / top).rglob("*.py")):
            relative = path.relative_to(root)
            tree = ast.parse(path.read_text(encoding="utf-8"), str(relative))
            yield from python_function_breaches(relative, tree)
            if top == "python":
                yield from python_import_breaches(relative, tree)


# --- Both


def length_breach(path: Path, line: int, length: int, what: str) -> Iterator[Breach]:
    limit = MAX_FILE_LINES if what == "file" else MAX_FUNCTION_LINES
    if length > limit:
        yield Breach(path, line, f"{what} of {length} lines; at most {limit}")


def file_breaches(root: Path) -> Iterator[Breach]:
    for top in ("cpp", "cuda", "python", "tests", "bench"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in {".h", ".cpp", ".cu", ".cuh", ".py", ".pyi"}:
                lines = path.read_text(encoding="utf-8").count("\n")
                yield from length_breach(path.relative_to(root), 1, lines, "file")


def breaches(root: Path) -> list[Breach]:
    return [*file_breaches(root), *cpp_breaches(root), *python_breaches(root)]


# --- The check of the check: each planted file holds one breach, or none.

LONG = "\n".join(["  step();"] * 70)
PLANTED: list[tuple[str, str, str | None]] = [
    ("cpp/base/a.h", '#include "spec/model_spec.h"\n', "base must not include spec/model_spec.h"),
    ("cpp/sched/a.cpp", '#include "backend/backend.h"\n', "sched must not include backend/"),
    ("cpp/model/a.cpp", '#include "sched/scheduler.h"\n', "model must not include sched/scheduler"),
    ("cpp/model/ok.cpp", '#include "sched/step_plan.h"\n#include <vector>\n', None),
    ("cpp/engine/a.cpp", '#include "cpu/cpu_backend.h"\n', "engine must not include cpu/"),
    ("cpp/engine/backend_factory.cpp", '#include "cpu/cpu_backend.h"\n', None),
    ("cpp/novel/a.h", "int a;\n", "folder novel is unknown"),
    ("cpp/engine/b.cpp", "#include <pybind11/pybind11.h>\n", "only bindings may"),
    ("cpp/bindings/ok.cpp", "#include <pybind11/pybind11.h>\n", None),
    ("cpp/spec/a.cpp", "#include <Python.h>\n", "only bindings may"),
    ("cuda/a.cu", "#include <torch/torch.h>\n", "only bindings may"),
    ("cuda/b.cu", '#include "cpu/norm.h"\n', "cuda must not include cpu/norm.h"),
    ("cuda/ok.cu", '#include "linear.h"\n#include "backend/weight.h"\n', None),
    ("cpp/cpu/a.cpp", "#include <cuda_runtime.h>\n", "only cuda may"),
    ("cpp/engine/c.cpp", "#ifdef WITH_CUDA\n#endif\n", "WITH_CUDA outside cuda/"),
    ("cpp/model/b.cpp", 'bool f = name == "qwen3";\n', "a family's name, qwen"),
    ("cpp/model/c.cpp", "struct LlamaLayer {};\n", "a family's name, Llama"),
    ("cpp/model/ok2.cpp", '// as in Llama 3\nenum { kLlama3 }; auto t = "llama3";\n', None),
    ("cpp/base/b.cpp", f"namespace n {{\nvoid f() {{\n{LONG}\n}}\n}}\n", "function of 72 lines"),
    ("cpp/base/c.cpp", f"A::A() : a_{{1}},\n b_(2) {{\n{LONG}\n}}\n", "function of 7"),
    ("cpp/base/e.h", f"template <class T>\nvoid f() {{\n{LONG}\n}}\n", "function of 73 lines"),
    (
        "cpp/base/ok.cpp",
        f"struct alignas(64) S {{\n{LONG.replace('step();', 'int a;')}\n}};\n",
        None,
    ),
    ("cpp/base/ok2.cpp", "const char* s = \"{ // '{'\";\nvoid f() {}\n" + "int a;\n" * 70, None),
    ("cpp/base/d.cpp", "int a;\n" * 501, "file of 501 lines"),
    ("python/llmserve/a.py", "import torch\n", "imported in the functions"),
    (
        "python/llmserve/b.py",
        "try:\n    from transformers import X\nexcept E:\n    pass\n",
        "in the functions",
    ),
    ("python/llmserve/ok.py", "def f():\n    import torch\n", None),
    ("python/llmserve/c.py", "from pickle import loads\n", "pickle runs code from data"),
    ("python/llmserve/d.py", "def f(x):\n    return eval(x)\n", "eval() runs code from data"),
    ("python/llmserve/ok3.py", "import re\nWORD = re.compile('a')\n", None),
    ("python/llmserve/models/a.py", "from ..loader import x\n", "models must not import"),
    ("python/llmserve/models/ok.py", "from .. import _core\nfrom .registry import f\n", None),
    ("python/llmserve/server/a.py", "from llmserve import _core\n", "server must not import"),
    ("python/llmserve/server/ok.py", "from ..async_llm import AsyncLLM\n", None),
    ("tests/a.py", "def f():\n" + "    a = 1\n" * 61, "function of 62 lines"),
    ("tests/ok.py", 'def f():\n    """\n' + "    Text.\n" * 61 + '    """\n', None),
]


def self_test() -> list[str]:
    failures = []
    for name, content, expected in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.parent.mkdir(parents=True)
            path.write_text(content, encoding="utf-8")
            found = [str(breach) for breach in breaches(Path(folder))]
        if expected is None and found:
            failures.append(f"{name}: nothing is wrong, but found {found}")
        elif expected is not None and not any(expected in text for text in found):
            failures.append(f"{name}: '{expected}' was not found, only {found}")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true", help="check the check itself")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    options = parser.parse_args()
    found = self_test() if options.self_test else breaches(options.root)
    for breach in found:
        print(breach)
    count = f"{len(PLANTED)} planted files" if options.self_test else str(options.root)
    print(
        f"check_rules: {count}: {len(found)} breaches" if found else f"check_rules: {count}: clean"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
