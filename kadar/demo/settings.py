"""Settings: the demo's `kadar.toml`, without its sources: `kadar import` proposes those."""

from __future__ import annotations

from kadar.demo.company import NAME
from kadar.demo.seasons import OBSERVED_UNTIL

SETTINGS = f"""\
# The example company of `kadar demo`. Everything here is invented.

[company]
name = "{NAME}"
currency = "MYR"
time_zone = "Asia/Kuala_Lumpur"
week_starts = "monday"
holidays = "MY-10"  # Selangor
contract = false  # customers order when they please …
inactive_after_days = 90  # … and count as lost 90 days after the last order
observed_until = "{OBSERVED_UNTIL.isoformat()}"

[kpi.lead_conversion_rate]
window_days = 90
target = 0.20

[kpi.win_rate]
target = 0.45

[kpi.retention_rate]
target = 0.90

[kpi.nps]
target = 30

[kpi.csat]
target = 0.80

[kpi.first_response_time]
target = 4  # hours

[kpi.cac]
target = 5000  # ringgit
"""
