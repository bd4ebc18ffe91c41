import { fieldName, shown, wholeNumber, withParameters } from './arguments.js';
import { InvalidAnswer, InvalidArgument } from './errors.js';
import { applyFilters, type Filters, type FilterQuery } from './filters.js';
import { Listing, type Page } from './listing.js';
import { afterRow, orderTerms, startAtRow, type Order, type Term } from './order.js';
import type { CallOptions, Relation, Transport } from './transport.js';

/** How rows are listed, besides by the filters. */
export interface ListControls<Row, Field extends keyof Row = keyof Row> extends CallOptions {
  /** The fields to have; all unless given. Those that are sorted by come with them. */
  select?: readonly Field[];
  /** What to sort by. The id is always added, so that the order is one of its kind. */
  order?: Order<Row> | readonly Order<Row>[];
  /** At most so many rows; one answer has 1,000 at most. */
  limit?: number;
  /** So many rows are left out first. */
  offset?: number;
  /** Has the total told as well. */
  count?: 'exact';
  /** How many rows `for await` asks for at a time: 1,000 unless given. */
  pageSize?: number;
  /** Adds conditions that the typed filters cannot say. */
  where?: (query: FilterQuery) => FilterQuery;
}

/** Filters by field, and how to list. */
export type ListOptions<Row, Field extends keyof Row = keyof Row> = Filters<Row> & ListControls<Row, Field>;

/** A route that lists rows. */
export interface ListRoute {
  path: string;
  /** What tells rows apart, and sorts them unless `order` does. */
  key: readonly string[];
  /** The names of those options that are arguments of a function and not filters. */
  arguments?: readonly string[];
}

/** The options of a list, told apart. */
interface Plan {
  controls: ListControls<Record<string, unknown>>;
  parameters: Record<string, unknown>;
  filters: Record<string, unknown>;
  terms: readonly Term[];
}

/** What one request asks for. */
interface Window {
  select: readonly string[] | undefined;
  limit: number | undefined;
  offset: number | undefined;
  /** The last row of the page before. */
  after: Record<string, unknown> | undefined;
}

const controlNames = ['select', 'order', 'limit', 'offset', 'count', 'pageSize', 'where', 'signal', 'timeout'];

/** Lists the rows of a route. */
export function list<Row>(transport: Transport, route: ListRoute, options: object): Listing<Row> {
  const readPage = async (): Promise<Page<Row>> => {
    const plan = planOf(route, options);
    const { select, limit, offset } = plan.controls;
    return (await read(transport, route, plan, { select, limit, offset, after: undefined })) as Page<Row>;
  };
  return new Listing(readPage, () => readAll(transport, route, options) as AsyncGenerator<Row>);
}

/** Page after page, each beginning after the last row of the one before: what comes and goes meanwhile shifts nothing. */
async function* readAll(transport: Transport, route: ListRoute, options: object): AsyncGenerator<Record<string, unknown>> {
  const plan = planOf(route, options);
  const { controls, terms } = plan;
  const pageSize = wholeNumber('pageSize', controls.pageSize ?? 1000, 1);
  let left = wholeNumber('limit', controls.limit ?? Number.MAX_SAFE_INTEGER, 0);
  let offset = controls.offset;
  let after: Record<string, unknown> | undefined;
  const select = controls.select && [...new Set([...controls.select, ...terms.map(({ field }) => field)])];
  while (left > 0) {
    const { rows } = await read(transport, route, plan, { select, limit: Math.min(left, pageSize), offset, after });
    yield* rows;
    // A short page need not be the last: the server's own limit may be below what was asked for.
    if (rows.length === 0) return;
    left -= rows.length;
    after = rows[rows.length - 1];
    offset = undefined;
  }
}

function planOf(route: ListRoute, options: object): Plan {
  const controls: Record<string, unknown> = {};
  const parameters: Record<string, unknown> = {};
  const filters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const part = controlNames.includes(name) ? controls : route.arguments?.includes(name) ? parameters : filters;
    part[name] = value;
  }
  if (controls['count'] !== undefined && controls['count'] !== 'exact') {
    throw new InvalidArgument(`count can be 'exact' only, not ${shown(controls['count'])}`);
  }
  const terms = orderTerms(controls['order'] as string | readonly string[] | undefined, route.key);
  return { controls, parameters, filters, terms };
}

async function read(transport: Transport, route: ListRoute, plan: Plan, window: Window): Promise<Page<Record<string, unknown>>> {
  const { count, where, signal, timeout } = plan.controls;
  const columns = columnsOf(route, plan, window.select);
  const build = (relation: Relation): FilterQuery => {
    const query = applyFilters(relation.select(columns, count ? { count } : {}), plan.filters);
    return applyWindow(where ? where(query) : query, plan.terms, window);
  };
  const offset = window.offset === undefined ? {} : { offset: wholeNumber('offset', window.offset, 0) };
  const path = withParameters(route.path, { ...plan.parameters, ...offset });
  const { data, count: total } = await transport.query(path, build, { signal, timeout });
  if (!Array.isArray(data)) throw new InvalidAnswer('the answer is not a list', 200);
  return { rows: data as Record<string, unknown>[], total };
}

function columnsOf(route: ListRoute, { terms, filters }: Plan, select: readonly string[] | undefined): string {
  if (!select) return '*';
  // Of a function's result PostgREST sorts and filters by what is selected alone.
  const needed = route.arguments ? [...terms.map(({ field }) => field), ...Object.keys(filters)] : [];
  return [...new Set([...select, ...needed])].map(fieldName).join(',');
}

function applyWindow(query: FilterQuery, terms: readonly Term[], { limit, after }: Window): FilterQuery {
  let windowed = query;
  if (after) {
    const start = startAtRow(terms, after);
    if (start) windowed = windowed.filter(...start);
    windowed = windowed.or(afterRow(terms, after));
  }
  for (const { field, descending, nullsFirst } of terms) {
    windowed = windowed.order(field, { ascending: !descending, nullsFirst: nullsFirst === descending ? undefined : nullsFirst });
  }
  return limit === undefined ? windowed : windowed.limit(wholeNumber('limit', limit, 0));
}
