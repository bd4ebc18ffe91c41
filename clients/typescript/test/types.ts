// What does not compile. Nothing here runs: tsc fails where one of the marked lines compiles, or another one does not.
import type { Client, Page, Policy, SearchResult } from '@policies/client';

const id = 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV';

export async function policies({ policies: { policies } }: Client): Promise<void> {
  const policy: Policy = await policies.create({
    name: 'x',
    category: 'security',
    review_cadence: '1 year',
    tags: { gdpr: true },
    owner_id: null,
  });
  const many: Policy[] = await policies.create([{ name: 'x' }, { status: 'draft' }]);
  policy.category satisfies 'security' | 'privacy' | 'hr' | 'compliance' | 'finance' | 'operations' | 'other' | null;
  policy.name satisfies string | null;
  policy.id satisfies string;
  policy.updated_at satisfies string;
  many.length satisfies number;
  // What the server manages may be given.
  await policies.create({ id: 'rec_01HXEXAMPLE', tenant_id: 'x', created_at: '2026-01-01T00:00:00Z', app_id: 'x', created_by: 'x' });
  // @ts-expect-error a field that there is not
  await policies.create({ nam: 'x' });
  // @ts-expect-error a category that there is not
  await policies.create({ category: 'nonsense' });
  // @ts-expect-error a number is no name
  await policies.create([{ name: 5 }]);
  // @ts-expect-error a status that there is not
  await policies.update(id, { status: 'archived' });
  await policies.update(id, { name: 'x' }, { ifUpdatedAt: new Date() });
  // @ts-expect-error a number is no time
  await policies.update(id, { name: 'x' }, { ifUpdatedAt: Date.now() });
  // @ts-expect-error an outcome that there is not
  await policies.complete(id, { outcome: 'perfect' });
  // @ts-expect-error the content hash is required
  await policies.approve(id, { note: 'x' });
  // @ts-expect-error the version is required
  await policies.publish(id, { change_note: 'x' });
  // @ts-expect-error the persons are required
  await policies.requestAcknowledgements(id, {});
  // @ts-expect-error a policy has no such method
  await policies.purge(id);
}

export async function lists({ policies: { policies } }: Client): Promise<void> {
  const page: Page<Policy> = await policies.list({ category: 'security', status: ['active', 'draft'], order: 'name', count: 'exact' });
  page.total satisfies number | null;
  const chosen = (await policies.list({ select: ['id', 'name'], owner_id: null, next_review_at: { lt: new Date() } })).rows[0];
  chosen?.name satisfies string | null | undefined;
  // @ts-expect-error it was not selected
  chosen?.body;
  // @ts-expect-error a field that there is not
  policies.list({ nonsense: 'x' });
  // @ts-expect-error a category that there is not
  policies.list({ category: 'nonsense' });
  // @ts-expect-error a category that there is not, among others
  policies.list({ category: ['hr', 'nonsense'] });
  // @ts-expect-error a category that there is not, by an operator
  policies.list({ category: { neq: 'nonsense' } });
  // @ts-expect-error a time is no number
  policies.list({ first_response_minutes: 'soon' });
  // @ts-expect-error an operator that there is not
  policies.list({ name: { matches: 'x' } });
  // @ts-expect-error JSON is not compared as a text
  policies.list({ tags: 'gdpr' });
  // @ts-expect-error a field that there is not
  policies.list({ order: 'nonsense' });
  // @ts-expect-error a direction that there is not
  policies.list({ order: 'name.up' });
  // @ts-expect-error a field that there is not
  policies.list({ select: ['nonsense'] });
  // @ts-expect-error estimates are refused
  policies.list({ count: 'planned' });
  // @ts-expect-error a state that there is not
  policies.acknowledgements(id, { state: 'asleep' });
}

export async function searches({ policies: { policies } }: Client): Promise<void> {
  const page: Page<SearchResult> = await policies.list({ search: 'x', category: 'hr', limit: 5 });
  page.rows[0]?.snippet satisfies string | null | undefined;
  for await (const found of policies.all({ search: 'x' })) found.rank satisfies number | null;
  for await (const policy of policies.all({ select: ['id'] })) policy.id satisfies string;
  // @ts-expect-error a search has an order of its own
  policies.list({ search: 'x', order: 'name' });
  // @ts-expect-error a search takes one status
  policies.list({ search: 'x', status: ['active', 'draft'] });
  // @ts-expect-error the words are required
  policies.search({ category: 'hr' });
}

export async function others({ policies: { policies, businessCalendars } }: Client): Promise<void> {
  const opening_hours = [{ weekdays: [1, 2, 3, 4, 5], opens: '09:00', closes: '17:00' }];
  await businessCalendars.create({ time_zone: 'Europe/Berlin', opening_hours });
  // @ts-expect-error opening hours are required
  await businessCalendars.create({ time_zone: 'Europe/Berlin' });
  // @ts-expect-error an interval closes
  await businessCalendars.create({ time_zone: 'Europe/Berlin', opening_hours: [{ weekdays: [1], opens: '09:00' }] });
  const [status] = await policies.slaStatus({ ticket_type: 'x', priority: 'y', opened_at: new Date() });
  status?.state satisfies string | null | undefined;
  // @ts-expect-error the time of opening is required
  await policies.slaDeadlines({ ticket_type: 'x', priority: 'y' });
  // @ts-expect-error the version to compare with is required
  await policies.diff(id, {});
  (await policies.markdown(id, { version: 'draft' })) satisfies string;
}
