import { versionSegment, withParameters } from './arguments.js';
import { list, type ListControls, type ListOptions } from './list.js';
import type { Listing } from './listing.js';
import { numberOf, Resource, rowOf, rowsOf, textOf } from './resource.js';
import { searchFunction, searchList, type SearchListOptions, type SearchOptions } from './search.js';
import type { Answer, CallOptions, Transport } from './transport.js';
import type * as types from './types.js';

/** The routes below `/policies`. */
export class Policies extends Resource<types.Policy, types.PolicyFields, types.PolicyFields> {
  /** @internal */
  constructor(transport: Transport) {
    super(transport, 'policies', 'pol');
  }

  /** Lists what is found, the best first; `for await` pages by rank and id. */
  override list(options: SearchListOptions): Listing<types.SearchResult>;
  /**
   * Lists the caller's policies: `await` gives one page, `for await` all of them.
   * @example `await client.policies.policies.list({ category: 'security', status: ['active', 'draft'], order: 'name' })`
   */
  override list<Field extends keyof types.Policy = keyof types.Policy>(
    options?: ListOptions<types.Policy, Field> & { search?: undefined },
  ): Listing<Pick<types.Policy, Field>>;
  override list(options: object = {}): Listing<never> {
    const isSearch = (options as { search?: unknown }).search !== undefined;
    return (isSearch ? searchList(this.transport, options as SearchListOptions) : super.list(options)) as Listing<never>;
  }

  /** Every policy that is found, the best first. */
  override all(options: SearchListOptions): AsyncIterable<types.SearchResult>;
  /** Every policy that matches, page after page: none is skipped or repeated when others come or go meanwhile. */
  override all<Field extends keyof types.Policy = keyof types.Policy>(
    options?: ListOptions<types.Policy, Field> & { search?: undefined },
  ): AsyncIterable<Pick<types.Policy, Field>>;
  override all(options: object = {}): AsyncIterable<never> {
    return this.list(options as SearchListOptions) as AsyncIterable<never>;
  }

  /** Searches, the best first, with snippets; `for await` pages by rank and id. */
  search(options: SearchOptions): Listing<types.SearchResult> {
    return searchFunction(this.transport, options);
  }

  /** Lists what is published and active, as it was published. */
  inForce<Field extends keyof types.PolicyInForce = keyof types.PolicyInForce>(
    options: ListOptions<types.PolicyInForce, Field> = {} as ListOptions<types.PolicyInForce, Field>,
  ): Listing<Pick<types.PolicyInForce, Field>> {
    return list(this.transport, { path: 'policies/in-force', key: ['id', 'tenant_id'] }, options);
  }

  /** Lists what is deleted. */
  deleted<Field extends keyof types.DeletedPolicy = keyof types.DeletedPolicy>(
    options: ListOptions<types.DeletedPolicy, Field> = {} as ListOptions<types.DeletedPolicy, Field>,
  ): Listing<Pick<types.DeletedPolicy, Field>> {
    return list(this.transport, { path: 'policies/deleted', key: ['id', 'tenant_id'] }, options);
  }

  /** Completes the current review: sets the next date, and logs who reviewed which version. A second time is a `Conflict`. */
  async complete(id: string, completion: types.Completion = {}, options: CallOptions = {}): Promise<types.Policy> {
    return rowOf(await this.act(id, 'complete', completion, options));
  }

  /** Approves the draft that has this content hash, and returns how many approvals it has. */
  async approve(id: string, approval: types.Approval, options: CallOptions = {}): Promise<number> {
    return numberOf(await this.act(id, 'approve', approval, options));
  }

  /** Freezes the draft as a version: `major`, `minor`, `patch`, or one of your own. */
  async publish(id: string, publication: types.Publication, options: CallOptions = {}): Promise<types.Policy> {
    return rowOf(await this.act(id, 'publish', publication, options));
  }

  /** Confirms that the caller has read a version, and returns the acknowledgements that this gave. */
  async acknowledge(
    id: string,
    acknowledgement: types.Acknowledgement = {},
    options: CallOptions = {},
  ): Promise<types.PolicyAcknowledgement[]> {
    return rowsOf(await this.act(id, 'acknowledge', acknowledgement, options));
  }

  /** Asks persons to acknowledge a policy, and returns how many of them have yet to. */
  async requestAcknowledgements(id: string, request: types.AcknowledgementRequest, options: CallOptions = {}): Promise<number> {
    return numberOf(await this.act(id, 'acknowledgements', request, options));
  }

  /** Lists who is to acknowledge a policy, and who has. */
  acknowledgements(id: string, options: ListOptions<types.PolicyAcknowledgement> = {}): Listing<types.PolicyAcknowledgement> {
    return this.#listPart(id, 'acknowledgements', ['id', 'tenant_id'], options);
  }

  /** Lists the acknowledgements of all policies. */
  allAcknowledgements(options: ListOptions<types.PolicyAcknowledgement> = {}): Listing<types.PolicyAcknowledgement> {
    return list(this.transport, { path: 'policies/acknowledgements', key: ['id', 'tenant_id'] }, options);
  }

