/** The rows of one answer. */
export interface Page<Row> {
  rows: Row[];
  /** How many rows there are in all; null unless `count: 'exact'` asked for it. */
  total: number | null;
}

/**
 * Rows, to be had in two ways: `await` gives one page, `for await` gives row after row over all pages. Nothing is sent before.
 */
export class Listing<Row> implements Promise<Page<Row>>, AsyncIterable<Row> {
  readonly [Symbol.toStringTag] = 'Listing';
  readonly #readPage: () => Promise<Page<Row>>;
  readonly #readAll: () => AsyncIterator<Row>;
  #page: Promise<Page<Row>> | undefined;

  /** @internal */
  constructor(readPage: () => Promise<Page<Row>>, readAll: () => AsyncIterator<Row>) {
    this.#readPage = readPage;
    this.#readAll = readAll;
  }

  /** The rows of all pages, one after the other. */
  [Symbol.asyncIterator](): AsyncIterator<Row> {
    return this.#readAll();
  }

  then<Result = Page<Row>, Failure = never>(
    onfulfilled?: ((page: Page<Row>) => Result | PromiseLike<Result>) | null,
    onrejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    this.#page ??= this.#readPage();
    return this.#page.then(onfulfilled, onrejected);
  }

  catch<Failure = never>(onrejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null): Promise<Page<Row> | Failure> {
    return this.then(undefined, onrejected);
  }

  finally(onfinally?: (() => void) | null): Promise<Page<Row>> {
    return this.then().finally(onfinally);
  }
}
