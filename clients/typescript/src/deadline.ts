import { TimedOut } from './errors.js';

/** Ends a call when its time is over or its caller aborts it, whichever comes first. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #callers: AbortSignal | undefined;
  readonly #onAbort = () => this.#controller.abort(this.#callers?.reason);

  /** @param timeout in milliseconds; 0 is no limit. */
  constructor(timeout: number, callers: AbortSignal | undefined) {
    this.#callers = callers;
    if (callers?.aborted) this.#onAbort();
    else callers?.addEventListener('abort', this.#onAbort, { once: true });
    if (timeout > 0) {
      this.#timer = setTimeout(() => this.#controller.abort(new TimedOut(`no answer within ${timeout} ms`)), timeout);
    }
  }

  /** Aborted with what the call is to throw. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of the timer and of the caller's signal. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#callers?.removeEventListener('abort', this.#onAbort);
  }

  /** The result of `work`, which itself does not know when to stop. */
  async limit<T>(work: Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    let onAbort: () => void = () => undefined;
    const end = new Promise<never>((_, reject) => {
      onAbort = () => reject(this.signal.reason as Error);
      this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, end]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Waits, unless the end comes first. */
  async wait(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.limit(new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))));
    } finally {
      clearTimeout(timer);
    }
  }
}
