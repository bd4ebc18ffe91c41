import { calendar, deletes, does, policy, rows, writes, type Case } from './cases.js';
import { calendarId, id } from './stub.js';

const opening_hours = [{ weekdays: [1, 2], opens: '09:00', closes: '17:00' }];
const asRead = 'updated_at=eq.2026-11-24T10%3A00%3A00.123%2B00%3A00';
const completion = { note: 'still right', outcome: 'confirmed', next_review_at: '2027-11-01T00:00:00Z' } as const;

/** The routes that write. */
export const writingCases: Case[] = [
  writes('createPolicies', 'POST /policies?select=*', { name: 'Clean desk', category: 'security' }, policy, ({ policies }) =>
    policies.create({ name: 'Clean desk', category: 'security' }),
  ),
  {
    operation: 'createPolicies',
    request: 'POST /policies?columns=%22name%22%2C%22category%22&select=id',
    call: ({ policies }) => policies.create([{ name: 'a' }, { name: 'b', category: 'hr' }], { select: ['id'] }),
    body: [{ name: 'a' }, { name: 'b', category: 'hr' }],
    prefer: 'return=representation',
    answer: { status: 201, json: [{ id }, { id }] },
    result: [{ id }, { id }],
  },
  writes('updatePolicy', `PATCH /policies/${id}?${asRead}&select=id`, { description: null, tags: ['a'] }, { id }, ({ policies }) =>
    policies.update(id, { description: null, tags: ['a'] }, { ifUpdatedAt: policy.updated_at, select: ['id'] }),
  ),
  writes('updatePolicy', `PATCH /policies/${id}?select=*`, { name: 'x' }, policy, ({ policies }) => policies.update(id, { name: 'x' })),
  deletes('deletePolicy', `/policies/${id}?${asRead}`, ({ policies }) => policies.delete(id, { ifUpdatedAt: policy.updated_at })),
  deletes('deletePolicy', `/policies/${id}`, ({ policies }) => policies.delete(id)),
  writes('restorePolicy', `POST /policies/${id}/restore?select=*`, {}, policy, ({ policies }) => policies.restore(id)),
  does('completePolicy', `/policies/${id}/complete`, completion, policy, ({ policies }) => policies.complete(id, completion)),
  does('completePolicy', `/policies/${id}/complete`, {}, policy, ({ policies }) => policies.complete(id)),
  does('approvePolicy', `/policies/${id}/approve`, { content_hash: 'abc', note: 'fine' }, 2, ({ policies }) =>
    policies.approve(id, { content_hash: 'abc', note: 'fine' }),
  ),
  does('publishPolicy', `/policies/${id}/publish`, { version: 'minor', change_note: 'clearer' }, policy, ({ policies }) =>
    policies.publish(id, { version: 'minor', change_note: 'clearer' }),
  ),
  does('acknowledgePolicy', `/policies/${id}/acknowledge`, { version: '1.1.0' }, rows, ({ policies }) =>
    policies.acknowledge(id, { version: '1.1.0' }),
  ),
  does('acknowledgePolicy', `/policies/${id}/acknowledge`, {}, rows, ({ policies }) => policies.acknowledge(id)),
  does('requestAcknowledgements', `/policies/${id}/acknowledgements`, { person_ids: ['1'], due_at: '2027-01-01' }, 1, ({ policies }) =>
    policies.requestAcknowledgements(id, { person_ids: ['1'], due_at: '2027-01-01' }),
  ),
  writes(
    'createBusinessCalendars',
    'POST /business-calendars?select=*',
    { time_zone: 'Europe/Berlin', opening_hours },
    calendar,
    ({ businessCalendars }) => businessCalendars.create({ time_zone: 'Europe/Berlin', opening_hours }),
  ),
  writes('updateBusinessCalendar', `PATCH /business-calendars/${calendarId}?select=*`, { name: 'x' }, calendar, ({ businessCalendars }) =>
    businessCalendars.update(calendarId, { name: 'x' }),
  ),
  deletes('deleteBusinessCalendar', `/business-calendars/${calendarId}`, ({ businessCalendars }) => businessCalendars.delete(calendarId)),
  writes('restoreBusinessCalendar', `POST /business-calendars/${calendarId}/restore?select=*`, {}, calendar, ({ businessCalendars }) =>
    businessCalendars.restore(calendarId),
  ),
  does('importHolidays', `/business-calendars/${calendarId}/holidays`, { icalendar: 'B', endless_until: '2030-12-31' }, 3, (client) =>
    client.businessCalendars.importHolidays(calendarId, { icalendar: 'B', endless_until: '2030-12-31' }),
  ),
];
