// What is refused before it is sent, and how filters arrive whatever is in them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { InvalidArgument, type Client, type ListOptions, type Policy } from '@policies/client';
import { calendarId, id, startStub } from './stub.js';

const hostileIds = [
  '',
  '.',
  '..',
  '../deleted',
  'search',
  `${id}/complete`,
  `${id}/../deleted`,
  `${id}?x=`,
  `${id}#`,
  `${id}%2F..`,
  `${id}\n`,
  ` ${id}`,
  `${id}\0`,
  'pol_01J9Z3NDEKTSV4RRFFQ69G5FA/',
  'pol_01J9Z3NDEKTSV4RRFFQ69G5FAÄ',
  'pol_０1J9Z3NDEKTSV4RRFFQ69G5FAV',
  'rec_01HXEXAMPLE',
  'eq.x',
  'x'.repeat(100_000),
];
const notTexts: unknown[] = [undefined, null, 5, {}, [id], new String(id), Symbol('x')];

type Method = (client: Client['policies'], id: string) => PromiseLike<unknown>;
const methods: Record<string, Method> = {
  get: ({ policies }, id) => policies.get(id),
  update: ({ policies }, id) => policies.update(id, { name: 'x' }),
  delete: ({ policies }, id) => policies.delete(id),
  restore: ({ policies }, id) => policies.restore(id),
  complete: ({ policies }, id) => policies.complete(id),
  approve: ({ policies }, id) => policies.approve(id, { content_hash: 'x' }),
  publish: ({ policies }, id) => policies.publish(id, { version: 'minor' }),
  acknowledge: ({ policies }, id) => policies.acknowledge(id),
  requestAcknowledgements: ({ policies }, id) => policies.requestAcknowledgements(id, { person_ids: [] }),
  acknowledgements: async ({ policies }, id) => policies.acknowledgements(id),
  versions: async ({ policies }, id) => policies.versions(id),
  version: ({ policies }, id) => policies.version(id, '1.0'),
  reviews: async ({ policies }, id) => policies.reviews(id),
  history: async ({ policies }, id) => policies.history(id),
  approvals: async ({ policies }, id) => policies.approvals(id),
  contentHash: ({ policies }, id) => policies.contentHash(id),
  markdown: ({ policies }, id) => policies.markdown(id),
  html: ({ policies }, id) => policies.html(id),
  tableOfContents: ({ policies }, id) => policies.tableOfContents(id),
  diff: ({ policies }, id) => policies.diff(id, { from_version: '1' }),
  getBusinessCalendar: ({ businessCalendars }, id) => businessCalendars.get(id),
  updateBusinessCalendar: ({ businessCalendars }, id) => businessCalendars.update(id, { name: 'x' }),
  deleteBusinessCalendar: ({ businessCalendars }, id) => businessCalendars.delete(id),
  restoreBusinessCalendar: ({ businessCalendars }, id) => businessCalendars.restore(id),
  importHolidays: ({ businessCalendars }, id) => businessCalendars.importHolidays(id, { icalendar: 'x' }),
};

for (const [name, method] of Object.entries(methods)) {
  test(`${name}() sends nothing for what is no id of its kind`, async (context) => {
    const stub = await startStub(context, [{ json: {} }]);
    const other = /BusinessCalendar|Holidays/.test(name) ? id : calendarId;
    for (const hostile of [...hostileIds, other, ...(notTexts as string[])]) {
      await assert.rejects(
        async () => method(stub.client(), hostile),
        (error: unknown) => {
          assert.ok(error instanceof InvalidArgument, String(error));
          return /is not an id: (pol|cal)_ and 26 letters and digits$/.test(error.message) && error.message.length < 200;
        },
      );
    }
    assert.equal(stub.requests.length, 0);
  });
}

test('a refused id is named, on one line', async (context) => {
  const { policies } = (await startStub(context, [])).client();
  await assert.rejects(policies.get('a\nb'), { message: '"a\\nb" is not an id: pol_ and 26 letters and digits' });
});

