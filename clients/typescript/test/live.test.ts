// Against a running register: POLICIES_URL, with POLICIES_TOKEN of one tenant and POLICIES_OTHER_TOKEN of another. Leaves records behind.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { BadRequest, Conflict, createClient, NotFound, Unauthorized, type Client, type PolicyFields } from '@policies/client';

const { POLICIES_URL: url = '', POLICIES_TOKEN: token = '', POLICIES_OTHER_TOKEN: otherToken = '' } = process.env;
const missing = Object.entries({ POLICIES_URL: url, POLICIES_TOKEN: token, POLICIES_OTHER_TOKEN: otherToken })
  .filter(([, value]) => value === '')
  .map(([name]) => name);

/** A word that no other run has used. */
const run = `run${Date.now()}`;

/** The deployed limit is 20 requests a second. */
let free = 0;
const pacedFetch: typeof fetch = async (input, init) => {
  free = Math.max(Date.now(), free + 60);
  await setTimeout(free - Date.now());
  return fetch(input, init);
};

if (missing.length > 0) {
  test(
    'live',
    { skip: `NOT RUN: nothing tells whether the client works on a running register: set ${missing.join(', ')}` },
    () => undefined,
  );
}

function live(name: string, body: (client: Client, others: Client) => Promise<void>): void {
  if (missing.length > 0) return;
  const clientOf = (token: string): Client => createClient({ url, token, fetch: pacedFetch });
  test(`live: ${name}`, () => body(clientOf(token), clientOf(otherToken)));
}

live('the example of the resource runs as it stands', async (client) => {
  // list — returns only your records; add filters/search:
  await client.policies.policies.list();

  // create:
  await client.policies.policies.create({
    id: 'rec_01HXEXAMPLE',
    tenant_id: 'example tenant_id',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    app_id: 'example app_id',
    created_by: 'rec_01HXEXAMPLE',
  });
});

live('create, get, update, delete, restore', async (client) => {
  const { policies } = client.policies;
  const created = await policies.create({
    name: `${run} "desk", (clean)`,
    category: 'security',
    tags: ['a,b', '"'],
    review_cadence: '1 year',
  });
  assert.match(created.id, /^pol_[0-9A-Z]{26}$/);
  assert.equal(created.status, 'active');
  assert.deepEqual(await policies.get(created.id), created);
  const updated = await policies.update(created.id, { description: 'für alle €😀' }, { ifUpdatedAt: created.updated_at });
  assert.equal(updated.description, 'für alle €😀');
  await assert.rejects(policies.update(created.id, { description: 'x' }, { ifUpdatedAt: created.updated_at }), Conflict);
  await assert.rejects(policies.delete(created.id, { ifUpdatedAt: created.updated_at }), Conflict);
  await assert.rejects(policies.delete(created.id, { ifUpdatedAt: new Date(created.updated_at) }), Conflict);
  await policies.delete(created.id, { ifUpdatedAt: new Date(updated.updated_at) });
  await assert.rejects(policies.get(created.id), NotFound);
  assert.equal((await policies.deleted({ name: created.name ?? '' })).rows.length, 1);
  assert.equal((await policies.restore(created.id)).is_deleted, false);
  assert.equal((await policies.history(created.id)).rows.length, 3);
});

live('filters mean what they say', async (client) => {
  const { policies } = client.policies;
  const names = [`${run} a`, `${run} "b", (c)`, `${run} d\\`, `${run} e&f=g`];
  await policies.create(
    names.map((name, index): PolicyFields => ({ name, category: 'hr', tags: index ? ['x'] : { y: 1 }, owner_id: index ? 'per_1' : null })),
  );
  const found = async (options: object): Promise<unknown[]> =>
    (await policies.list({ name: { like: `${run} *` }, category: 'hr', order: 'id', ...options })).rows.map(({ name }) => name);
  assert.deepEqual(await found({}), names);
  assert.deepEqual(await found({ name: names.slice(1) }), names.slice(1));
  for (const name of names) assert.deepEqual(await found({ name }), [name]);
  assert.deepEqual(await found({ owner_id: null }), names.slice(0, 1));
  assert.deepEqual(await found({ owner_id: { not: { is: null } } }), names.slice(1));
  assert.deepEqual(await found({ tags: { cs: ['x'] } }), names.slice(1));
  assert.deepEqual(await found({ tags: { cs: { y: 1 } } }), names.slice(0, 1));
  assert.deepEqual(await found({ created_at: { gt: new Date(Date.now() + 3_600_000) } }), []);
  await assert.rejects(found({ nonsense: 1 }), (error) => error instanceof BadRequest && /nonsense/.test(error.message));
});

