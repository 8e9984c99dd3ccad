"""People: the company's own staff."""

from kadar.model.table import boolean, key, reference, table, text

TABLE = table(
    "people",
    "The company's own staff, who own customers, deals and tickets.",
    key("person_id", "The person's id in its source"),
    text("name", "Name"),
    text("email", "E-mail address"),
    text("team", "Team"),
    text("role", "Role"),
    reference("manager_id", "people", "Who they report to"),
    boolean("active", "Still works here"),
    key="person_id",
)
