"""Bring the catalogues up to date with what kadar can say: `python kadar/locales/extract.py`.

Writes `<language>/LC_MESSAGES/kadar.po` beside this file: new messages without a translation,
translations kept, messages that are gone removed. Prints what is not translated yet.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

LOCALES = Path(__file__).parent
PACKAGE = LOCALES.parent
LANGUAGES = ("ms", "zh_CN")
# Steps of a load, shown beside its progress bar: told by their English name.
STEPS = {"tell"}
KEYED = {"per", "latest"}  # leave out rows without their key
# Where a proposal says what it assumed, asks, or gives a reason: sentences put together there.
SAID = {"notes", "questions"}
LETTERS = 6  # fewer letters between its placeholders make no message

Message = tuple[str, Path]  # the English text, and the file it comes from


@cache
def messages() -> dict[str, list[str]]:
    """Return every message, and the files it comes from relative to the repository."""
    found: dict[str, set[str]] = {}
    for text, path in (*of_the_code(), *of_the_pages(), *of_kpis(), *of_the_model()):
        if text:
            place = path.resolve().relative_to(PACKAGE.parent).as_posix()
            found.setdefault(text, set()).add(place)
    return {text: sorted(found[text]) for text in sorted(found)}


def of_the_code() -> Iterator[Message]:
    """Yield what the code says: texts in `N_(…)`, steps, reasons, the notes of proposals."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent == LOCALES:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for text in _called(node, path):
                    yield text, path
        if path.is_relative_to(PACKAGE / "sources" / "propose"):
            for text in _proposed(tree):
                if sum(map(str.isalpha, _bare(text))) >= LETTERS:
                    yield text, path


def _called(node: ast.Call, path: Path) -> Iterator[str]:
    name = getattr(node.func, "id", getattr(node.func, "attr", None))
    if name == "N_":
        (argument,) = node.args
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise SystemExit(f"{path}:{node.lineno}: N_ takes one plain string")
        yield argument.value
    elif name in STEPS and node.args and isinstance(node.args[0], ast.Constant):
        yield str(node.args[0].value)
    elif name == "leave_out" and path.is_relative_to(PACKAGE / "kpis"):
        yield from (named.arg.replace("_", " ") for named in node.keywords if named.arg)
    elif name in KEYED and path.is_relative_to(PACKAGE / "kpis"):
        (key, *_rest) = node.args
        if isinstance(key, ast.Constant):
            yield f"no {str(key.value).replace('_', ' ')}"


def _proposed(tree: ast.Module) -> Iterator[str]:
    """Yield the sentences of proposals, the parts filled in later as placeholders."""
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        said: list[ast.expr | None] = []
        if isinstance(node, ast.Call):
            said = [named.value for named in node.keywords if named.arg == "reason"]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "append":
                said += node.args if getattr(node.func.value, "attr", None) in SAID else []
        elif isinstance(node, ast.FunctionDef) and node.name == "_reason":
            said = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
        for value in said:
            yield from _sentences(constants.get(getattr(value, "id", ""), value))


def _sentences(node: ast.expr | None) -> list[str]:
    """Return the texts an expression can give, with `{name}` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_sentences(node.body), *_sentences(node.orelse)]
    if isinstance(node, ast.BinOp):
        pairs = product(_sentences(node.left), _sentences(node.right))
        return [left + right for left, right in pairs]
    if isinstance(node, ast.JoinedStr):
        return [_template(node)]
    return []


def _template(node: ast.JoinedStr) -> str:
    """Return an f-string as a template; each placeholder is called after what it shows."""
    text, seen = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            seen += 1
            name = getattr(part.value, "attr", getattr(part.value, "id", None))
            text += "{" + (name or f"part_{seen}") + "}"
    return text


def _bare(template: str) -> str:
    from string import Formatter

    return "".join(literal for literal, *_ in Formatter().parse(template))


def of_the_pages() -> Iterator[Message]:
    """Yield what the templates of the pages say: texts in `t(…)`."""
    from jinja2.ext import babel_extract

    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for path in sorted(PACKAGE.rglob("*.html")):
        with path.open("rb") as file:
            for _line, _function, said, _comments in babel_extract(file, ["t"], [], options):
                text = said[0] if isinstance(said, tuple) else said  # then what fills it in
                if text:
                    yield str(text), path


def of_kpis() -> Iterator[Message]:
    """Yield the titles, definitions, notes, caveats and improvements of the built-in KPIs."""
    from kadar.catalogue import catalogue

    for made in catalogue():
        path = Path(inspect.getfile(made.variants["default"].define))
        said = [made.title, *made.caveats, *made.improve]
        for each in (*made.variants.values(), *made.triangles.values()):
            said += [each.wording, each.note or "", each.reported_by or ""]
        yield from ((text, path) for text in said)


def of_the_model() -> Iterator[Message]:
    """Yield the meanings of tables and columns, and what is said where a check refuses a row."""
    from kadar.measure import currency, tables
    from kadar.model import TABLES
    from kadar.store.contract import rules

    yield currency.REASON.replace("_", " "), Path(currency.__file__)
    for table in TABLES.values():
        path = PACKAGE / "model" / f"{table.name}.py"
        refusals = {check.reason for check in table.checks}
        said = [table.meaning, *(column.meaning for column in table.columns)]
        for rule in rules(table):
            said += [rule.reason, rule.remedy] if rule.reason in refusals else []
        yield from ((text, path) for text in said)
    derived = [column for columns in tables.DERIVED.values() for column in columns]
    said = [tables.SPELLS.meaning, *(c.meaning for c in (*tables.SPELLS.columns, *derived))]
    yield from ((text, Path(tables.__file__)) for text in said)


def file_of(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return LOCALES / language / "LC_MESSAGES" / "kadar.po"


def updated(language: str) -> Catalog:
    """Return a language's catalogue with exactly the messages there are now."""
    old = Catalog()
    if file_of(language).exists():
        with file_of(language).open("rb") as file:
            old = read_po(file, locale=language)
    made = Catalog(language, fuzzy=False)
    made.header_comment = f"# {made.locale.english_name if made.locale else language}."
    for text, places in messages().items():
        known = old.get(text)
        string = str(known.string) if known and not known.fuzzy else ""
        made.add(text, string, locations=[(place, 0) for place in places])
    return made


def written(made: Catalog) -> str:
    """Return a catalogue as the text of its file: no dates, no line numbers, in order."""
    text = BytesIO()
    write_po(text, made, width=96, sort_output=True, include_lineno=False, ignore_obsolete=True)
    kept = ('"Language:', '"MIME-Version:', '"Content-')
    head, _, rest = text.getvalue().decode("utf-8").partition("\n\n")
    lines = [line for line in head.splitlines() if line[0] != '"' or line.startswith(kept)]
    # what looks like a format of Python's % is none: placeholders stand in braces
    return "\n".join(lines) + "\n\n" + rest.replace("#, python-format\n", "")


def main() -> None:
    """Write every catalogue; print the messages that still lack a translation."""
    for language in LANGUAGES:
        made = updated(language)
        file = file_of(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(made), "utf-8")
        lacking = [str(message.id) for message in made if message.id and not message.string]
        print(f"{language}: {len(made)} messages, {len(lacking)} not translated")  # noqa: T201
        for text in lacking:
            print(f"  {text!r}")  # noqa: T201


if __name__ == "__main__":
    main()