live('publish, approve, acknowledge, complete, read', async (client) => {
  const { policies } = client.policies;
  const { id } = await policies.create({ name: `${run} document`, body: '# Scope\n\nAll.\n', review_cadence: '1 year', status: 'draft' });
  assert.equal((await policies.publish(id, { version: 'major', change_note: 'first' })).version, '1.0.0');
  await policies.update(id, { body: '# Scope\n\nAll of us.\n' });
  assert.equal(await policies.markdown(id), '# Scope\n\nAll.\n');
  assert.match(await policies.html(id, { version: 'draft' }), /All of us/);
  assert.deepEqual(await policies.tableOfContents(id), [{ level: 1, title: 'Scope', anchor: 'scope' }]);
  assert.match(await policies.diff(id, { from_version: '1.0.0' }), /\+All of us\./);
  assert.match(await policies.contentHash(id), /^[0-9a-f]{64}$/);
  await assert.rejects(policies.approve(id, { content_hash: '0'.repeat(64) }), Conflict);
  assert.deepEqual((await policies.approvals(id)).rows, []);
  assert.deepEqual(
    (await policies.versions(id)).rows.map(({ version }) => version),
    ['1.0.0'],
  );
  assert.equal((await policies.version(id, '1.0.0')).change_note, 'first');
  assert.equal(await policies.requestAcknowledgements(id, { person_ids: ['per_1', 'per_2'] }), 2);
  assert.equal((await policies.acknowledgements(id, { state: 'outstanding' })).rows.length, 2);
  assert.equal((await policies.allAcknowledgements({ policy_id: id })).rows.length, 2);
  assert.equal((await policies.acknowledge(id, { version: '1.0.0' })).length, 1);
  await assert.rejects(policies.acknowledge(id), Conflict);
  const completed = await policies.complete(id, { note: 'still right' });
  await assert.rejects(policies.complete(id), Conflict);
  assert.deepEqual(
    (await policies.reviews(id)).rows.map(({ note, outcome }) => [note, outcome]),
    [['still right', 'confirmed']],
  );
  const due = await policies.reviewDue({ within: '2 years', name: `${run} document`, select: ['id'] });
  assert.deepEqual(
    due.rows.map((row) => row.id),
    [id],
  );
  const calendar = await policies.reviewCalendar({ until_time: '2099-01-01', policy_id: id });
  assert.deepEqual(
    calendar.rows.map(({ due_at }) => due_at),
    [completed.next_review_at],
  );
  assert.match(await policies.reviewCalendarIcalendar({ until_time: '2099-01-01' }), /^BEGIN:VCALENDAR/);
  assert.deepEqual(
    (await policies.inForce({ id })).rows.map(({ body }) => body),
    ['# Scope\n\nAll.\n'],
  );
});

