// Tokens, timeouts, aborts and repetitions.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import { createClient, InvalidArgument, NotFound, TimedOut, TooManyRequests, Unauthorized, Unavailable } from '@policies/client';
import { id, startStub, type Answer } from './stub.js';

const busy: Answer = { status: 429, json: {}, headers: { 'Retry-After': '0' } };
const away: Answer = { status: 503, json: {}, headers: { 'Retry-After': '0' } };
const silent: Answer = { raw: () => undefined };

test('a token function is called for each request, also for one that is repeated', async (context) => {
  const stub = await startStub(context, [{ json: {} }, busy, { json: {} }]);
  let calls = 0;
  const { policies } = stub.client({ retries: 1, token: async () => `token-${++calls}` });
  await policies.get(id);
  await policies.get(id);
  const tokens = stub.requests.map(({ headers }) => headers['authorization']);
  assert.deepEqual(tokens, ['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
});

test('what is no token is refused, and not shown', async (context) => {
  const stub = await startStub(context, [{ json: {} }]);
  for (const token of ['', 'secret\r\nX-Evil: 1', 'secret secret', 'sécret', undefined as never, (() => 'secret\n') as never]) {
    await assert.rejects(
      stub.client({ token }).policies.get(id),
      (error) => error instanceof InvalidArgument && !/secret/.test(error.message),
    );
  }
  assert.equal(stub.requests.length, 0);
});

test('a token function that fails or hangs', async (context) => {
  const stub = await startStub(context, [{ json: {} }]);
  const cause = new Error('session expired');
  const failing = stub.client({ token: () => Promise.reject(cause) }).policies.get(id);
  await assert.rejects(failing, (error) => error instanceof Unauthorized && error.cause === cause && /session expired/.test(error.message));
  const hanging = stub.client({ token: () => new Promise<string>(() => undefined), timeout: 20 });
  await assert.rejects(hanging.policies.get(id), TimedOut);
  assert.equal(stub.requests.length, 0);
});

test('a timeout of the client, and of a call', async (context) => {
  const late: Answer = { raw: (response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).write('[') };
  const stub = await startStub(context, [silent, late, silent, silent]);
  await assert.rejects(
    stub.client({ timeout: 20 }).policies.get(id),
    (error) => error instanceof TimedOut && /within 20 ms/.test(error.message),
  );
  await assert.rejects(stub.client({ timeout: 50 }).policies.diff(id, { from_version: '1' }), TimedOut);
  await assert.rejects(stub.client().policies.markdown(id, { timeout: 20 }), TimedOut);
  await assert.rejects(Promise.resolve(stub.client({ timeout: 0 }).policies.list({ timeout: 20 })), TimedOut);
});

test('an abort throws the signal’s reason: before, during, and while waiting for a repetition', async (context) => {
  const stub = await startStub(context, [silent, { status: 429, json: {}, headers: { 'Retry-After': '20' } }]);
  const reason = new Error('no longer wanted');
  await assert.rejects(stub.client().policies.get(id, { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(stub.requests.length, 0);
  for (const client of [stub.client(), stub.client({ retries: 1 })]) {
    const controller = new AbortController();
    const call = client.policies.get(id, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(call, reason);
  }
  assert.equal(stub.requests.length, 2);
});

test('nothing stays behind on a signal that is used again and again', async (context) => {
  const stub = await startStub(context, [busy, { json: {} }, { status: 404, json: {} }]);
  const { signal } = new AbortController();
  const { policies } = stub.client({ retries: 1 });
  await policies.get(id, { signal });
  await assert.rejects(policies.get(id, { signal }), NotFound);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('what reads is repeated on 429 and 503, twice unless told otherwise', async (context) => {
  const stub = await startStub(context, [busy, away, { json: [] }, busy]);
  const client = createClient({ url: stub.url, token: 'x' }).policies;
  assert.deepEqual(await client.policies.list(), { rows: [], total: null });
  assert.equal(stub.requests.length, 3);
  await assert.rejects(client.policies.markdown(id), TooManyRequests);
  assert.equal(stub.requests.length, 6);
});

test('nothing that writes is repeated, nor any other error', async (context) => {
  const stub = await startStub(context, (request) =>
    request.method === 'GET' ? { status: 502, json: {}, headers: { 'Retry-After': '0' } } : away,
  );
  const { policies } = stub.client({ retries: 5 });
  await assert.rejects(policies.create({}), Unavailable);
  await assert.rejects(policies.update(id, { name: 'x' }), Unavailable);
  await assert.rejects(policies.delete(id), Unavailable);
  await assert.rejects(policies.complete(id), Unavailable);
  await assert.rejects(policies.get(id), Unavailable);
  assert.equal(stub.requests.length, 5);
});

test('Retry-After is waited for, unless it is longer than half a minute', async (context) => {
  const wait = (seconds: string): Answer => ({ status: 503, json: {}, headers: { 'Retry-After': seconds } });
  const stub = await startStub(context, [wait('1'), { json: {} }, wait('31')]);
  const { policies } = stub.client({ retries: 1 });
  const started = Date.now();
  await policies.get(id);
  assert.ok(Date.now() - started >= 990, 'a second was waited');
  await assert.rejects(policies.get(id), (error) => error instanceof Unavailable && error.retryAfter === 31);
  assert.equal(stub.requests.length, 3);
});

test('the address: with and without a path', async (context) => {
  const stub = await startStub(context, [{ json: {} }]);
  for (const url of [stub.url, `${stub.url}/`, `${stub.url}/api/v1/`, new URL(`${stub.url}/proxied/v1`)]) {
    await createClient({ url, token: 'x' }).policies.policies.get(id);
  }
  const paths = stub.requests.map(({ target }) => target.replace(`/policies/${id}?select=*`, ''));
  assert.deepEqual(paths, ['/api/v1', '/api/v1', '/api/v1', '/proxied/v1']);
});

test('an address that is none is refused, naming it', () => {
  for (const url of ['policies', 'ftp://x/', 'http://x/?a=1', 'http://x/#a', 'javascript:alert(1)', undefined as never]) {
    assert.throws(
      () => createClient({ url, token: 'x' }),
      (error) => error instanceof InvalidArgument && error.message.includes(String(url)),
    );
  }
  assert.throws(
    () => createClient({ url: 'http://ann:secret@x/', token: 'x' }),
    (error) => error instanceof InvalidArgument && !/secret/.test(error.message),
  );
  assert.throws(() => createClient({ url: 'http://x', token: 'x', timeout: -1 }), /timeout must be a whole number from 0 on, not -1/);
  assert.throws(() => createClient({ url: 'http://x', token: 'x', retries: 0.5 }), /retries must be a whole number from 0 on, not 0.5/);
});

test('another fetch is used, without cookies', async () => {
  const inits: RequestInit[] = [];
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    inits.push(init ?? {});
    return new Response('{}', { headers: { 'Content-Type': 'application/json' } });
  };
  await createClient({ url: 'https://policies.example.org', token: 'x', fetch }).policies.policies.get(id);
  assert.deepEqual([inits[0]?.credentials, inits[0]?.redirect], ['omit', 'error']);
});
