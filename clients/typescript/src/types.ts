import type { components, operations } from './generated/openapi.js';

type Schemas = components['schemas'];
type Operations = operations;

/** A record as an answer has it: every field is there, and null where it has no value. */
type Received<Name extends keyof Schemas> = { -readonly [Field in keyof Schemas[Name]]-?: Exclude<Schemas[Name][Field], undefined> };

/** The arguments of a route in the address, by their names: those of its function. Times may be given as Dates. */
type Query<Name extends keyof Operations, Arguments extends string> = Operations[Name] extends { parameters: { query?: infer Parameters } }
  ? {
      [Argument in keyof Pick<NonNullable<Parameters>, Arguments & keyof NonNullable<Parameters>>]: OrDate<
        NonNullable<Parameters>[Argument]
      >;
    }
  : never;
type OrDate<T> = string extends T ? T | Date : T;

/** What a route takes as its body. */
type Body<Name extends keyof Operations> = Operations[Name] extends { requestBody?: infer Request }
  ? NonNullable<Request> extends { content: { 'application/json': infer Fields } }
    ? Fields
    : never
  : never;

/** A versioned policy document with an owner and review cadence, or an SLA policy. */
export type Policy = Received<'Policy'>;
/** What creates or updates a policy. Nothing is required; what the server manages may be given, and is ignored. */
export type PolicyFields = Partial<Policy>;
/** A deleted policy. */
export type DeletedPolicy = Received<'DeletedPolicy'>;
/** What a policy was before a write, and when it was so. */
export type PolicyHistoryEntry = Received<'PolicyHistoryEntry'>;
/** The latest published version of an active policy. */
export type PolicyInForce = Received<'PolicyInForce'>;
/** Who published which version of a policy when. */
export type PolicyVersion = Received<'PolicyVersion'>;
/** A published version with its content. */
export type PolicyVersionWithContent = Received<'PolicyVersionWithContent'>;
/** Who approved which content of a policy. */
export type PolicyApproval = Received<'PolicyApproval'>;
/** Who is to confirm having read which version of a policy, and who has. */
export type PolicyAcknowledgement = Received<'PolicyAcknowledgement'>;
/** A completed review. */
export type PolicyReview = Received<'PolicyReview'>;
/** A policy that a search found, with snippets. */
export type SearchResult = Received<'SearchResult'>;
/** A review that is due. */
export type ReviewCalendarEntry = Received<'ReviewCalendarEntry'>;
/** When the targets of the policy for a ticket are due. */
export type SlaDeadline = Received<'SlaDeadline'>;
/** How a ticket stands against one target. */
export type SlaStatus = Received<'SlaStatus'>;
/** Weekly opening hours and holidays. */
export type BusinessCalendar = Received<'BusinessCalendar'>;
/** What updates a business calendar. */
export type BusinessCalendarFields = Partial<BusinessCalendar>;
/** What creates a business calendar: its time zone and opening hours are required. */
export type NewBusinessCalendar = BusinessCalendarFields & Pick<BusinessCalendar, 'time_zone' | 'opening_hours'>;

/** What completes a review. */
export type Completion = Body<'completePolicy'>;
/** What approves a draft. */
export type Approval = Body<'approvePolicy'>;
/** What publishes a policy. */
export type Publication = Body<'publishPolicy'>;
/** What acknowledges a policy. */
export type Acknowledgement = Body<'acknowledgePolicy'>;
/** What asks persons to acknowledge a policy. */
export type AcknowledgementRequest = Body<'requestAcknowledgements'>;
/** What adds holidays to a business calendar. */
export type HolidayImport = Body<'importHolidays'>;

/** What to search for. */
export type SearchQuery = Query<
  'searchPolicies',
  'query' | 'category' | 'status' | 'tag' | 'owner_id' | 'after_rank' | 'after_id' | 'max_results'
>;
/** Within which time from when reviews are due. */
export type ReviewDueQuery = Query<'reviewDue', 'within' | 'as_of'>;
/** From when until when reviews are due. */
export type ReviewCalendarQuery = Query<'reviewCalendar', 'from_time' | 'until_time'>;
/** A ticket whose deadlines are asked for. */
export type SlaDeadlinesQuery = Query<'slaDeadlines', 'ticket_type' | 'priority' | 'opened_at' | 'pauses' | 'as_of'>;
/** A ticket that is to be seen against its targets. */
export type SlaStatusQuery = SlaDeadlinesQuery &
  Query<'slaStatus', 'first_responded_at' | 'resolved_at' | 'at_instant' | 'at_risk_minutes'>;
/** Which version is read: what is in force unless given; `draft` is the draft. */
export type ReadingQuery = Query<'getPolicyMarkdown', 'version' | 'tenant_id'>;
/** Which versions are compared, and with how many lines around the differences. */
export type DiffQuery = Query<'diffPolicy', 'from_version' | 'to_version' | 'context_lines' | 'tenant_id'>;
/** A heading of a policy, with its anchor in the HTML. */
export type Heading = Received<'Heading'>;