test('a hostile version leads nowhere', async (context) => {
  const stub = await startStub(context, [{ json: {} }, { json: [] }]);
  for (const version of ['', '..', '../x', '1/2', '1?x', '1#', '1%2F', 'v1', '1\n', `1${'0'.repeat(255)}`, undefined as never]) {
    await assert.rejects(stub.client().policies.version(id, version), InvalidArgument);
  }
  assert.equal(stub.requests.length, 0);
  await stub.client().policies.version(id, '2.0.0-rc.1');
  await stub.client().policies.tableOfContents(id, { version: '../&x=1' });
  assert.match(stub.requests[1]?.target ?? '', /table-of-contents\?version=..%2F%26x%3D1$/);
});

/** The parameters that a list sends, without those that every list does. */
async function sent(context: test.TestContext, options: ListOptions<Policy>): Promise<string[][]> {
  const stub = await startStub(context, [{ json: [] }]);
  await stub.client().policies.list(options as object);
  const { pathname, searchParams } = new URL(stub.requests[0]?.target ?? '', stub.url);
  assert.equal(pathname, '/api/v1/policies');
  return [...searchParams].filter(([name]) => name !== 'select' && name !== 'order');
}

const filters: [ListOptions<Policy>, string[][]][] = [
  [
    { category: 'hr', first_response_minutes: 5, business_hours_only: false },
    [
      ['category', 'eq.hr'],
      ['first_response_minutes', 'eq.5'],
      ['business_hours_only', 'eq.false'],
    ],
  ],
  [
    { status: ['active', 'draft'], owner_id: null, name: undefined },
    [
      ['status', 'in.("active","draft")'],
      ['owner_id', 'is.null'],
    ],
  ],
  [{ name: 'a&category=eq.hr' }, [['name', 'eq.a&category=eq.hr']]],
  [{ name: ['a,b', '"c"', 'd\\', ')', ''] }, [['name', 'in.("a,b","\\"c\\"","d\\\\",")","")']]],
  [{ name: [] }, [['name', 'in.()']]],
  [
    { next_review_at: { gte: new Date(0), lt: '2027-01-01' } },
    [
      ['next_review_at', 'gte.1970-01-01T00:00:00.000Z'],
      ['next_review_at', 'lt.2027-01-01'],
    ],
  ],
  [
    { name: { ilike: '*desk*', not: { like: 'a*', is: null } } },
    [
      ['name', 'ilike.*desk*'],
      ['name', 'not.like.a*'],
      ['name', 'not.is.null'],
    ],
  ],
  [{ category: { not: { in: ['hr', 'other'] } } }, [['category', 'not.in.("hr","other")']]],
  [{ business_hours_only: { is: true } }, [['business_hours_only', 'is.true']]],
  [
    { tags: { cs: ['gdpr'] }, applies_to: { cd: ['a', 'b'], not: { eq: [] } } },
    [
      ['tags', 'cs.["gdpr"]'],
      ['applies_to', 'cd.["a","b"]'],
      ['applies_to', 'not.eq.[]'],
    ],
  ],
  [{ where: (query) => query.or('status.eq.draft,owner_id.is.null') }, [['or', '(status.eq.draft,owner_id.is.null)']]],
  [
    { limit: 0, offset: 0 },
    [
      ['offset', '0'],
      ['limit', '0'],
    ],
  ],
];
for (const [options, expected] of filters) {
  test(`the filter ${JSON.stringify(options)}`, async (context) => assert.deepEqual(await sent(context, options), expected));
}

