import { fieldName, shown } from './arguments.js';
import { InvalidArgument } from './errors.js';
import { quoted } from './filters.js';

type Row = Readonly<Record<string, unknown>>;
type Nulls = '' | '.nullsfirst' | '.nullslast';

/** A field to sort by, as PostgREST writes it: `name`, `name.desc`, `next_review_at.asc.nullslast`. */
export type Order<Row> = `${Extract<keyof Row, string>}${'' | '.asc' | '.desc'}${Nulls}`;

/** One field to sort by, spelled out. */
export interface Term {
  field: string;
  descending: boolean;
  nullsFirst: boolean;
  /** Whether the field is one of those that tell rows apart, which are never null. */
  isKey: boolean;
}

/** Reads what is to be sorted by, and adds the fields that tell rows apart: only so are pages stable. */
export function orderTerms(order: string | readonly string[] | undefined, key: readonly string[]): Term[] {
  const terms = [...(typeof order === 'string' ? [order] : (order ?? []))].map((text) => readTerm(text, key));
  const rest = key.filter((text) => !terms.some(({ field }) => field === readTerm(text, key).field));
  return [...terms, ...rest.map((text) => readTerm(text, key))];
}

function readTerm(text: string, key: readonly string[]): Term {
  const [name, ...words] = String(text).split('.');
  const descending = words[0] === 'desc';
  if (words[0] === 'asc' || words[0] === 'desc') words.shift();
  const nulls = words.shift();
  if (words.length > 0 || (nulls !== undefined && nulls !== 'nullsfirst' && nulls !== 'nullslast')) {
    throw new InvalidArgument(`order: ${shown(text)} is not a field with .asc or .desc and .nullsfirst or .nullslast`);
  }
  const field = fieldName(name);
  const isKey = key.some((term) => term.split('.')[0] === field);
  return { field, descending, nullsFirst: nulls === undefined ? descending : nulls === 'nullsfirst', isKey };
}

/** The bound that lets the server begin at `row` instead of reading all that comes before it; null where there is none. */
export function startAtRow([first]: readonly Term[], row: Row): [field: string, operator: string, value: string] | null {
  return first?.isKey ? [first.field, first.descending ? 'lte' : 'gte', plainText(first.field, row[first.field])] : null;
}

/** The condition of the rows that come after `row`: the inside of PostgREST's `or=(…)`. */
export function afterRow(terms: readonly Term[], row: Row): string {
  const alternatives: string[] = [];
  terms.forEach((term, index) => {
    const ties = terms.slice(0, index).map(({ field }) => tie(field, row[field]));
    for (const later of afterValue(term, row[term.field])) {
      alternatives.push(ties.length ? `and(${[...ties, later].join(',')})` : later);
    }
  });
  return alternatives.join(',');
}

function tie(field: string, value: unknown): string {
  return value === null ? `${field}.is.null` : `${field}.eq.${quoted(plainText(field, value))}`;
}

function afterValue({ field, descending, nullsFirst, isKey }: Term, value: unknown): string[] {
  if (value === null) return nullsFirst ? [`${field}.not.is.null`] : [];
  const later = `${field}.${descending ? 'lt' : 'gt'}.${quoted(plainText(field, value))}`;
  return nullsFirst || isKey ? [later] : [later, `${field}.is.null`];
}

function plainText(field: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InvalidArgument(`order: pages cannot be sorted by ${field}, which is ${value === undefined ? 'missing' : 'JSON'}`);
}
