"""Surveys: what customers answered when asked."""

from kadar.model.table import Check, choice, key, moment, number, reference, table, text

TABLE = table(
    "surveys",
    "Questions put to customers and what they answered: NPS, CSAT and effort (CES).",
    key("survey_id", "The answer's id in its source"),
    reference("customer_id", "customers", "Who was asked"),
    reference("contact_id", "contacts", "Which person was asked"),
    reference("ticket_id", "tickets", "Ticket it is about"),
    choice("kind", ("nps", "csat", "ces"), "Which question", required=True),
    moment("sent_at", "When it was asked"),
    moment("answered_at", "When it was answered; null while it is not"),
    number("score", "The answer"),
    number("scale_min", "Lowest answer possible (NPS 0, else 1 where absent)"),
    number("scale_max", "Highest answer possible (NPS 10, else 5 where absent)"),
    text("comment", "What the customer wrote"),
    text("channel", "Channel it was asked through"),
    key="survey_id",
    events={"sent": "sent_at", "answered": "answered_at"},
    checks=[
        Check(
            "score",
            "score between coalesce(scale_min, case kind when 'nps' then 0 else 1 end) "
            "and coalesce(scale_max, case kind when 'nps' then 10 else 5 end)",
            "the score lies outside its scale",
            "map scale_min and scale_max to the scale of the question",
        ),
        Check(
            "scale_max",
            "scale_max > scale_min",
            "the scale's highest answer is not above its lowest",
            "map scale_min and scale_max to the scale of the question",
        ),
    ],
)
