'use strict';

// The public search: what a query asks of search.sql, and what a hit's score is made of.
const {settings} = require('./database');
const {wrongField} = require('./refusals');

const cut = (degrees) => Math.trunc(degrees * 1e5) / 1e5;

function ewkt(text, field) {
    const parts = String(text ?? '').split(',');
    const [lat, lon] = parts.map(Number);
    if (parts.length !== 2 || !Number.isFinite(lat) || !Number.isFinite(lon))
        throw wrongField(field, 'doit être une position « lat,lon »');
    return `SRID=4326;POINT(${cut(lon)} ${cut(lat)})`;
}

function whole(text, field, least, most, usual) {
    if (text === undefined) return usual;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
        throw wrongField(field, `doit être entre ${least} et ${most}`);
    return value;
}

function dayOf(text) {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text + 'T00:00:00Z') : new Date(NaN);
    if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text)
        throw wrongField('date', 'doit être une date AAAA-MM-JJ');
    return text;
}

const share = (part, of) => Math.floor((20_000 * part + of) / (2 * of));

class Search {
    constructor(query, viewer) {
        this.page = whole(query.page, 'page', 1, 1_000_000, 1);
        this.pageSize = whole(query.page_size, 'page_size', 1, 100, 20);
        this.start = ewkt(query.from, 'from');
        this.end = ewkt(query.to, 'to');
        this.radiusKm = Number(query.radius_km ?? settings['carpool.default_radius_km']);
        this.radiusM = Math.floor(this.radiusKm * 1000 + 0.5);
        this.day = query.date === undefined ? null : dayOf(query.date);
        this.now = new Date();
        this.today = this.now.toISOString().slice(0, 10); // the operator's zone has no offset
        this.first = this.day ?? this.today;
        this.last = this.day ?? new Date(this.now.getTime() + 7 * 86_400_000).toISOString().slice(0, 10);
        this.seats = whole(query.seats_gte, 'seats_gte', 1, 8, 1);
        this.viewer = viewer;
    }

    // $1 to $30 of search.sql.
    arguments() {
        return [this.start, this.end, this.radiusM, this.first, this.last, this.now, this.seats,
                settings['carpool.min_leg_m'], settings['carpool.leg_price_step'],
                settings['carpool.leg_price_min'], null, null, [], null, null, 0, null, null,
                this.viewer, null, settings['carpool.reference_price_per_km'],
                settings['carpool.rank_proximity_bp'], settings['carpool.rank_time_bp'],
                settings['carpool.rank_price_bp'], settings['carpool.rank_rating_bp'],
                settings['carpool.rank_detour_bp'], 'rank', 1, this.pageSize,
                (this.page - 1) * this.pageSize];
    }

    wantsNearest(hits) {
        return hits.length === 0 && this.page === 1 && this.day !== null && this.day >= this.today;
    }

    // $1 to $8 of nearest_days.sql.
    nearestArguments() {
        return [this.start, this.end, this.radiusM, this.day, this.now, this.seats,
                settings['carpool.min_leg_m'], this.viewer];
    }

    meta(nearest) {
        return {engine: 'sql', radius_km: this.radiusKm, nearest_days: nearest};
    }

    // Behind the last page nobody counted.
    total(hits) {
        if (hits.length > 0) return hits[0].total;
        return this.page === 1 ? 0 : null;
    }

    // Ten-thousandths, rounded half up.
    parts(hit) {
        const reference = settings['carpool.reference_price_per_km'] * (hit.to_m - hit.from_m);
        const votes = hit.rating_count + 20;
        const radii = 2 * this.radiusM;
        const access = Math.min(hit.access_from_m + hit.access_to_m, radii);
        const spare = Math.min(Math.max(2 * reference - 1000 * hit.leg_price, 0), reference);
        return {
            proximity: share(radii - access, radii),
            time: share(21600 - Math.min(hit.off_wanted_s, 21600), 21600),
            price: share(spare, reference),
            rating: share(Math.max(100 * (hit.rating_sum + 90) - 100 * votes, 0), 400 * votes),
            detour: 10_000,
        };
    }
}

module.exports = {Search, whole};
