"""What the operator tunes: the program's own defaults and what stands in its table."""

import json
import os

DATABASE_URL = os.environ["DATABASE_URL"]
TOKEN_SECRET = os.environ["TOKEN_SECRET"]
POOL_SIZE = int(os.environ["POOL_SIZE"])

# As the program has it: one plan for all values of a prepared statement. Planning these takes longer than running
# them.
SESSION = {"plan_cache_mode": "force_generic_plan", "jit": "off"}

QUERY = "select key, value from settings.values"

values = {
    "carpool.allow_auto_accept": True,
    "carpool.hold_min": 30,
    "carpool.hold_max_min": 60,
    "carpool.request_ttl_h": 24,
    "carpool.unpaid_max": 5,
    "carpool.unpaid_window_h": 24,
    "carpool.default_radius_km": 25,
    "carpool.min_leg_m": 1000,
    "carpool.leg_price_step": 100,
    "carpool.leg_price_min": 200,
    "carpool.reference_price_per_km": 25,
    "carpool.rank_proximity_bp": 4000,
    "carpool.rank_time_bp": 1500,
    "carpool.rank_price_bp": 2000,
    "carpool.rank_rating_bp": 1500,
    "carpool.rank_detour_bp": 1000,
}


def load(rows):
    """At the start: rows of QUERY."""
    for key, value in rows:
        values[key] = json.loads(value) if isinstance(value, str) else value
