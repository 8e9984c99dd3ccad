"""Write the reference pages of docs/ from the code: `make docs`. A test fails where they differ."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

from kadar.catalogue import catalogue
from kadar.kpi import Kpi
from kadar.measure.dimensions import dimensions
from kadar.measure.lineage import reads
from kadar.model import TABLES

HERE = Path(__file__).parent
ROOT = HERE.parent
MADE = "<!-- made by docs/generate.py: change the code, then run `make docs` -->\n\n"


def kpis() -> str:
    """Return the page of every KPI: definition, variants, settings, what it reads."""
    parts = [
        "# The KPIs\n",
        "Each has one default definition and named variants that reproduce what other systems "
        "report under the same name. `kadar explain NAME` says the same with the SQL.\n",
    ]
    rooms: dict[str, list[Kpi]] = {}
    for made in catalogue():
        rooms.setdefault(made.group, []).append(made)
    for room in sorted(rooms):
        parts.append(f"## {room.capitalize()}\n")
        parts += [_kpi(made) for made in sorted(rooms[room], key=lambda k: (not k.core, k.name))]
    return "\n".join(parts)


def _kpi(made: Kpi) -> str:
    usual = made.get()
    lines = [
        f"### `{made.name}`: {made.title}\n",
        f"{' '.join(usual.wording.split())}\n",
        f"Unit: {usual.unit}. Better: {made.better or 'neither'}. "
        f"Answers for it: {', '.join(['crm', *made.roles])}.\n",
    ]
    lines += [f"- Caveat: {text}" for text in made.caveats]
    lines += [f"- Improves it: {text}" for text in made.improve]
    if made.settings:
        pairs = ", ".join(f"`{name} = {value}`" for name, value in made.settings.items())
        lines.append(f"- Settings under `[kpi.{made.name}]`: {pairs}, `target`")
    needed = sorted(f"`{t}.{c}`" for t, c in reads(made.formula()))
    lines.append(f"- Reads: {', '.join(needed)}")
    others = [v for v in made.variants.values() if v is not usual and v.name != "default"]
    if others:
        lines += ["", "| variant | definition | unit | reported so by |", "|---|---|---|---|"]
        lines += [
            f"| `{v.name}` | {' '.join(v.wording.split())} | {v.unit} | {v.reported_by or ''} |"
            for v in others
        ]
    if made.triangles:
        lines += [
            "",
            "| by cohort | definition | unit | where that cannot be |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{t.name}` | {' '.join(t.wording.split())} | {t.unit} | "
            f"{f'`{t.otherwise}`' if t.otherwise else ''} |"
            for t in made.triangles.values()
        ]
    return "\n".join(lines) + "\n"


def model() -> str:
    """Return the page of the model's tables, their columns, keys, moments and checks."""
    parts = [
        "# The model\n",
        "Every source is mapped into these tables; every KPI reads only these. Keys are text, "
        "moments are UTC, money is in the row's own currency. Every row also has `source` and "
        "`recorded_at`; superseded versions are in the table's `__history` twin.\n",
    ]
    for table in TABLES.values():
        parts += [f"## `{table.name}`\n", f"{table.meaning}\n"]
        parts.append(f"Key: {', '.join(f'`{name}`' for name in table.key)}.\n")
        parts += ["| column | type | meaning |", "|---|---|---|"]
        for column in table.columns:
            kind = column.type + (", required" if column.required else "")
            if column.references:
                kind += f", key of `{column.references}`"
            if column.choices:
                kind += ": " + ", ".join(f"`{choice}`" for choice in column.choices)
            parts.append(f"| `{column.name}` | {kind} | {column.meaning} |")
        verbs = [f"`{verb}` at `{moment}`" for verb, moment in table.events.items()]
        verbs += [f"`{v}` from `{s}` until `{e}`" for v, (s, e) in table.states.items()]
        if verbs:
            parts.append(f"\nIn time: {'; '.join(verbs)}.")
        reached = sorted(n for n, d in dimensions(table.name).items() if d.path and "." not in n)
        if reached:
            parts.append(f"\nDimensions by look-up: {', '.join(f'`{n}`' for n in reached)}.")
        parts += [f"\nRefused: {c.reason} (`{c.column}`)." for c in table.checks]
        parts.append("")
    return "\n".join(parts)


