import type { Send } from '../lib/cloud/request/send.ts';

type Work = (send: Send) => Promise<unknown>;

/**
 * Runs `work` until its `call`-th call: right before it is sent, or right after it was carried out. Nothing of it happens
 * afterwards: no catch, no finally. Returns false when it ended before that call.
 */
export function killedAt(
  { call, when }: { call: number; when: 'before' | 'after' },
  send: Send,
  work: Work,
): Promise<boolean> {
  const { promise: killed, resolve: die } = deferred<true>();
  const never = new Promise<never>(() => undefined);
  let calls = 0;
  const ended = work(async (request) => {
    calls += 1;
    if (calls > call || (calls === call && when === 'before')) {
      die(true);
      return never;
    }
    const response = await send(request);
    if (calls < call) return response;
    die(true);
    return never;
  }).then(() => false);
  return Promise.race([ended, killed]);
}

/** Runs `work` and stops it before its `call`-th call until it is released; undefined when it ended before that. */
export async function heldAt(
  call: number,
  send: Send,
  work: Work,
): Promise<{ release(): Promise<unknown> } | undefined> {
  const { promise: reached, resolve: reach } = deferred<true>();
  const { promise: released, resolve: go } = deferred<undefined>();
  let calls = 0;
  const ended = work(async (request) => {
    calls += 1;
    if (calls === call) {
      reach(true);
      await released;
    }
    return send(request);
  }).catch((error: unknown) => error);
  if (!(await Promise.race([reached, ended.then(() => false)]))) return undefined;
  return {
    release: () => {
      go(undefined);
      return ended;
    },
  };
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => (resolve = done));
  return { promise, resolve };
}
