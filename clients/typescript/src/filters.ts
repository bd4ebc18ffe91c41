import type { PostgrestFilterBuilder } from '@supabase/postgrest-js';
import { fieldName, shown, valueText } from './arguments.js';
import { InvalidArgument } from './errors.js';

type Scalar = string | number | boolean;
/** A time may be given as a Date; a field with a fixed list of values takes those alone. */
type Value<T> = string extends T ? T | Date : T;

/** PostgREST's operators for texts, numbers, times and booleans. */
export interface Comparison<T> {
  /** equal */
  eq?: Value<T>;
  /** not equal */
  neq?: Value<T>;
  /** greater */
  gt?: Value<T>;
  /** greater or equal */
  gte?: Value<T>;
  /** less */
  lt?: Value<T>;
  /** less or equal */
  lte?: Value<T>;
  /** a pattern, with `*` for anything */
  like?: string;
  /** a pattern, whatever the case */
  ilike?: string;
  /** one of several */
  in?: readonly Value<T>[];
  /** null, true or false */
  is?: null | boolean;
  /** all that does not match */
  not?: Omit<Comparison<T>, 'not'>;
}

/** PostgREST's operators for JSON. */
export interface JsonComparison {
  /** equal, whatever the order of keys */
  eq?: unknown;
  /** contains: `{ cs: ['gdpr'] }` */
  cs?: unknown;
  /** contained in */
  cd?: unknown;
  is?: null;
  /** all that does not match */
  not?: Omit<JsonComparison, 'not'>;
}

/** What one field is to be: a value, one of several, null, or what operators say. */
export type Filter<T> = [T] extends [Scalar] ? Value<T> | readonly Value<T>[] | null | Comparison<T> : null | JsonComparison;

/** What the fields of the rows are to be; all must match. */
export type Filters<Row> = { [Field in keyof Row]?: Filter<NonNullable<Row[Field]>> };

/** A query of postgrest-js, for what the typed filters cannot say: `(query) => query.or('status.eq.draft,owner_id.is.null')`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type FilterQuery = PostgrestFilterBuilder<any, any, any, any, any>;

const comparisons = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'in', 'is', 'cs', 'cd'];

/** A text as a list or a logical condition holds it: whatever is in it, it stays one value. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** Adds the filters to a query. */
export function applyFilters(query: FilterQuery, filters: object): FilterQuery {
  let filtered = query;
  for (const [name, filter] of Object.entries(filters)) {
    if (filter !== undefined) filtered = applyFilter(filtered, fieldName(name), filter);
  }
  return filtered;
}

function applyFilter(query: FilterQuery, field: string, filter: unknown): FilterQuery {
  if (filter === null) return query.filter(field, 'is', 'null');
  if (Array.isArray(filter)) return query.filter(field, 'in', listText(field, filter));
  if (typeof filter !== 'object' || filter instanceof Date) return query.filter(field, 'eq', valueText(field, filter));
  return applyComparison(query, field, filter, '');
}

function applyComparison(query: FilterQuery, field: string, comparison: object, prefix: '' | 'not.'): FilterQuery {
  const entries = Object.entries(comparison).filter(([, value]) => value !== undefined);
  // As no filter at all, an empty one would return more than was asked for.
  if (entries.length === 0) throw new InvalidArgument(`${field}: the filter names no operator`);
  let filtered = query;
  for (const [operator, value] of entries) {
    if (operator === 'not' && !prefix && typeof value === 'object' && value !== null) {
      filtered = applyComparison(filtered, field, value as object, 'not.');
    } else if (comparisons.includes(operator)) {
      filtered = filtered.filter(field, prefix + operator, operandText(field, operator, value));
    } else {
      throw new InvalidArgument(`${field}: ${shown(operator)} is not one of ${comparisons.join(', ')} and not`);
    }
  }
  return filtered;
}

function operandText(field: string, operator: string, value: unknown): string {
  if (operator === 'in') return listText(field, value);
  if (operator === 'is') return value === null ? 'null' : valueText(field, value);
  const isJson = operator === 'cs' || operator === 'cd' || (operator === 'eq' && typeof value === 'object' && !(value instanceof Date));
  return isJson ? JSON.stringify(value) : valueText(field, value);
}

function listText(field: string, values: unknown): string {
  if (!Array.isArray(values)) throw new InvalidArgument(`${field}: ${shown(values)} is not a list`);
  return `(${values.map((value) => quoted(valueText(field, value))).join(',')})`;
}
