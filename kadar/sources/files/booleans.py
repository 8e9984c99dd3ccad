"""Yes and no as people export them, in English, Malay and Chinese."""

from __future__ import annotations

TRUE = frozenset(
    (
        "true",
        "t",
        "yes",
        "y",
        "1",
        "on",
        "ya",
        "benar",
        "betul",
        "aktif",
        "是",
        "有",
        "真",
        "对",
        "對",
        "启用",
        "√",
        "✓",
        "✔",
        "active",
        "checked",
    )
)
FALSE = frozenset(
    (
        "false",
        "f",
        "no",
        "n",
        "0",
        "off",
        "tidak",
        "tak",
        "salah",
        "palsu",
        "否",
        "无",
        "無",
        "假",
        "错",
        "錯",
        "停用",
        "×",
        "✗",
        "inactive",
        "unchecked",
    )
)


def sql_boolean(text: str) -> str:
    """Return SQL for the boolean a known text means; NULL where it means neither."""
    true = ", ".join(f"'{word}'" for word in sorted(TRUE))
    false = ", ".join(f"'{word}'" for word in sorted(FALSE))
    word = f"lower({text})"
    return f"CASE WHEN {word} IN ({true}) THEN true WHEN {word} IN ({false}) THEN false END"
