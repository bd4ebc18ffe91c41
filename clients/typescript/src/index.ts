import { BusinessCalendars } from './business_calendars.js';
import { Policies } from './policies.js';
import { Transport, type ClientOptions } from './transport.js';

/** A client of the register. */
export interface Client {
  policies: {
    /** Policy documents and SLA policies. */
    policies: Policies;
    /** When the tenant is open, for the SLA clock. */
    businessCalendars: BusinessCalendars;
  };
}

/**
 * Makes a client of the register at an address.
 * @example
 * ```ts
 * const client = createClient({ url: 'https://policies.example.org', token: () => session.accessToken() });
 * const { rows } = await client.policies.policies.list({ category: 'security' });
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const transport = new Transport(options);
  return { policies: { policies: new Policies(transport), businessCalendars: new BusinessCalendars(transport) } };
}

export type { BusinessCalendars, ClientOptions, Policies };
export * from './errors.js';
export type { Comparison, Filter, FilterQuery, Filters, JsonComparison } from './filters.js';
export type { ListControls, ListOptions } from './list.js';
export type { Listing, Page } from './listing.js';
export type { Order } from './order.js';
export type { ConditionOptions, Resource, SelectOptions } from './resource.js';
export type { SearchListOptions, SearchOptions } from './search.js';
export type { CallOptions } from './transport.js';
export type * from './types.js';
