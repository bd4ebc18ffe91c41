// What is thrown: a class for each status, with all that the answer says; and what failed before there was an answer.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as errors from '@policies/client';
import { createClient, PoliciesError } from '@policies/client';
import { id, startStub, type Answer } from './stub.js';

/** The error of a call, which must be one of the client's. */
async function errorOf(call: PromiseLike<unknown>): Promise<PoliciesError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof PoliciesError, `not an error of the client: ${String(error)}`);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

const statuses: [number, new (...all: never[]) => PoliciesError][] = [
  [400, errors.BadRequest],
  [401, errors.Unauthorized],
  [403, errors.Forbidden],
  [404, errors.NotFound],
  [405, PoliciesError],
  [406, PoliciesError],
  [409, errors.Conflict],
  [413, errors.TooLarge],
  [414, errors.TooLarge],
  [429, errors.TooManyRequests],
  [500, PoliciesError],
  [502, errors.Unavailable],
  [503, errors.Unavailable],
  [504, errors.Unavailable],
];

for (const [status, expected] of statuses) {
  test(`${status} is ${expected.name}, of every kind of call`, async (context) => {
    const json = { code: 'PT409', message: 'no "x"', details: 'because', hint: 'do y' };
    const { policies } = (await startStub(context, [{ status, json }])).client();
    const calls: (() => PromiseLike<unknown>)[] = [
      () => policies.get(id),
      () => policies.list(),
      () => policies.create({}),
      () => policies.markdown(id),
      () => policies.diff(id, { from_version: '1' }),
    ];
    for (const call of calls) {
      const error = await errorOf(call());
      assert.equal(error.constructor, expected);
      assert.equal(error.name, expected.name);
      const { code, details, hint, message } = error;
      assert.deepEqual({ code, details, hint, message }, json);
      assert.equal(error.status, status);
      assert.equal(error.retryAfter, null);
      assert.ok(error instanceof Error);
    }
  });
}

const bodies: [string, Answer, Partial<PoliciesError>][] = [
  ['a page of HTML', { text: '<html>Bad Gateway</html>' }, { message: 'the server answered 502 Bad Gateway', code: '502', hint: null }],
  ['no body', { text: '' }, { message: 'the server answered 502 Bad Gateway', code: '502' }],
  ['JSON that is no object', { json: ['x'] }, { message: 'the server answered 502 Bad Gateway', code: '502' }],
  ['null', { json: null }, { message: 'the server answered 502 Bad Gateway' }],
  ['other members', { json: { message: { a: 1 }, details: 5 } }, { message: '{"a":1}', details: '5', hint: null }],
];
for (const [name, answer, expected] of bodies) {
  test(`an error whose body is ${name}`, async (context) => {
    const { policies } = (await startStub(context, [{ status: 502, ...answer }])).client();
    const error = await errorOf(policies.get(id));
    for (const [member, value] of Object.entries(expected)) assert.equal(error[member as keyof PoliciesError], value);
  });
}

test('Retry-After in seconds, as a date, and as neither', async (context) => {
  const soon = new Date(Date.now() + 20_000).toUTCString();
  const answers = ['7', soon, 'soon', '-1'].map((value) => ({ status: 429, json: {}, headers: { 'Retry-After': value } }));
  const { policies } = (await startStub(context, answers)).client();
  assert.equal((await errorOf(policies.get(id))).retryAfter, 7);
  const seconds = (await errorOf(policies.get(id))).retryAfter ?? 0;
  assert.ok(seconds > 10 && seconds <= 20, `${seconds} seconds`);
  assert.equal((await errorOf(policies.get(id))).retryAfter, null);
  const past = (await errorOf(policies.get(id))).retryAfter;
  assert.ok(past === null || past === 0);
});

test('a 404 with an array or without a body is an error as well', async (context) => {
  const { policies } = (await startStub(context, [{ status: 404, json: [] }, { status: 404 }])).client();
  assert.ok((await errorOf(policies.list())) instanceof errors.NotFound);
  assert.ok((await errorOf(policies.get(id))) instanceof errors.NotFound);
});

test('answers that are not the API’s', async (context) => {
  const answers: Answer[] = [
    { text: '<html>' },
    { json: { a: 1 } },
    { json: [] },
    { text: '<html>', headers: { 'Content-Type': 'text/html' } },
    { json: 'x' },
    { json: 1 },
    { text: '{', headers: { 'Content-Type': 'application/json' } },
    {},
  ];
  const { policies } = (await startStub(context, answers)).client();
  const calls: (() => PromiseLike<unknown>)[] = [
    () => policies.get(id),
    () => policies.list(),
    () => policies.complete(id),
    () => policies.markdown(id),
    () => policies.approve(id, { content_hash: 'x' }),
    () => policies.contentHash(id),
    () => policies.diff(id, { from_version: '1' }),
    () => policies.get(id),
  ];
  for (const [index, call] of calls.entries()) assert.ok((await errorOf(call())) instanceof errors.InvalidAnswer, `the answer ${index}`);
});

test('a server that is not there', async (context) => {
  const { url } = await startStub(context, []);
  const port = Number(new URL(url).port);
  const error = await errorOf(createClient({ url: `http://127.0.0.1:${port === 1 ? 2 : 1}`, token: 'x' }).policies.policies.get(id));
  assert.equal(error.constructor, errors.NetworkFailure);
  assert.equal(error.status, 0);
  assert.ok(error.cause instanceof Error);
});

test('a connection that breaks before and within the answer', async (context) => {
  const within: Answer = {
    raw: (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
      response.write('[{"id":', () => response.destroy());
    },
  };
  const { policies } = (await startStub(context, [{ raw: (response) => response.destroy() }, within, within])).client();
  assert.equal((await errorOf(policies.list())).constructor, errors.NetworkFailure);
  assert.equal((await errorOf(policies.list())).constructor, errors.NetworkFailure);
  assert.equal((await errorOf(policies.diff(id, { from_version: '1' }))).constructor, errors.NetworkFailure);
});

test('a redirection is not followed: the token stays here', async (context) => {
  const elsewhere = await startStub(context, [{ json: [] }]);
  const stub = await startStub(context, [{ status: 302, headers: { Location: `${elsewhere.url}/api/v1/policies` } }]);
  assert.equal((await errorOf(stub.client().policies.list())).constructor, errors.NetworkFailure);
  assert.equal(elsewhere.requests.length, 0);
});

test('a failure of the caller’s own filter is thrown as it is', async (context) => {
  const stub = await startStub(context, [{ json: [] }]);
  const mistake = new TypeError('mine');
  const where = (): never => {
    throw mistake;
  };
  await assert.rejects(async () => stub.client().policies.list({ where }), mistake);
  assert.equal(stub.requests.length, 0);
});
