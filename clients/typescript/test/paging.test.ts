// Iteration over pages: every row once, whatever comes and goes meanwhile.
import assert from 'node:assert/strict';
import test from 'node:test';
import { InvalidArgument, type FilterQuery, type Order, type Policy } from '@policies/client';
import { id as policyId, startStub } from './stub.js';
import { answerFrom, type Row } from './table.js';

const names = [null, 'a', 'b,c', '"quoted"', 'back\\slash', 'x)y(', '', 'null', 'ä€😀'];
const priorities = [null, '1', '2'];

/** Rows whose fields other than the id come twice and more often, and are null at times. */
function someRows(count: number, seed = 1): Row[] {
  let state = seed;
  const pick = <T>(values: readonly T[]): T => values[(state = (state * 48271) % 2147483647) % values.length] as T;
  return Array.from({ length: count }, (_, index) => ({
    id: `pol_${String(index * 2).padStart(26, '0')}`,
    tenant_id: 'acme',
    name: pick(names),
    priority: pick(priorities),
    first_response_minutes: pick([null, 1, 2, 10]),
  }));
}

const orders: (Order<Policy> | Order<Policy>[] | undefined)[] = [
  undefined,
  'id.desc',
  'name',
  'name.desc',
  'name.asc.nullsfirst',
  'name.desc.nullslast',
  ['priority.desc', 'first_response_minutes.nullsfirst', 'name'],
  ['priority', 'id.desc', 'name'],
];
for (const order of orders) {
  for (const pageSize of [1, 7, 1000]) {
    test(`sorted by ${String(order)}, ${pageSize} at a time`, async (context) => {
      const table = someRows(60);
      const stub = await startStub(context, (request) => answerFrom(table, request));
      const whole = (await stub.client().policies.list({ order })).rows;
      const seen = [];
      for await (const row of stub.client().policies.all({ order, pageSize })) seen.push(row);
      assert.deepEqual(seen, whole);
      assert.equal(new Set(seen.map(({ id }) => id)).size, 60);
    });
  }
}

test('rows that come and go meanwhile neither repeat nor hide another', async (context) => {
  for (const order of [undefined, 'name', 'name.desc'] as const) {
    const table = someRows(50, 7);
    const stayed = table.filter((_, index) => index % 5 !== 0).map(({ id }) => id);
    let pages = 0;
    const stub = await startStub(context, (request) => {
      const answer = answerFrom(table, request);
      // After every page something is inserted before and after, and something is gone.
      table.push({ ...table[0], id: `pol_${String(pages * 2 + 1).padStart(26, '0')}`, name: pages % 2 ? 'b' : null });
      const leaving = table.findIndex(({ id }) => !stayed.includes(id ?? null));
      if (leaving >= 0) table.splice(leaving, 1);
      pages++;
      return answer;
    });
    const seen: string[] = [];
    for await (const { id } of stub.client().policies.all({ order, pageSize: 3, select: ['id'] })) seen.push(id);
    assert.equal(new Set(seen).size, seen.length, 'no row comes twice');
    assert.deepEqual(
      stayed.filter((id) => !seen.includes(id as string)),
      [],
      'no row that was there all along is missing',
    );
  }
});

test('the same id in two tenants, for an auditor', async (context) => {
  const table = ['acme', 'beta', 'gamma'].flatMap((tenant_id) => someRows(4).map((row) => ({ ...row, tenant_id })));
  const stub = await startStub(context, (request) => answerFrom(table, request));
  const seen = [];
  for await (const row of stub.client().policies.all({ pageSize: 2 })) seen.push(`${row.id} ${row.tenant_id}`);
  assert.equal(new Set(seen).size, 12);
  assert.equal(seen.length, 12);
});

test('a server whose own limit is below the page size hides nothing', async (context) => {
  const stub = await startStub(context, (request) => answerFrom(someRows(25), request, 10));
  let count = 0;
  for await (const _ of stub.client().policies.list()) count++;
  assert.equal(count, 25);
  assert.equal(stub.requests.length, 4);
});

