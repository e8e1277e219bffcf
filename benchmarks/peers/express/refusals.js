'use strict';

// What is refused, with the program's codes, statuses and words.
const codes = require('../refusals.json');

class Refusal extends Error {
    constructor(code, details = {}) {
        super(code);
        this.code = code;
        [this.status, this.text] = codes[code];
        this.details = details;
    }

    body() {
        return {code: this.code, message: this.text, details: this.details};
    }
}

function wrongState(state, reason) {
    return new Refusal('invalid_state', {state, event: 'create', ...(reason ? {reason} : {})});
}

function wrongField(name, message) {
    return new Refusal('validation_error', {fields: {[name]: message}});
}

// A rule of the database that was broken by a race.
const byConstraint = {
    trip_segments_seats: 'booking_conflict',
    bookings_one_live: 'already_exists',
    bookings_one_seat_at_a_time: 'conflict',
};

module.exports = {Refusal, wrongState, wrongField, byConstraint};