const refused: [object, RegExp][] = [
  [{ or: '(a.eq.1)' }, /"or" is not the name of a field/],
  [{ 'a&b': 1 }, /"a&b" is not the name of a field/],
  [{ 'policy_reviews.id': 1 }, /is not the name of a field/],
  [{ Name: 1 }, /"Name" is not the name of a field/],
  [{ name: {} }, /name: the filter names no operator/],
  [{ name: { not: {} } }, /name: the filter names no operator/],
  [{ name: { not: { not: { eq: 'x' } } } }, /name: "not" is not one of/],
  [{ name: { fts: 'x' } }, /name: "fts" is not one of eq, neq/],
  [{ name: { in: 'x' } }, /name: "x" is not a list/],
  [{ name: [null] }, /name cannot be null/],
  [{ name: { eq: { a: 1 }, like: {} } }, /name cannot be \{\}/],
  [{ first_response_minutes: Number.NaN }, /first_response_minutes cannot be NaN/],
  [{ next_review_at: new Date('x') }, /next_review_at cannot be an invalid date/],
  [{ select: ['id', '*'] }, /"\*" is not the name of a field/],
  [{ select: ['policy_reviews(*)'] }, /is not the name of a field/],
  [{ order: 'name.up' }, /order: "name.up" is not a field with/],
  [{ order: ['id,name'] }, /"id,name" is not the name of a field/],
  [{ order: 'name.desc.nullslast.x' }, /order: /],
  [{ limit: -1 }, /limit must be a whole number from 0 on, not -1/],
  [{ offset: '5' }, /offset must be a whole number from 0 on, not "5"/],
  [{ count: 'planned' }, /count can be 'exact' only, not "planned"/],
  [{ timeout: 'soon' }, /timeout must be a whole number from 0 on, not "soon"/],
  [{ search: '' }, /search must be the words to search for, not ""/],
  [{ search: 'x', order: 'name' }, /"order" cannot be combined with search/],
  [{ search: 'x', status: ['active', 'draft'] }, /status cannot be \["active","draft"\]/],
  [{ search: 'x', limit: 0 }, /limit must be a whole number from 1 on, not 0/],
];
for (const [options, message] of refused) {
  test(`list(${JSON.stringify(options)}) is refused`, async (context) => {
    const stub = await startStub(context, [{ json: [] }]);
    await assert.rejects(
      async () => stub.client().policies.list(options),
      (error) => error instanceof InvalidArgument && message.test(error.message),
    );
    assert.equal(stub.requests.length, 0);
  });
}

test('writes that cannot be meant are refused', async (context) => {
  const stub = await startStub(context, [{ json: {} }]);
  const { policies } = stub.client();
  await assert.rejects(policies.update(id, {}), /the update of pol_01J9Z3NDEKTSV4RRFFQ69G5FAV names no field/);
  await assert.rejects(policies.update(id, { name: undefined }), /names no field/);
  await assert.rejects(policies.update(id, [{ name: 'x' }] as never), /the fields must be an object/);
  await assert.rejects(policies.create('x' as never), /the fields must be an object, not "x"/);
  await assert.rejects(policies.create([null] as never), /the fields must be an object, not null/);
  await assert.rejects(policies.complete(id, 'x' as never), /the fields must be an object/);
  await assert.rejects(
    policies.update(id, { name: 'x' }, { ifUpdatedAt: Date.now() as never }),
    /ifUpdatedAt must be the updated_at that was read/,
  );
  await assert.rejects(policies.delete(id, { ifUpdatedAt: '' }), /ifUpdatedAt must be the updated_at that was read, not ""/);
  await assert.rejects(policies.delete(id, { ifUpdatedAt: null as never }), /ifUpdatedAt must be the updated_at that was read, not null/);
  await assert.rejects(policies.delete(id, { ifUpdatedAt: new Date('x') }), /ifUpdatedAt must be .*, not an invalid date/);
  await assert.rejects(policies.get(id, { select: ['a,b' as never] }), /"a,b" is not the name of a field/);
  assert.equal(stub.requests.length, 0);
});

test('a Date of the updated_at that was read names it', async (context) => {
  const stub = await startStub(context, [{ json: {} }]);
  await stub.client().policies.delete(id, { ifUpdatedAt: new Date('2026-11-24T11:00:00.123+01:00') });
  assert.match(stub.requests[0]?.target ?? '', /\?updated_at=eq\.2026-11-24T10%3A00%3A00\.123Z$/);
});

test('a condition stays one condition, and one that is undefined is not taken for none', async (context) => {
  const stub = await startStub(context, [{ json: {} }]);
  const { policies } = stub.client();
  await policies.delete(id, { ifUpdatedAt: '2026-11-24T10:00:00&id=neq.x' });
  assert.match(stub.requests[0]?.target ?? '', /\?updated_at=eq\.2026-11-24T10%3A00%3A00%26id%3Dneq\.x$/);
  await assert.rejects(policies.delete(id, { ifUpdatedAt: undefined }), /ifUpdatedAt must be the updated_at that was read, not undefined/);
  assert.equal(stub.requests.length, 1);
});
