import { calendar, lists, one, policy, reads, rows, texts, type Case } from './cases.js';
import { calendarId, id } from './stub.js';

const byId = 'order=id.asc%2Ctenant_id.asc';
const open = { ticket_type: 'a&b', priority: 'high' };

/** The routes that read. */
export const readingCases: Case[] = [
  lists('listPolicies', `/policies?select=*&${byId}`, ({ policies }) => policies.list()),
  {
    ...lists('listPolicies', '/policies?offset=10&select=id%2Cname&order=name.desc%2Cid.asc%2Ctenant_id.asc&limit=5', ({ policies }) =>
      policies.list({ select: ['id', 'name'], limit: 5, offset: 10, order: ['name.desc', 'id'], count: 'exact' }),
    ),
    prefer: 'count=exact',
    answer: { status: 206, json: rows, headers: { 'Content-Range': '10-10/4711' } },
    result: { rows, total: 4711 },
  },
  lists(
    'listPolicies',
    '/policies?category=eq.hr&status=eq.active&owner_id=eq.1&tag=a%26b&limit=5&search=%22at+rest%22+-draft%26x%3D1',
    ({ policies }) =>
      policies.list({ search: '"at rest" -draft&x=1', category: 'hr', status: 'active', owner_id: '1', tag: 'a&b', limit: 5 }),
  ),
  { ...reads('getPolicy', `/policies/${id}?select=*`, policy, ({ policies }) => policies.get(id)), accept: one },
  lists('listPolicyAcknowledgements', `/policies/${id}/acknowledgements?select=*&state=eq.late&${byId}`, ({ policies }) =>
    policies.acknowledgements(id, { state: 'late' }),
  ),
  lists(
    'listAcknowledgements',
    `/policies/acknowledgements?select=*&state=in.%28%22late%22%2C%22outstanding%22%29&${byId}`,
    ({ policies }) => policies.allAcknowledgements({ state: ['late', 'outstanding'] }),
  ),
  lists('listPolicyVersions', `/policies/${id}/versions?select=*&order=version_sort_key.desc%2Ctenant_id.asc`, ({ policies }) =>
    policies.versions(id),
  ),
  reads('getPolicyVersion', `/policies/${id}/versions/1.2.0-rc.1`, policy, ({ policies }) => policies.version(id, '1.2.0-rc.1')),
  reads('getPolicyVersion', `/policies/${id}/versions/1.2.0%2Bbuild.7`, policy, ({ policies }) => policies.version(id, '1.2.0+build.7')),
  lists('listPolicyReviews', `/policies/${id}/reviews?select=*&${byId}`, ({ policies }) => policies.reviews(id)),
  lists('listPolicyHistory', `/policies/${id}/history?select=*&order=valid_from.asc%2Ctenant_id.asc`, ({ policies }) =>
    policies.history(id),
  ),
  lists('listPolicyApprovals', `/policies/${id}/approvals?select=*&${byId}`, ({ policies }) => policies.approvals(id)),
  reads('getPolicyContentHash', `/policies/${id}/content-hash`, 'abc', ({ policies }) => policies.contentHash(id)),
  texts('getPolicyMarkdown', `/policies/${id}/markdown?version=draft`, 'text/markdown', '# ä\n', ({ policies }) =>
    policies.markdown(id, { version: 'draft' }),
  ),
  texts('getPolicyHtml', `/policies/${id}/html`, 'text/html', '<p>"</p>', ({ policies }) => policies.html(id)),
  reads('getPolicyTableOfContents', `/policies/${id}/table-of-contents?version=1.0`, [{ level: 1 }], ({ policies }) =>
    policies.tableOfContents(id, { version: '1.0' }),
  ),
  reads('diffPolicy', `/policies/${id}/diff?from_version=1.0&context_lines=0`, '--- 1.0', ({ policies }) =>
    policies.diff(id, { from_version: '1.0', context_lines: 0 }),
  ),
  lists('searchPolicies', '/policies/search?query=a+%22b+c%22&category=hr&max_results=7', ({ policies }) =>
    policies.search({ query: 'a "b c"', category: 'hr', max_results: 7 }),
  ),
  lists('listPoliciesInForce', `/policies/in-force?select=*&category=eq.hr&${byId}`, ({ policies }) =>
    policies.inForce({ category: 'hr' }),
  ),
  lists('listDeletedPolicies', `/policies/deleted?select=*&${byId}&limit=1`, ({ policies }) => policies.deleted({ limit: 1 })),
  lists(
    'reviewDue',
    '/policies/review-due?within=30+days&as_of=1970-01-01T00%3A00%3A00.000Z&select=id%2Cnext_review_at%2Ctenant_id%2Ccategory' +
      '&category=eq.hr&order=next_review_at.asc%2Ctenant_id.asc%2Cid.asc',
    ({ policies }) => policies.reviewDue({ within: '30 days', as_of: new Date(0), category: 'hr', select: ['id'] }),
  ),
  lists(
    'reviewCalendar',
    '/policies/review-calendar?from_time=2026-01-01&select=*&order=due_at.asc%2Ctenant_id.asc%2Cpolicy_id.asc',
    ({ policies }) => policies.reviewCalendar({ from_time: '2026-01-01' }),
  ),
  texts('reviewCalendarIcalendar', '/policies/review-calendar.ics?until_time=2027-01-01', 'text/calendar', 'BEGIN', ({ policies }) =>
    policies.reviewCalendarIcalendar({ until_time: '2027-01-01' }),
  ),
  reads(
    'slaDeadlines',
    '/policies/sla-deadlines?ticket_type=a%26b&priority=high&opened_at=2026-11-28T12%3A00%3A00Z',
    policy,
    ({ policies }) => policies.slaDeadlines({ ...open, opened_at: '2026-11-28T12:00:00Z' }),
  ),
  reads(
    'slaStatus',
    '/policies/sla-status?ticket_type=a%26b&priority=high&opened_at=1970-01-01T00%3A00%3A00.000Z&at_risk_minutes=5',
    rows,
    ({ policies }) => policies.slaStatus({ ...open, opened_at: new Date(0), at_risk_minutes: 5 }),
  ),
  lists('listBusinessCalendars', `/business-calendars?select=*&name=eq.Office&${byId}`, ({ businessCalendars }) =>
    businessCalendars.list({ name: 'Office' }),
  ),
  {
    ...reads('getBusinessCalendar', `/business-calendars/${calendarId}?select=name`, calendar, ({ businessCalendars }) =>
      businessCalendars.get(calendarId, { select: ['name'] }),
    ),
    accept: one,
  },
];
