/** What an error says besides its message; the members are those of the API's JSON errors. */
export interface ErrorDetails {
  /** The SQLSTATE, PostgREST's `PGRST…`, or the HTTP status. */
  code?: string;
  details?: string | null;
  hint?: string | null;
  /** The seconds to wait, of the header `Retry-After`. */
  retryAfter?: number | null;
  cause?: unknown;
}

/** The base of every error that the client throws; an abort by the caller's own signal throws that signal's reason instead. */
export class PoliciesError extends Error {
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The SQLSTATE, PostgREST's `PGRST…`, or the HTTP status; empty where there was no answer. */
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;
  /** How many seconds to wait before the next attempt; null where the answer does not say. */
  readonly retryAfter: number | null;

  constructor(message: string, status = 0, more: ErrorDetails = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = new.target.name;
    this.status = status;
    this.code = more.code ?? (status ? String(status) : '');
    this.details = more.details ?? null;
    this.hint = more.hint ?? null;
    this.retryAfter = more.retryAfter ?? null;
  }
}

/** 400: a bad value, which the message names, a malformed body, filter or search. */
export class BadRequest extends PoliciesError {}
/** 401: no token, an expired or a forged one, or one for another audience. */
export class Unauthorized extends PoliciesError {}
/** 403: a token without a tenant, a role that may not, or an author who approves. */
export class Forbidden extends PoliciesError {}
/** 404: not there, or another tenant's, which is the same. */
export class NotFound extends PoliciesError {}
/** 409: changed since it was read, done already, approvals missing, no text to publish, or another record is in the way. */
export class Conflict extends PoliciesError {}
/** 413 or 414: the body or the address is too large. */
export class TooLarge extends PoliciesError {}
/** 429: too many requests; wait as `retryAfter` says. */
export class TooManyRequests extends PoliciesError {}
/** 502, 503 or 504: the service is away. */
export class Unavailable extends PoliciesError {}
/** The client refused an argument; nothing was sent. */
export class InvalidArgument extends PoliciesError {}
/** No answer arrived, or not all of it; `cause` tells why. Whether the request took effect is unknown. */
export class NetworkFailure extends PoliciesError {}
/** No answer arrived within the timeout. Whether the request took effect is unknown. */
export class TimedOut extends NetworkFailure {}
/** An answer arrived that is not the API's: something else may be at this address. */
export class InvalidAnswer extends PoliciesError {}

const classes: Record<number, typeof PoliciesError> = {
  400: BadRequest,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  413: TooLarge,
  414: TooLarge,
  429: TooManyRequests,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
};

/** The error that an answer tells of. */
export async function errorOfResponse(response: Response): Promise<PoliciesError> {
  const { status } = response;
  const body = parseObject(await response.text());
  const message = textOf(body['message']) ?? `the server answered ${status} ${response.statusText}`.trimEnd();
  return new (classes[status] ?? PoliciesError)(message, status, {
    code: textOf(body['code']),
    details: textOf(body['details']),
    hint: textOf(body['hint']),
    retryAfter: secondsToWait(response.headers.get('Retry-After')),
  });
}

/** An error is told by whoever answers, also by a proxy in front, whose body may be anything. */
function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `Retry-After` is a number of seconds or a date. */
function secondsToWait(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, (at - Date.now()) / 1000);
}