live('business calendars and the SLA clock', async (client) => {
  const { policies, businessCalendars } = client.policies;
  const opening_hours = [{ weekdays: [1, 2, 3, 4, 5], opens: '09:00', closes: '17:00' }];
  const { id } = await businessCalendars.create({ name: run, time_zone: 'Europe/Berlin', opening_hours, is_default: false });
  const event = ['BEGIN:VEVENT', 'UID:1', 'DTSTART;VALUE=DATE:20270101', 'SUMMARY:New Year', 'END:VEVENT'];
  const icalendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', ...event, 'END:VCALENDAR', ''].join('\r\n');
  assert.equal(await businessCalendars.importHolidays(id, { icalendar }), 1);
  assert.equal((await businessCalendars.get(id)).holidays.length, 1);
  await businessCalendars.update(id, { name: `${run} changed` });
  await businessCalendars.delete(id);
  assert.equal((await businessCalendars.restore(id)).name, `${run} changed`);
  assert.equal((await businessCalendars.list({ name: `${run} changed` })).rows.length, 1);
  const ticket = { ticket_type: run, priority: 'high', opened_at: '2026-11-24T10:00:00Z' };
  assert.equal((await policies.slaDeadlines(ticket)).policy_id, null);
  assert.deepEqual(await policies.slaStatus(ticket), []);
  const sla = await policies.create({
    name: run,
    applies_to: [run],
    priority: 'high',
    first_response_minutes: 60,
    resolution_minutes: 480,
  });
  assert.equal((await policies.slaDeadlines(ticket)).first_response_due_at, '2026-11-24T11:00:00+00:00');
  assert.equal((await policies.slaStatus(ticket)).length, 2);
  await assert.rejects(
    policies.create({ applies_to: [run], priority: 'high' }),
    (error) => error instanceof Conflict && error.message.includes(sla.id),
  );
});

live('another tenant’s records are not there', async (client, others) => {
  const { id } = await client.policies.policies.create({ name: `${run} secret` });
  const { policies } = others.policies;
  const calls: (() => Promise<unknown>)[] = [
    () => policies.get(id),
    () => policies.update(id, { name: 'x' }),
    () => policies.delete(id),
    () => policies.restore(id),
    () => policies.complete(id),
    () => policies.publish(id, { version: 'major' }),
    () => policies.markdown(id),
    () => policies.contentHash(id),
  ];
  for (const call of calls) await assert.rejects(call(), NotFound);
  assert.deepEqual((await policies.list({ id })).rows, []);
  assert.deepEqual((await policies.search({ query: run })).rows, []);
  await assert.rejects(createClient({ url, token: 'x.y.z', fetch: pacedFetch }).policies.policies.get(id), Unauthorized);
});

live('10,000 at once, and all of them again while others come', async (client) => {
  const { policies } = client.policies;
  const many = Array.from({ length: 10_000 }, (_, index) => ({ name: `${run} bulk`, priority: index % 3 ? `${index % 10}` : null }));
  const created = await policies.create(many, { select: ['id'] });
  assert.equal(created.length, 10_000);
  assert.equal((await policies.list({ name: `${run} bulk`, limit: 0, count: 'exact' })).total, 10_000);
  for (const order of [undefined, 'priority', 'priority.desc'] as const) {
    const seen: string[] = [];
    for await (const { id } of policies.all({ name: `${run} bulk`, select: ['id'], order })) {
      // Before the place that the iteration has come to, by priority as well as by null.
      if (seen.push(id) % 2500 === 0) await policies.create([{ name: `${run} bulk`, priority: '0' }, { name: `${run} bulk` }]);
    }
    assert.equal(new Set(seen).size, seen.length);
    const all = new Set(seen);
    assert.ok(created.every(({ id }) => all.has(id)));
  }
});

live('a search finds all, page by page', async (client) => {
  const { policies } = client.policies;
  await policies.create(Array.from({ length: 25 }, (): PolicyFields => ({ name: `${run} needle`, category: 'finance' })));
  for (const found of [
    policies.all({ search: `${run} needle`, category: 'finance', limit: 10 }),
    policies.search({ query: `"${run} needle"` }),
  ]) {
    const ids = new Set<string>();
    for await (const { id } of found) ids.add(id ?? '');
    assert.equal(ids.size, 25);
  }
});

live('all or none is created', async (client) => {
  const { policies } = client.policies;
  const bad = [{ name: `${run} none` }, { name: `${run} none`, category: 'nonsense' as 'hr' }];
  await assert.rejects(policies.create(bad), (error) => error instanceof BadRequest && /"nonsense"/.test(error.message));
  assert.deepEqual((await policies.list({ name: `${run} none` })).rows, []);
});
