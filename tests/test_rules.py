"""The shape of the house, held by a test: directions, sizes, settings, commands, locks."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from bot.settings import setting_names

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "dialogs", "storage")
MAY_IMPORT = {"bot": {"bot", "dialogs", "storage"}, "dialogs": {"dialogs"}, "storage": {"storage"}}
LINES_A_FILE, LINES_A_FUNCTION, PARAMETERS, NESTING = 400, 40, 5, 3

# Modules that would bring time, chance, the network or a database into the mind.
IMPURE = {
    "aiohttp", "asyncio", "httpx", "litestar", "random", "requests", "secrets", "socket",
    "sqlalchemy", "sqlite3", "sqlmodel", "subprocess", "threading", "time", "urllib", "uvicorn",
}  # fmt: skip
# Libraries that stay behind their own door.
ONLY_IN = {
    "aiogram": {"bot/prospects/telegram.py"},
    "telegram": {"bot/presales/telegram.py"},
    "sqlmodel": {"storage"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "fast_use": {"dialogs/understanding"},
}


def sources(*packages: str) -> list[Path]:
    found = [p for name in packages or PACKAGES for p in sorted((ROOT / name).rglob("*.py"))]
    return [p for p in found if "versions" not in p.parts]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Import):
            yield from (alias.name for alias in each.names)
        elif isinstance(each, ast.ImportFrom) and each.module:
            yield each.module
            yield from (f"{each.module}.{alias.name}" for alias in each.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    for path in sources(package):
        ours = {name.split(".")[0] for name in imports(tree(path))} & {*PACKAGES, "tests"}
        assert ours <= MAY_IMPORT[package], f"{name_of(path)} imports {ours}"


def test_doors_touch_neither_each_other_nor_the_tables() -> None:
    doors = ("bot/prospects", "bot/presales", "bot/managers")
    for door in doors:
        for path in sorted((ROOT / door).rglob("*.py")):
            for imported in imports(tree(path)):
                here = imported.replace(".", "/")
                other = [d for d in doors if d != door and here.startswith(d)]
                assert not other, f"{name_of(path)} imports {imported}"
                assert not imported.startswith("storage.models"), name_of(path)


def test_libraries_stay_behind_their_door() -> None:
    for path in sources():
        for imported in {name.split(".")[0] for name in imports(tree(path))} & set(ONLY_IN):
            allowed = ONLY_IN[imported]
            assert any(name_of(path).startswith(a) for a in allowed) or (
                imported == "sqlalchemy" and name_of(path).startswith("bot/bench")
            ), f"{name_of(path)} imports {imported}"


def test_the_mind_is_pure() -> None:
    for path in sources("dialogs"):
        module = tree(path)
        brought = {name.split(".")[0] for name in imports(module)} & IMPURE
        assert not brought, f"{name_of(path)} imports {brought}"
        for node in ast.walk(module):
            assert not isinstance(node, ast.Await | ast.AsyncFunctionDef), name_of(path)
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
                owner = ast.unparse(node.value)
                assert owner not in ("datetime", "date"), f"{name_of(path)}:{node.lineno}"


def test_no_import_is_hidden_in_a_function() -> None:
    for path in sources():
        for function in functions(path):
            hidden = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not hidden, f"{name_of(path)}:{hidden[0].lineno}"


def test_there_is_no_import_cycle() -> None:
    modules = {_module(path): path for path in sources()}
    graph = {
        name: {m for i in imports(tree(path)) if (m := _known(i, modules)) and m != name}
        for name, path in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name in done:
            return
        for other in sorted(graph[name]):
            visit(other, (*above, name))
        done.add(name)

    for name in sorted(graph):
        visit(name, ())


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _known(imported: str, modules: dict[str, Path]) -> str | None:
    if imported in modules and modules[imported].name != "__init__.py":
        return imported
    if imported in modules and modules[imported].stat().st_size:
        return imported
    return None


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_sizes(path: Path) -> None:
    lines = path.read_text().count("\n")
    tables = _table_lines(path)
    assert lines - tables <= LINES_A_FILE, f"{name_of(path)} has {lines} lines"
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LINES_A_FUNCTION, f"{name_of(path)}:{function.lineno} {function.name}"
        given = function.args
        count = len([a for a in (*given.posonlyargs, *given.args) if a.arg not in ("self", "cls")])
        assert count <= PARAMETERS, f"{name_of(path)}:{function.lineno} {function.name}"
        assert _depth(function) <= NESTING, f"{name_of(path)}:{function.lineno} {function.name}"


def _table_lines(path: Path) -> int:
    """Lines of data tables at the top level: literals and calls that hold nothing but data."""
    tables = 0
    for node in tree(path).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            tables += (node.end_lineno or 0) - node.lineno
    return tables


def _depth(node: ast.AST, depth: int = 0) -> int:
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        nests = isinstance(child, ast.For | ast.AsyncFor | ast.While | ast.If | ast.Try)
        alternative = isinstance(node, ast.If) and child in node.orelse
        deepest = max(deepest, _depth(child, depth + (nests and not alternative)))
    return deepest


def test_only_the_database_module_commits() -> None:
    for path in sources():
        if name_of(path) in ("storage/db.py", "storage/migrate.py", "storage/engine.py"):
            continue
        text = path.read_text()
        assert not re.search(r"\.commit\(|\bBEGIN IMMEDIATE\b|\"COMMIT\"", text), name_of(path)


def test_every_setting_is_in_the_example_and_the_readme() -> None:
    example = (ROOT / ".env.example").read_text()
    readme = (ROOT / "README.md").read_text()
    for name in setting_names():
        assert re.search(rf"^#? ?{name}=", example, re.M), f"{name} is not in .env.example"
        assert name in readme, f"{name} is not in README.md"
    for name in re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.M):
        assert name in setting_names(), f"{name} is no setting"


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for command in COMMANDS:
        assert f"`{command}" in readme or f"bot {command}" in readme, command


def test_locks_have_hashes_and_name_no_host() -> None:
    for lock in ("requirements.lock", "requirements-embed.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text, lock
        pins = re.findall(r"^[a-z0-9][^=\n]*==[^ \n]+.*\\$", text, re.M)
        hashes = re.findall(r"--hash=sha256:", text)
        assert len(pins) > 20, lock
        assert len(hashes) >= len(pins), lock


def test_nothing_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    dot = r"\."
    hosts = "|".join(
        (
            "py" + "pi" + dot + "org",
            "python" + "hosted" + dot,
            "registry" + dot + "npm",
            "deb" + dot + "debian",
        )
    )
    paths = "/" + "work/(?:main|shared|[.]library)"
    pattern = re.compile(f"{hosts}|{paths}")
    for name in filter(None, listed):
        try:
            text = (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        found = pattern.search(text)
        assert found is None, f"{name}: {found.group(0) if found else ''}"
