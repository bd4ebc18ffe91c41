// Every route: the exact request, and what becomes of the answer. The routes are those of docs/openapi.json, no more and no less.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { readingCases } from './reading_cases.js';
import { startStub } from './stub.js';
import { writingCases } from './writing_cases.js';

const cases = [...readingCases, ...writingCases];

for (const { operation, call, request, body, accept = 'application/json', prefer, answer, result } of cases) {
  test(`${operation}: ${request}`, async (context) => {
    const stub = await startStub(context, [answer]);
    assert.deepEqual(await call(stub.client()), result);
    assert.equal(stub.requests.length, 1);
    const [sent] = stub.requests;
    assert.equal(`${sent?.method} ${sent?.target}`, request.replace(' ', ' /api/v1'));
    assert.equal(sent?.body, body === undefined ? '' : JSON.stringify(body));
    assert.equal(sent.headers['accept'], accept);
    assert.equal(sent.headers['prefer'], prefer);
    assert.equal(sent.headers['authorization'], 'Bearer x.y.z');
    if (body !== undefined) assert.equal(sent.headers['content-type'], 'application/json');
  });
}

test('every operation of docs/openapi.json has its method, at its path', () => {
  interface Document {
    paths: Record<string, Record<string, { operationId?: string }>>;
  }
  const document = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as Document;
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) => (operationId ? [`${operationId} ${method.toUpperCase()} ${path}`] : [])),
  );
  // Tools read the document itself; a program has it in its types.
  const expected = documented.filter((line) => !/^getOpenapi(File)? /.test(line)).sort();
  const called = cases.map(({ operation, request }) => {
    const path = request
      .replace(/\?.*/, '')
      .replace(/(pol|cal)_\w{26}/, '{id}')
      .replace(/versions\/.+/, 'versions/{version}');
    return `${operation} ${path}`;
  });
  assert.deepEqual([...new Set(called)].sort(), expected);
});
