import { fieldName, idSegment, shown } from './arguments.js';
import { InvalidAnswer, InvalidArgument } from './errors.js';
import { list, type ListOptions } from './list.js';
import type { Listing } from './listing.js';
import type { Answer, CallOptions, Relation, Transport } from './transport.js';

/** Which fields of a record an answer is to have; all unless given. */
export interface SelectOptions<Field> extends CallOptions {
  select?: readonly Field[];
}

/** Under which condition a record is changed or deleted. */
export interface ConditionOptions extends CallOptions {
  /** The `updated_at` that was read, or a `Date` of it: where the record was changed since, nothing happens, and `Conflict` is thrown. */
  ifUpdatedAt?: string | Date;
}

/** The records of one kind: what policies and business calendars have in common. */
export class Resource<Row extends object, CreateFields extends object, UpdateFields extends object> {
  protected readonly transport: Transport;
  readonly #path: string;
  readonly #prefix: 'pol' | 'cal';

  /** @internal */
  constructor(transport: Transport, path: string, prefix: 'pol' | 'cal') {
    this.transport = transport;
    this.#path = path;
    this.#prefix = prefix;
  }

  /**
   * Lists the caller's records. `await` gives one page, `for await` all of them.
   * @example `await client.policies.policies.list({ category: 'security', status: ['active', 'draft'], order: 'name' })`
   */
  list<Field extends keyof Row = keyof Row>(options: ListOptions<Row, Field> = {} as ListOptions<Row, Field>): Listing<Pick<Row, Field>> {
    return list(this.transport, { path: this.#path, key: ['id', 'tenant_id'] }, options);
  }

  /** Every record that matches, page after page: none is skipped or repeated when others come or go meanwhile. */
  all<Field extends keyof Row = keyof Row>(
    options: ListOptions<Row, Field> = {} as ListOptions<Row, Field>,
  ): AsyncIterable<Pick<Row, Field>> {
    return this.list(options);
  }

  /** Gets one record, or throws `NotFound`. */
  async get<Field extends keyof Row = keyof Row>(id: string, options: SelectOptions<Field> = {}): Promise<Pick<Row, Field>> {
    const columns = columnsOf(options.select);
    return rowOf(await this.transport.query(this.pathOf(id), (relation) => relation.select(columns).single(), options));
  }

  /** Creates one record and returns it as it is then. What the server manages may be given, and is ignored. */
  create<Field extends keyof Row = keyof Row>(record: CreateFields, options?: SelectOptions<Field>): Promise<Pick<Row, Field>>;
  /** Creates many records in one transaction, all or none, and returns them. */
  create<Field extends keyof Row = keyof Row>(
    records: readonly CreateFields[],
    options?: SelectOptions<Field>,
  ): Promise<Pick<Row, Field>[]>;
  async create(given: object, options: SelectOptions<keyof Row> = {}): Promise<unknown> {
    const columns = columnsOf(options.select);
    if (!Array.isArray(given)) {
      return rowOf(
        await this.transport.query(this.#path, (relation) => relation.insert(objectOf(given)).select(columns).single(), options),
      );
    }
    return rowsOf(await this.transport.query(this.#path, (relation) => relation.insert(given.map(objectOf)).select(columns), options));
  }

  /** Updates the fields that are given, and returns the record as it is then. */
  async update<Field extends keyof Row = keyof Row>(
    id: string,
    fields: UpdateFields,
    options: SelectOptions<Field> & ConditionOptions = {},
  ): Promise<Pick<Row, Field>> {
    const path = this.pathOf(id);
    if (Object.values(objectOf(fields)).every((value) => value === undefined))
      throw new InvalidArgument(`the update of ${id} names no field`);
    const columns = columnsOf(options.select);
    const build = (relation: Relation) => unchanged(relation.update(fields), options).select(columns).single();
    return rowOf(await this.transport.query(path, build, options));
  }

  /** Deletes a record so that it can be restored. */
  async delete(id: string, options: ConditionOptions = {}): Promise<void> {
    await this.transport.query(this.pathOf(id), (relation) => unchanged(relation.delete(), options), options);
  }

  /** Undoes a deletion, and returns the record. */
  async restore(id: string, options: CallOptions = {}): Promise<Row> {
    return rowOf(await this.transport.query(this.pathOf(id, 'restore'), (relation) => relation.insert({}).select().single(), options));
  }

  /** The path of a record, or of what belongs to it. */
  protected pathOf(id: string, part?: string): string {
    const path = `${this.#path}/${idSegment(id, this.#prefix)}`;
    return part === undefined ? path : `${path}/${part}`;
  }

  /** Does something to a record: what is given goes into the body. */
  protected async act(id: string, action: string, body: object, options: CallOptions): Promise<Answer> {
    return this.transport.query(this.pathOf(id, action), (relation) => relation.insert(objectOf(body)), options);
  }
}

function unchanged<Query extends { eq(field: string, value: string): Query }>(query: Query, options: ConditionOptions): Query {
  // Whoever names the condition means one, also where the record that was read lacks the field.
  if (!('ifUpdatedAt' in options)) return query;
  const { ifUpdatedAt } = options;
  if (typeof ifUpdatedAt === 'string' && ifUpdatedAt !== '') return query.eq('updated_at', ifUpdatedAt);
  // The register stamps whole milliseconds, which is what a Date has.
  if (ifUpdatedAt instanceof Date && !Number.isNaN(ifUpdatedAt.getTime())) return query.eq('updated_at', ifUpdatedAt.toISOString());
  throw new InvalidArgument(`ifUpdatedAt must be the updated_at that was read, not ${shown(ifUpdatedAt)}`);
}

function columnsOf(select: readonly PropertyKey[] | undefined): string {
  return select?.map(fieldName).join(',') ?? '*';
}

function objectOf(given: unknown): object {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw new InvalidArgument(`the fields must be an object, not ${shown(given)}`);
}

/** The one record of an answer. */
export function rowOf<Row>({ data }: Answer): Row {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Row;
  throw new InvalidAnswer(`the answer is not a record: ${shown(data)}`, 200);
}

/** The records of an answer. */
export function rowsOf<Row>({ data }: Answer): Row[] {
  if (Array.isArray(data)) return data as Row[];
  throw new InvalidAnswer(`the answer is not a list: ${shown(data)}`, 200);
}

/** The number that an answer is. */
export function numberOf({ data }: Answer): number {
  if (typeof data === 'number') return data;
  throw new InvalidAnswer(`the answer is not a number: ${shown(data)}`, 200);
}

/** The text that an answer is. */
export function textOf({ data }: Answer): string {
  if (typeof data === 'string') return data;
  throw new InvalidAnswer(`the answer is not a text: ${shown(data)}`, 200);
}
