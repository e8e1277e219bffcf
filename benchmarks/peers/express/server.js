'use strict';

// Express and node-postgres: a process per core.
const cluster = require('node:cluster');
const {createSecretKey, randomUUID} = require('node:crypto');
const express = require('express');
const jwt = require('jsonwebtoken');
const booking = require('./booking');
const {pool, query, settings, start} = require('./database');
const {Refusal, byConstraint} = require('./refusals');
const {Search, whole} = require('./search');
const views = require('./views');

const attemptsMax = 4; // of a transaction, after deadlocks and key clashes
const secret = createSecretKey(Buffer.from(process.env.TOKEN_SECRET));
const tokenOptions = {algorithms: ['HS256'], audience: 'taama-user'};

// The account id that the header names; null without one.
function callerOf(request) {
    const {authorization} = request.headers;
    if (!authorization) return null;
    const [scheme, token] = authorization.split(' ');
    if (scheme.toLowerCase() !== 'bearer') throw new Refusal('auth_required');
    try {
        return jwt.verify(token, secret, tokenOptions).sub;
    } catch (error) {
        throw new Refusal(error instanceof jwt.TokenExpiredError ? 'token_expired' : 'auth_required');
    }
}

function needCaller(request) {
    const caller = callerOf(request);
    if (caller === null) throw new Refusal('auth_required');
    return caller;
}

function send(request, response, data, meta) {
    const id = views.requestId(request.headers['x-request-id']);
    response.set('X-Request-Id', id).json({data, meta: {request_id: id, ...meta}});
}

const app = express();
app.disable('etag');
app.disable('x-powered-by');

app.get('/health/ready', (request, response) => response.json(process.pid));

app.get('/api/v1/trips/search', async (request, response) => {
    const search = new Search(request.query, callerOf(request));
    const hits = await query(pool, 'search', search.arguments());
    const nearest = search.wantsNearest(hits)
        ? await query(pool, 'nearest_days', search.nearestArguments())
        : [];
    send(request, response, hits.map((hit) => views.hitView(hit, search.parts(hit))), {
        search: search.meta(nearest.map((row) => row.depart_day)),
        pagination: views.pagination(search.page, search.pageSize, search.total(hits)),
    });
});

app.get('/api/v1/trips/:id', async (request, response) => {
    const viewer = callerOf(request);
    const {id} = request.params;
    if (!views.isUuid(id)) throw new Refusal('not_found');
    const [trip] = await query(pool, 'trips', [[id], viewer, new Date()]);
    if (!trip || !booking.maySee(trip, viewer)) throw new Refusal('not_found');
    const riders = viewer === trip.driver_id ? await query(pool, 'riders', [[id]]) : null;
    send(request, response, views.tripView(trip, viewer, riders));
});

app.get('/api/v1/trips', async (request, response) => {
    const driver = needCaller(request);
    const page = whole(request.query.page, 'page', 1, 1_000_000, 1);
    const pageSize = whole(request.query.page_size, 'page_size', 1, 100, 20);
    const found = await query(pool, 'trip_page', [driver, pageSize, (page - 1) * pageSize]);
    const ids = found.map((row) => row.id);
    const [trips, riders] = await Promise.all([query(pool, 'trips', [ids, driver, new Date()]),
                                               query(pool, 'riders', [ids])]);
    const byId = new Map(trips.map((trip) => [trip.id, trip]));
    const byTrip = new Map(ids.map((id) => [id, []]));
    for (const rider of riders) byTrip.get(rider.trip_id).push(rider);
    send(request, response, ids.map((id) => views.tripView(byId.get(id), driver, byTrip.get(id))), {
        pagination: views.pagination(page, pageSize, found.length > 0 ? found[0].total : 0),
    });
});

app.post('/api/v1/bookings', express.raw({type: 'application/json'}), async (request, response) => {
    const passenger = needCaller(request);
    const key = new booking.Key(request.headers['idempotency-key'], passenger, request.body);
    const answer = await book(key, request.body, passenger);
    const id = views.requestId(request.headers['x-request-id']);
    response.status(answer.status).set('X-Request-Id', id).type('application/json');
    if (answer.replayed) response.set('Idempotent-Replayed', 'true');
    if (answer.location) response.set('Location', '/api/v1' + answer.location);
    const outer = answer.status < 400 ? 'data' : 'error';
    response.send(`{"${outer}":${answer.data},"meta":{"request_id":"${id}"}}`);
});

async function book(key, body, passenger) {
    for (let attempt = 1; ; ++attempt) {
        const client = await pool.connect();
        let claimed = false;
        let failure;
        try {
            await client.query('begin');
            const [row] = await query(client, 'claim_key', [key.caller, key.value, key.now]);
            let answer = key.check(row);
            if (!answer) {
                claimed = true;
                answer = await write(client, booking.read(body), passenger, key.now);
                await query(client, 'store_key', key.row(answer));
            }
            await client.query('commit');
            return answer;
        } catch (error) {
            failure = error;
            await client.query('rollback');
        } finally {
            client.release();
        }
        const retried = failure.constraint === 'idempotency_keys_pkey' ||
                        failure.code === '40P01' || failure.code === '40001';
        if (retried && attempt < attemptsMax) continue;
        if (byConstraint[failure.constraint])
            failure = new Refusal(byConstraint[failure.constraint]);
        if (claimed && failure instanceof Refusal)
            await query(pool, 'store_key', key.row(booking.refusalAnswer(failure)));
        throw failure;
    }
}

async function write(client, wanted, passenger, now) {
    await query(client, 'lock_person', [passenger]);
    await query(client, 'lock_trip', [wanted.trip_id]);
    const [trip] = await query(client, 'trips', [[wanted.trip_id], passenger, now]);
    if (!trip) throw new Refusal('not_found');
    const windowS = 3600 * settings['carpool.unpaid_window_h'];
    const [booker] = await query(client, 'booker',
                                 [passenger, wanted.trip_id, now, windowS, booking.references()]);
    const made = booking.plan(wanted, passenger, trip, booker, now);
    if (trip.lapsed.length > 0) await query(client, 'release_lapsed', [wanted.trip_id, now]);
    await query(client, 'save_booking', Object.values(made));
    await query(client, 'save_history', booking.history(made, now));
    await query(client, 'open_conversation',
                [randomUUID(), made.id, made.passenger_id, made.driver_id, now]);
    const messageId = randomUUID();
    if (made.seats_held) {
        await query(client, 'take_seats', [made.trip_id, made.from_m, made.to_m, made.seats]);
        await query(client, 'post_note', [made.id, messageId, 'accepted', now]);
    }
    await query(client, 'save_news', booking.news(made, messageId, now));
    return {status: 201, data: JSON.stringify(booking.view(made, trip, booker, now)),
            location: `/bookings/${made.id}`};
}

app.use((error, request, response, next) => {
    if (response.headersSent) return next(error);
    if (!(error instanceof Refusal)) {
        console.error(error);
        error = new Refusal('internal_error');
    }
    const id = views.requestId(request.headers['x-request-id']);
    response.status(error.status).set('X-Request-Id', id)
        .json({error: error.body(), meta: {request_id: id}});
});

if (cluster.isPrimary) {
    for (let i = 0; i < Number(process.env.WORKERS); ++i) cluster.fork();
    process.on('SIGTERM', () => {
        for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
        process.exit(0);
    });
} else {
    start().then(() => {
        const where = {port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096};
        app.listen(where).keepAliveTimeout = 75_000;
    });
}
