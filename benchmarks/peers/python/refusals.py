"""What is refused, with the program's codes, statuses and words."""

import json
import pathlib

CODES = json.loads((pathlib.Path(__file__).parent.parent / "refusals.json").read_text())

# A rule of the database that was broken by a race.
BY_CONSTRAINT = {
    "trip_segments_seats": "booking_conflict",
    "bookings_one_live": "already_exists",
    "bookings_one_seat_at_a_time": "conflict",
}
KEY_CLASH = "idempotency_keys_pkey"
ATTEMPTS = 4  # of a transaction, after deadlocks and key clashes


class Refusal(Exception):
    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.status, self.message = CODES[code]
        self.details = details

    def body(self):
        return {"code": self.code, "message": self.message, "details": self.details}


def wrong_state(state, reason=None):
    details = {"state": state, "event": "create"}
    if reason:
        details["reason"] = reason
    return Refusal("invalid_state", **details)


def wrong_field(name, message):
    return Refusal("validation_error", fields={name: message})


def of_constraint(name, attempt):
    """What a broken constraint says; None when the transaction is to be tried again."""
    if name == KEY_CLASH and attempt < ATTEMPTS:
        return None
    return Refusal(BY_CONSTRAINT[name])
