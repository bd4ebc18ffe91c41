import { PostgrestClient } from '@supabase/postgrest-js';
import { shown, wholeNumber } from './arguments.js';
import { Deadline } from './deadline.js';
import {
  errorOfResponse,
  InvalidAnswer,
  InvalidArgument,
  NetworkFailure,
  PoliciesError,
  TooManyRequests,
  Unauthorized,
  Unavailable,
} from './errors.js';

/** What `createClient` takes. */
export interface ClientOptions {
  /** The server's address. Without a path of its own it gets `/api/v1`; in browsers it may be relative. */
  url: string | URL;
  /** The bearer token, or a function that gives one and is called for each request. */
  token: string | (() => string | Promise<string>);
  /** Milliseconds that a call may take, its retries included: 60,000 unless given; 0 is no limit. */
  timeout?: number;
  /** How often a reading request that was answered with 429 or 503 is sent again: twice unless given. Nothing else is sent twice. */
  retries?: number;
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch;
}

/** What every method takes. */
export interface CallOptions {
  /** Aborts the call, which then throws the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds that this call may take, its retries included; 0 is no limit. */
  timeout?: number;
}

/** What a query of postgrest-js begins with: one route. */
export type Relation = ReturnType<PostgrestClient['from']>;

/** A query of postgrest-js that can be sent. */
export interface Query {
  throwOnError(): PromiseLike<{ data: unknown; count: number | null }>;
}

/** An answer: its JSON, and the total where one was asked for. */
export interface Answer {
  data: unknown;
  count: number | null;
}

/** A server that asks for more patience than this, in seconds, is not waited for. */
const longestWait = 30;

/** Sends requests: with the token, until the deadline, again where that is harmless; and throws what fails. */
export class Transport {
  readonly #base: string;
  readonly #token: ClientOptions['token'];
  readonly #timeout: number;
  readonly #retries: number;
  readonly #fetch: typeof fetch;

  constructor(options: ClientOptions) {
    this.#base = baseAddress(options.url);
    this.#token = options.token;
    this.#timeout = wholeNumber('timeout', options.timeout ?? 60_000, 0);
    this.#retries = wholeNumber('retries', options.retries ?? 2, 0);
    // Looked up for each request, so that one which is replaced later counts; and called without an object, as browsers demand.
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Sends the query that `build` makes of a route. */
  async query(path: string, build: (relation: Relation) => Query, options: CallOptions = {}): Promise<Answer> {
    return this.#within(options, async (deadline) => {
      const client = new PostgrestClient(this.#base, {
        headers: { Accept: 'application/json' },
        fetch: (input, init) => this.#send(String(input), init ?? {}, deadline),
      });
      return answered(build(client.from(path)).throwOnError(), deadline);
    });
  }

  /** Reads a route that takes arguments and no `select`, whose answer is JSON. */
  async json(path: string, options: CallOptions = {}): Promise<Answer> {
    const text = await this.text(path, 'application/json', options);
    try {
      return { data: JSON.parse(text), count: null };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Reads a route whose answer is a text of the type `accept`. */
  async text(path: string, accept: string, options: CallOptions = {}): Promise<string> {
    return this.#within(options, async (deadline) => {
      const init = { method: 'GET', headers: { Accept: accept } };
      const response = await answered(this.#send(`${this.#base}/${path}`, init, deadline), deadline);
      const type = response.headers.get('Content-Type') ?? 'of no type';
      if (!type.startsWith(accept)) throw new InvalidAnswer(`the answer is ${type}, not ${accept}`, response.status);
      return answered(response.text(), deadline);
    });
  }

  async #within<T>(options: CallOptions, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(wholeNumber('timeout', options.timeout ?? this.#timeout, 0), options.signal);
    try {
      deadline.signal.throwIfAborted();
      return await work(deadline);
    } finally {
      deadline.dispose();
    }
  }

  async #send(url: string, init: RequestInit, deadline: Deadline): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.#attempt(url, init, deadline);
      if (response.ok) return response;
      const error = await errorOfResponse(response);
      const seconds = error.retryAfter ?? 0.5 * 2 ** attempt;
      if (init.method !== 'GET' || !isPassing(error) || attempt >= this.#retries || seconds > longestWait) throw error;
      await deadline.wait(seconds * 1000);
    }
  }

  async #attempt(url: string, init: RequestInit, deadline: Deadline): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${await this.#currentToken(deadline)}`);
    // The token goes to the address that was configured, and to no other.
    return this.#fetch(url, { ...init, headers, signal: deadline.signal, redirect: 'error', credentials: 'omit' });
  }

  async #currentToken(deadline: Deadline): Promise<string> {
    const source = this.#token;
    const token: unknown = typeof source === 'function' ? await deadline.limit(tokenOf(source)) : source;
    // A token is a secret: the message does not show it.
    if (typeof token === 'string' && /^[\w.~+/-]+=*$/.test(token)) return token;
    throw new InvalidArgument('the token is empty, or has characters that no bearer token has');
  }
}

/** Whether the same request may succeed in a moment. A 502 or 504 says nothing of when. */
function isPassing(error: PoliciesError): boolean {
  return error instanceof TooManyRequests || (error instanceof Unavailable && error.status === 503);
}

async function tokenOf(source: () => string | Promise<string>): Promise<string> {
  try {
    return await source();
  } catch (cause) {
    throw new Unauthorized(`there is no token: ${cause instanceof Error ? cause.message : String(cause)}`, 0, { cause });
  }
}

/** What was sent, with its failures made errors of the client. */
async function answered<T>(sent: PromiseLike<T>, deadline: Deadline): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof PoliciesError) throw error;
    deadline.signal.throwIfAborted();
    throw failureOf(error);
  }
}

/** What a failure is that fetch, postgrest-js or the reading of a body threw. */
function failureOf(error: unknown): PoliciesError {
  if (error instanceof SyntaxError) return new InvalidAnswer(`the answer is not JSON: ${error.message}`, 0, { cause: error });
  const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
  const reason = cause instanceof Error && cause.message ? `: ${cause.message}` : '';
  return new NetworkFailure(`${message}${reason}`, 0, { cause: error });
}

function baseAddress(given: string | URL): string {
  let url: URL;
  try {
    url = new URL(given, globalThis.location?.href);
  } catch (cause) {
    throw new InvalidArgument(`url: ${shown(String(given))} is not an address`, 0, { cause });
  }
  if (!/^https?:$/.test(url.protocol)) throw new InvalidArgument(`url: ${shown(url.href)} is neither http nor https`);
  if (url.username || url.password) throw new InvalidArgument('url: a name and a password in it are not used; give a token');
  if (url.search || url.hash) throw new InvalidArgument(`url: ${shown(url.href)} has more than a path`);
  return url.origin + (url.pathname === '/' ? '/api/v1' : url.pathname.replace(/\/+$/, ''));
}
