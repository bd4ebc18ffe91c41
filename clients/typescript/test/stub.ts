// A server that records what it is asked, and answers what the test has recorded for it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createClient, type Client, type ClientOptions } from '@policies/client';

/** A request as it arrived. */
export interface Recorded {
  method: string;
  target: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** An answer: JSON unless `text` is given, or whatever `raw` does with the connection. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  raw?: (response: ServerResponse) => void;
}

export interface Stub {
  url: string;
  requests: Recorded[];
  client: (options?: Partial<ClientOptions>) => Client['policies'];
}

/** Starts a stub which ends with the test. Its answers are taken one after the other; the last one again and again. */
export async function startStub(context: TestContext, answer: Answer[] | ((request: Recorded) => Answer)): Promise<Stub> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const recorded = { method, target, headers, body: Buffer.concat(chunks).toString() };
      requests.push(recorded);
      const last = Array.isArray(answer) ? answer[Math.min(requests.length, answer.length) - 1] : answer(recorded);
      send(response, last ?? {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, client: (options = {}) => createClient({ url, token: 'x.y.z', retries: 0, ...options }).policies };
}

function send(response: ServerResponse, { status = 200, headers = {}, json, text, raw }: Answer): void {
  if (raw) return raw(response);
  const type = text === undefined ? 'application/json; charset=utf-8' : 'text/plain';
  response.writeHead(status, { 'Content-Type': type, ...headers });
  response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
}

export const id = 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV';
export const calendarId = 'cal_01J9Z3NDEKTSV4RRFFQ69G5FAV';
