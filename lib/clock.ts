/** The one source of time under `lib`: epoch milliseconds, and a way to wait that a test can play. */
export type Clock = {
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** A number in [0, 1), injected so that jitter and ids repeat from a seed. */
export type Random = () => number;
