import { InvalidArgument } from './errors.js';

/** How a message shows a value: short, and on one line. */
export function shown(value: unknown): string {
  if (value instanceof Date) return 'an invalid date';
  const text = typeof value === 'string' || (typeof value === 'object' && value !== null) ? JSON.stringify(value) : String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** The part of a path that an id is; anything but an id is refused, so that it can never lead to another path. */
export function idSegment(id: unknown, prefix: 'pol' | 'cal'): string {
  if (typeof id === 'string' && id.startsWith(`${prefix}_`) && /^[a-z]{3}_[0-9A-Za-z]{26}$/.test(id)) return id;
  throw new InvalidArgument(`${shown(id)} is not an id: ${prefix}_ and 26 letters and digits`);
}

/** The part of a path that a version is, by the same rule. */
export function versionSegment(version: unknown): string {
  if (typeof version === 'string' && /^[0-9][0-9A-Za-z.+-]{0,254}$/.test(version)) return encodeURIComponent(version);
  throw new InvalidArgument(`${shown(version)} is not a version, such as 1.2.0 or 2.0.0-rc.1`);
}

/** A field of a record, as the address names it: neither an operator of PostgREST's nor a path to elsewhere. */
export function fieldName(name: unknown): string {
  const taken = ['and', 'or', 'not', 'columns', 'on_conflict'];
  if (typeof name === 'string' && /^[a-z][a-z0-9_]*$/.test(name) && !taken.includes(name)) return name;
  throw new InvalidArgument(`${shown(name)} is not the name of a field`);
}

/** A whole number, as limits and offsets are. */
export function wholeNumber(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgument(`${name} must be a whole number from ${least} on, not ${shown(value)}`);
}

/** A value as the address holds it. */
export function valueText(name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new InvalidArgument(`${name} cannot be ${shown(value)}`);
}

/** A path with the arguments of a function, those that are given. */
export function withParameters(path: string, given: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null) parameters.append(name, valueText(name, value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}
