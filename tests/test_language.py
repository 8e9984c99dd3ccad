"""Messages that were filled in before they were translated."""

import pytest

from kadar.language import translate


@pytest.mark.parametrize(
    ("message", "malay", "chinese"),
    [
        ("“abc” is no number", "“abc” bukan nombor", "“abc”不是数字"),
        ("no deal_id, which every row needs", "tiada deal_id, yang diperlukan oleh setiap baris",
         "没有 deal_id，而每一行都需要它"),
        ('Set date_format in the source: date_format = { on = "D/M/Y" } or "M/D/Y".',
         'Tetapkan date_format dalam sumber: date_format = { on = "D/M/Y" } atau "M/D/Y".',
         '请在来源中设置 date_format：date_format = { on = "D/M/Y" } 或 "M/D/Y"。'),
        ("a to b", "a to b", "a to b"),  # too few letters to be told from anything else
        ("“abc” is my own remark", "“abc” is my own remark", "“abc” is my own remark"),
    ],
)  # fmt: skip
def test_a_filled_in_message_is_translated_by_its_template(
    message: str, malay: str, chinese: str
) -> None:
    assert translate(message, "ms") == malay
    assert translate(message, "zh_CN") == chinese
    assert translate(message) == message
