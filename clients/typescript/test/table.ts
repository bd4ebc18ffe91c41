// A table that answers the queries of paging as PostgREST does: bounds, or=(…), order, limit and offset.
import type { Answer, Recorded } from './stub.js';

export type Value = string | number | null;
export type Row = Record<string, Value>;

/** The rows that a request of a list asks for, at most `maximum` of them. */
export function answerFrom(rows: readonly Row[], request: Recorded, maximum = 1000): Answer {
  const { searchParams } = new URL(request.target, 'http://stub');
  let found = [...rows];
  for (const [name, condition] of searchParams) {
    if (name === 'or') found = found.filter((row) => anyOf(condition, row));
    else if (!['select', 'order', 'limit', 'offset'].includes(name)) found = found.filter((row) => matches(`${name}.${condition}`, row));
  }
  const terms = (searchParams.get('order') ?? '').split(',');
  found.sort((a, b) => terms.map((term) => compare(term, a, b)).find((result) => result !== 0) ?? 0);
  const offset = Number(searchParams.get('offset') ?? 0);
  return { json: found.slice(offset, offset + Math.min(maximum, Number(searchParams.get('limit') ?? maximum))) };
}

function compare(term: string, a: Row, b: Row): number {
  const [field = '', direction, nulls = direction === 'desc' ? 'nullsfirst' : 'nullslast'] = term.split('.');
  const [left, right] = [a[field] ?? null, b[field] ?? null];
  if (left === right) return 0;
  if (left === null || right === null) return (left === null) === (nulls === 'nullsfirst') ? -1 : 1;
  return left < right === (direction !== 'desc') ? -1 : 1;
}

/** Whether one of the conditions in brackets holds. */
function anyOf(text: string, row: Row): boolean {
  return parts(text.slice(1, -1)).some((part) => matches(part, row));
}

function matches(condition: string, row: Row): boolean {
  if (condition.startsWith('and(')) return parts(condition.slice(4, -1)).every((part) => matches(part, row));
  const [field = '', ...rest] = condition.split('.');
  const negated = rest[0] === 'not';
  if (negated) rest.shift();
  const operator = rest.shift();
  const text = rest.join('.').replace(/^"(.*)"$/s, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1'));
  return compares(row[field] ?? null, operator, text) !== negated;
}

function compares(value: Value, operator: string | undefined, text: string): boolean {
  if (operator === 'is' && text === 'null') return value === null;
  if (value === null) return false;
  const other = typeof value === 'number' ? Number(text) : text;
  if (operator === 'eq') return value === other;
  if (operator === 'gt' || operator === 'gte') return value > other || (operator === 'gte' && value === other);
  if (operator === 'lt' || operator === 'lte') return value < other || (operator === 'lte' && value === other);
  throw new Error(`the table does not know ${String(operator)}`);
}

/** Splits at the commas that are in no brackets and in no quotes. */
function parts(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|and\((?:"(?:\\.|[^"\\])*"|[^()"])*\)|[^,"()])+/gs) ?? [];
}
