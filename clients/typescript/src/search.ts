import { shown, valueText, wholeNumber, withParameters } from './arguments.js';
import { InvalidArgument } from './errors.js';
import { Listing, type Page } from './listing.js';
import { rowsOf } from './resource.js';
import type { CallOptions, Transport } from './transport.js';
import type { SearchQuery, SearchResult } from './types.js';

/** A search by the list: words in web-search syntax, and what may stand beside them. */
export interface SearchListOptions extends Omit<SearchQuery, 'query' | 'max_results'>, CallOptions {
  /** Words, "phrases", or, -without. */
  search: string;
  /** At most so many results, 1 to 1,000: 20 unless given. `for await` has so many in a page, and gives them all. */
  limit?: number;
}

/** A search, with the arguments as search_policies() has them. `for await` has `max_results` in a page, and gives them all. */
export type SearchOptions = SearchQuery & CallOptions;

/** Searches by `GET /policies?search=`. */
export function searchList(transport: Transport, options: SearchListOptions): Listing<SearchResult> {
  const pathOf = ({ search, limit, ...rest }: Record<string, unknown>): string =>
    withParameters('policies', { ...withEquals(rest), limit, search: words('search', search) });
  return pages(transport, pathOf, options, 'limit');
}

/** Searches by `GET /policies/search?query=`. */
export function searchFunction(transport: Transport, options: SearchOptions): Listing<SearchResult> {
  const pathOf = ({ query, ...rest }: Record<string, unknown>): string =>
    withParameters('policies/search', { query: words('query', query), ...rest });
  return pages(transport, pathOf, options, 'max_results');
}

/** Three of the filters are written as PostgREST's; what the list's search does not take is refused rather than passed over. */
function withEquals(given: Record<string, unknown>): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (['category', 'status', 'owner_id'].includes(name)) parameters[name] = `eq.${valueText(name, value)}`;
    else if (['tag', 'after_rank', 'after_id'].includes(name)) parameters[name] = value;
    else throw new InvalidArgument(`${shown(name)} cannot be combined with search; category, status, owner_id, tag and limit can`);
  }
  return parameters;
}

function words(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidArgument(`${name} must be the words to search for, not ${shown(value)}`);
}

function pages(
  transport: Transport,
  pathOf: (parameters: Record<string, unknown>) => string,
  options: object,
  size: string,
): Listing<SearchResult> {
  const { signal, timeout, ...parameters } = options as CallOptions & Record<string, unknown>;
  const read = async (more: Record<string, unknown>): Promise<SearchResult[]> => {
    const given = { ...parameters, ...more };
    if (given[size] !== undefined) wholeNumber(size, given[size], 1);
    return rowsOf(await transport.json(pathOf(given), { signal, timeout }));
  };
  const readAll = async function* (): AsyncGenerator<SearchResult> {
    let rows = await read({});
    for (let last = rows.at(-1); last; last = rows.at(-1)) {
      yield* rows;
      rows = await read({ after_rank: last.rank, after_id: last.id });
    }
  };
  const readPage = async (): Promise<Page<SearchResult>> => ({ rows: await read({}), total: null });
  return new Listing(readPage, readAll);
}