  /** Lists the published versions, the newest first. */
  versions(id: string, options: ListOptions<types.PolicyVersion> = {}): Listing<types.PolicyVersion> {
    return this.#listPart(id, 'versions', ['version_sort_key.desc', 'tenant_id'], options);
  }

  /** Gets a published version with its content. */
  async version(id: string, version: string, options: CallOptions = {}): Promise<types.PolicyVersionWithContent> {
    const path = this.pathOf(id, `versions/${versionSegment(version)}`);
    return rowOf(await this.transport.json(path, options));
  }

  /** Lists the completed reviews. */
  reviews(id: string, options: ListOptions<types.PolicyReview> = {}): Listing<types.PolicyReview> {
    return this.#listPart(id, 'reviews', ['id', 'tenant_id'], options);
  }

  /** Lists what the policy was before each write, the oldest first. */
  history(id: string, options: ListOptions<types.PolicyHistoryEntry> = {}): Listing<types.PolicyHistoryEntry> {
    return this.#listPart(id, 'history', ['valid_from', 'tenant_id'], options);
  }

  /** Lists the approvals, and whether the draft is still what they approved. */
  approvals(id: string, options: ListOptions<types.PolicyApproval> = {}): Listing<types.PolicyApproval> {
    return this.#listPart(id, 'approvals', ['id', 'tenant_id'], options);
  }

  /** Gets the hash of the draft's content, which an approval names. */
  async contentHash(id: string, options: CallOptions = {}): Promise<string> {
    return textOf(await this.transport.json(this.pathOf(id, 'content-hash'), options));
  }

  /** Reads a policy as Markdown: what is in force, or the version that is named. */
  async markdown(id: string, options: types.ReadingQuery & CallOptions = {}): Promise<string> {
    const { signal, timeout, ...query } = options;
    return this.transport.text(withParameters(this.pathOf(id, 'markdown'), query), 'text/markdown', { signal, timeout });
  }

  /** Reads a policy as HTML that is safe to show: what is in force, or the version that is named. */
  async html(id: string, options: types.ReadingQuery & CallOptions = {}): Promise<string> {
    const { signal, timeout, ...query } = options;
    return this.transport.text(withParameters(this.pathOf(id, 'html'), query), 'text/html', { signal, timeout });
  }

  /** Gets the headings of a policy, with the anchors that they have in the HTML. */
  async tableOfContents(id: string, options: types.ReadingQuery & CallOptions = {}): Promise<types.Heading[]> {
    return rowsOf(await this.#ask(this.pathOf(id, 'table-of-contents'), options));
  }

  /** Compares a version with the draft, or with another version, as a unified diff. */
  async diff(id: string, options: types.DiffQuery & CallOptions): Promise<string> {
    return textOf(await this.#ask(this.pathOf(id, 'diff'), options));
  }

  /** Lists the policies whose review is overdue, or due within a time, the longest overdue first. */
  reviewDue(options: types.ReviewDueQuery & ListOptions<types.Policy> = {}): Listing<types.Policy> {
    const key = ['next_review_at', 'tenant_id', 'id'];
    return list(this.transport, { path: 'policies/review-due', key, arguments: ['within', 'as_of'] }, options);
  }

  /** Lists the reviews that are due in a time: the coming year unless given. */
  reviewCalendar(options: types.ReviewCalendarQuery & ListOptions<types.ReviewCalendarEntry> = {}): Listing<types.ReviewCalendarEntry> {
    const key = ['due_at', 'tenant_id', 'policy_id'];
    return list(this.transport, { path: 'policies/review-calendar', key, arguments: ['from_time', 'until_time'] }, options);
  }

  /** The same for calendar programs, as iCalendar text. */
  async reviewCalendarIcalendar(options: types.ReviewCalendarQuery & CallOptions = {}): Promise<string> {
    const { signal, timeout, ...query } = options;
    return this.transport.text(withParameters('policies/review-calendar.ics', query), 'text/calendar', { signal, timeout });
  }

  /** Tells when a ticket is due, and by which policy; all is null where none applies. */
  async slaDeadlines(options: types.SlaDeadlinesQuery & CallOptions): Promise<types.SlaDeadline> {
    return rowOf(await this.#ask('policies/sla-deadlines', options));
  }

  /** Tells how a ticket stands against each target; nothing where no policy applies. */
  async slaStatus(options: types.SlaStatusQuery & CallOptions): Promise<types.SlaStatus[]> {
    return rowsOf(await this.#ask('policies/sla-status', options));
  }

  async #ask(path: string, options: CallOptions): Promise<Answer> {
    const { signal, timeout, ...query } = options;
    return this.transport.json(withParameters(path, query), { signal, timeout });
  }

  #listPart<Row>(id: string, part: string, key: readonly string[], options: ListControls<Row>): Listing<Row> {
    return list(this.transport, { path: this.pathOf(id, part), key }, options);
  }
}