test('limit and offset hold for the whole; select brings what is sorted by', async (context) => {
  const stub = await startStub(context, (request) => answerFrom(someRows(25), request));
  const seen = [];
  for await (const { id } of stub.client().policies.all({ limit: 7, offset: 2, pageSize: 3, select: ['id'], order: 'name' })) seen.push(id);
  const { rows } = await stub.client().policies.list({ limit: 7, offset: 2, order: 'name' });
  assert.deepEqual(
    seen,
    rows.map(({ id }) => id),
  );
  const queries = stub.requests.slice(0, 3).map(({ target }) => new URL(target, stub.url).searchParams);
  assert.deepEqual(
    queries.map((query) => [query.get('limit'), query.get('offset'), query.get('select')]),
    [
      ['3', '2', 'id,name,tenant_id'],
      ['3', null, 'id,name,tenant_id'],
      ['1', null, 'id,name,tenant_id'],
    ],
  );
  assert.equal(queries[1]?.get('id'), null);
});

test('pages by id begin where the last one ended', async (context) => {
  const stub = await startStub(context, (request) => answerFrom(someRows(3), request));
  const [first] = someRows(1);
  for await (const _ of stub.client().policies.all({ pageSize: 1, limit: 2 })) continue;
  const query = new URL(stub.requests[1]?.target ?? '', stub.url).searchParams;
  assert.equal(query.get('id'), `gte.${first?.['id']}`);
  assert.equal(query.get('or'), `(id.gt."${first?.['id']}",and(id.eq."${first?.['id']}",tenant_id.gt."acme"))`);
});

test('the caller’s own or= stays beside that of the pages', async (context) => {
  const stub = await startStub(context, (request) => answerFrom(someRows(30), request));
  const seen = [];
  const where = (query: FilterQuery) => query.or('priority.eq.1,priority.is.null');
  for await (const row of stub.client().policies.all({ pageSize: 4, where })) seen.push(row.priority);
  assert.equal(seen.length, someRows(30).filter(({ priority }) => priority !== '2').length);
});

test('search pages by rank and id, until nothing is left', async (context) => {
  const results = Array.from({ length: 5 }, (_, index) => ({ id: `${policyId.slice(0, -1)}${index}`, rank: 0.06079271 }));
  const stub = await startStub(context, ({ target }) => {
    const after = new URL(target, 'http://stub').searchParams.get('after_id');
    const start = results.findIndex(({ id }) => id === after) + 1;
    return { json: results.slice(start, start + 2) };
  });
  const { policies } = stub.client();
  for (const found of [policies.search({ query: 'x', max_results: 2 }), policies.all({ search: 'x', limit: 2 })]) {
    const seen = [];
    for await (const { id } of found) seen.push(id);
    assert.deepEqual(
      seen,
      results.map(({ id }) => id),
    );
  }
  assert.match(stub.requests[1]?.target ?? '', /search\?query=x&max_results=2&after_rank=0\.06079271&after_id=pol_\w{25}1$/);
  assert.match(stub.requests[5]?.target ?? '', /policies\?after_rank=0\.06079271&after_id=pol_\w{25}1&limit=2&search=x$/);
});

test('a listing sends nothing until it is used, and one page once', async (context) => {
  const stub = await startStub(context, [{ json: [] }]);
  const listing = stub.client().policies.list();
  assert.equal(stub.requests.length, 0);
  await Promise.all([listing, listing.finally(), listing.catch(() => undefined)]);
  assert.equal(stub.requests.length, 1);
});

test('an iteration that is left early asks for no more; one that fails throws', async (context) => {
  const stub = await startStub(context, (request) => answerFrom(someRows(9), request));
  for await (const _ of stub.client().policies.all({ pageSize: 2 })) break;
  assert.equal(stub.requests.length, 1);
  const iterate = async (options: object): Promise<void> => {
    for await (const _ of stub.client().policies.all(options)) continue;
  };
  await assert.rejects(iterate({ pageSize: 0 }), /pageSize must be a whole number from 1 on, not 0/);
  await assert.rejects(
    iterate({ order: 'tags', pageSize: 2 }),
    (error) => error instanceof InvalidArgument && /tags, which is missing/.test(error.message),
  );
});