def errors() -> str:
    """Return the page of every error code raised anywhere in kadar, with its sentence."""
    found: dict[str, set[tuple[str, str]]] = {}
    for path in sorted((ROOT / "kadar").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) >= 3:
                code, message, remedy = (_text(arg) for arg in node.args[:3])
                if code and code.startswith("KDR-") and message and remedy:
                    found.setdefault(code, set()).add((message, remedy))
    parts = [
        "# Error codes\n",
        "Exit codes: 0 done, 1 the data or the check says no, 2 usage, 3 a source or engine "
        "failed.\n",
        "| code | what it says | what to do |",
        "|---|---|---|",
    ]
    for code in sorted(found):
        for message, remedy in sorted(found[code]):
            parts.append(f"| `{code}` | {_cell(message)} | {_cell(remedy)} |")
    return "\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _text(node: ast.expr) -> str | None:
    """Return the literal text of a node, seen through N_(…)."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def settings() -> str:
    """Return the page of kadar.toml: every setting with its default and meaning."""
    from kadar import identity, project, schedule, serving

    parts = ["# kadar.toml\n"]
    for title, module, struct in (
        ("[company]", project, "Company"),
        ("[[schedules]]", schedule, "Schedule"),
        ("[tickets]", schedule, "Tickets"),
        ("[[sources]]", project, "Source"),
        ("[[identity]]", identity, "Identity"),
        ("[checks]", project, "Checks"),
        ("[web]", serving, "Web"),
    ):
        source = inspect.getsource(module)
        (made,) = (
            node
            for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef) and node.name == struct
        )
        parts += [f"## `{title}`\n", f"{ast.get_docstring(made)}\n"]
        parts += ["| setting | type | default | meaning |", "|---|---|---|---|"]
        lines = source.splitlines()
        for node in made.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                kind = ast.unparse(node.annotation).replace("|", "or")
                default = ast.unparse(node.value) if node.value else "required"
                if default.startswith("field("):
                    default = "see below" if "lambda" in default else "empty"
                comment = _comment(lines, node)
                parts.append(f"| `{node.target.id}` | {kind} | `{default}` | {_cell(comment)} |")
        parts.append("")
    parts += [
        "Working hours are Monday to Friday 09:00-18:00 where the setting is absent.\n",
        "## `[kpi.<name>]`\n",
        "The settings of each KPI are listed with it in [kpis.md](kpis.md); `target` is a number "
        "in the KPI's unit (rates as fractions).\n",
    ]
    return "\n".join(parts)


def _comment(lines: list[str], node: ast.AnnAssign) -> str:
    """Return the comment of a field: at the end of its line, or in the lines above it."""
    line = lines[(node.end_lineno or node.lineno) - 1]
    first = lines[node.lineno - 1]
    for text in (first, line):
        if "  # " in text:
            return text.split("  # ", 1)[1]
    above: list[str] = []
    for text in reversed(lines[: node.lineno - 1]):
        if not text.strip().startswith("# "):
            break
        above.insert(0, text.strip()[2:])
    return " ".join(above)


PAGES = {"kpis.md": kpis, "model.md": model, "errors.md": errors, "settings.md": settings}


def main() -> int:
    """Write the pages; return 1 with `--check` where one differs from what it should be."""
    stale = 0
    for name, page in PAGES.items():
        text = MADE + page().rstrip() + "\n"
        path = HERE / name
        if "--check" in sys.argv:
            stale |= not path.exists() or path.read_text("utf-8") != text
        else:
            path.write_text(text, "utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
