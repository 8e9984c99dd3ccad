"""Deal stages: each stay of a deal in a stage."""

from kadar.model.table import integer, key, moment, reference, table

TABLE = table(
    "deal_stages",
    "Each stay of a deal in a stage of its pipeline.",
    reference("deal_id", "deals", "The deal", required=True),
    key("stage", "Stage in the source, as it is written there"),
    integer("position", "Place of the stage in its pipeline, counted from 1"),
    moment("entered_at", "When the deal came into the stage", required=True),
    moment("left_at", "When it left; null while it is there"),
    key=("deal_id", "stage", "entered_at"),
    events={"entered": "entered_at", "left": "left_at"},
    states={"staying": ("entered_at", "left_at")},
)
