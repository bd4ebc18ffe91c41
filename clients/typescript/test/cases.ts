// What the cases of the routes consist of.
import type { Client } from '@policies/client';
import { calendarId, id, type Answer } from './stub.js';

type Call = (client: Client['policies']) => PromiseLike<unknown>;

/** A call, the request that it must send, and what must become of the answer. */
export interface Case {
  operation: string;
  request: string;
  call: Call;
  body?: unknown;
  accept?: string;
  prefer?: string;
  answer: Answer;
  result?: unknown;
}

export const one = 'application/vnd.pgrst.object+json';
export const policy = { id, name: 'Clean desk', updated_at: '2026-11-24T10:00:00.123+00:00' };
export const calendar = { id: calendarId, name: 'Office' };
export const rows = [policy];
export const page = { rows, total: null };

/** A list of rows. */
export function lists(operation: string, request: string, call: Call): Case {
  return { operation, request: `GET ${request}`, call, answer: { json: rows }, result: page };
}

/** JSON, as it is. */
export function reads(operation: string, request: string, json: unknown, call: Call): Case {
  return { operation, request: `GET ${request}`, call, answer: { json }, result: json };
}

/** A text of another type than JSON. */
export function texts(operation: string, request: string, accept: string, text: string, call: Call): Case {
  const answer = { text, headers: { 'Content-Type': `${accept}; charset=utf-8` } };
  return { operation, request: `GET ${request}`, call, accept, answer, result: text };
}

/** Something done to a record, whose body is `body`. */
export function does(operation: string, request: string, body: unknown, json: unknown, call: Call): Case {
  return { operation, request: `POST ${request}`, call, body, answer: { json }, result: json };
}

/** A write that answers with the one record as it is then. */
export function writes(operation: string, request: string, body: unknown, json: unknown, call: Call): Case {
  return { operation, request, call, body, accept: one, prefer: 'return=representation', answer: { json }, result: json };
}

/** A deletion. */
export function deletes(operation: string, request: string, call: Call): Case {
  return { operation, request: `DELETE ${request}`, call, answer: { status: 204 } };
}
