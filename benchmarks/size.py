"""Count the code of the package, floor by floor: lines that hold a word of Python, without docstrings, comments and blanks."""

import ast
import io
import tokenize
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "pvd_analysis"
_SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> set[int]:
    """Return the numbers of the lines of a module that are code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            said = node.body[0]
            lines.difference_update(range(said.lineno, (said.end_lineno or said.lineno) + 1))
    return lines


def run() -> None:
    """Count and print."""
    lines, modules, characters, functions = Counter[str](), Counter[str](), 0, 0
    longest = (0, "")
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        counted, written = code_lines(source), source.splitlines()
        floor = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        lines[floor] += len(counted)
        modules[floor] += 1
        characters += sum(len(written[number - 1]) for number in counted)
        functions += sum(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(source)))
        longest = max(longest, (len(written), path.relative_to(PACKAGE).as_posix()))
    print("The package, lines of code (modules):")
    for floor, number in lines.items():
        print(f"  {floor:<12} {number:>6} ({modules[floor]})")
    print(f"  all          {lines.total():>6} ({modules.total()})")
    print(f"  a line has {characters / lines.total():.1f} characters; there are {functions} functions;")
    print(f"  the longest module has {longest[0]} lines: {longest[1]}")


if __name__ == "__main__":
    run()
