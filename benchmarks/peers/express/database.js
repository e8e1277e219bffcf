'use strict';

// The pool, the SQL files, and what the operator tunes.
const fs = require('node:fs');
const path = require('node:path');
const pg = require('pg');

// Times stay text: a Date has no microseconds. PostgreSQL says "2026-11-21 08:09:32.1+00".
pg.types.setTypeParser(1184, (text) => text.slice(0, 10) + 'T' + text.slice(11, -3) + 'Z');
pg.types.setTypeParser(1082, (text) => text); // date
pg.types.setTypeParser(20, Number); // bigint: no amount comes near 2^53

const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: Number(process.env.POOL_SIZE),
    min: Number(process.env.POOL_SIZE),
    idleTimeoutMillis: 0,
    // As the program has it: one plan for all values of a prepared statement. Planning these takes longer than
    // running them.
    options: '-c plan_cache_mode=force_generic_plan -c jit=off',
});

const folder = process.env.SQL_FOLDER;
const texts = new Map();
for (const file of fs.readdirSync(folder)) {
    const lines = fs.readFileSync(path.join(folder, file), 'utf8').split('\n');
    texts.set(path.parse(file).name, lines.filter((line) => !line.startsWith('--')).join('\n'));
}

// A statement of sql/ by its name; prepared once for each connection.
async function query(client, name, values) {
    return (await client.query({name, text: texts.get(name), values})).rows;
}

const settings = {
    'carpool.allow_auto_accept': true,
    'carpool.hold_min': 30,
    'carpool.request_ttl_h': 24,
    'carpool.unpaid_max': 5,
    'carpool.unpaid_window_h': 24,
    'carpool.default_radius_km': 25,
    'carpool.min_leg_m': 1000,
    'carpool.leg_price_step': 100,
    'carpool.leg_price_min': 200,
    'carpool.reference_price_per_km': 25,
    'carpool.rank_proximity_bp': 4000,
    'carpool.rank_time_bp': 1500,
    'carpool.rank_price_bp': 2000,
    'carpool.rank_rating_bp': 1500,
    'carpool.rank_detour_bp': 1000,
};

async function start() {
    const clients = await Promise.all(
        Array.from({length: Number(process.env.POOL_SIZE)}, () => pool.connect()));
    const {rows} = await clients[0].query('select key, value from settings.values');
    for (const {key, value} of rows) settings[key] = value;
    for (const client of clients) client.release();
}

module.exports = {pool, query, settings, start};
