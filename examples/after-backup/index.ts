// A function that subscribes to the notifications and starts the next policy of a chain: see README.md.

/** The part of FunctionGraph's context that this function uses. */
type Context = {
  getUserData(name: string): string | undefined;
  getLogger(): { info(line: string): void; error(line: string): void };
};

type Result = {
  /** Ids of the requested runs. */
  started: string[];
  /** Number of ignored messages by reason. */
  ignored: Record<string, number>;
};

/** The part of a notification that this function uses: see docs/formats.md. */
type Notification = { kind: string; run_id: string; policy: string; outcome: string };

const TIMEOUT_MS = 10_000;

/** Handles messages of SMN, which may arrive more than once. */
export const handler = createHandler((url, init) => fetch(url, init));

export function createHandler(send: typeof fetch) {
  return async (event: unknown, context: Context): Promise<Result> => {
    const settings = readSettings(context);
    const result: Result = { started: [], ignored: {} };
    const failed: Error[] = [];
    const ignore = (reason: string): void => {
      result.ignored[reason] = (result.ignored[reason] ?? 0) + 1;
    };
    for (const message of messagesOf(event)) {
      const notification = parseNotification(message);
      const next = notification && nextPolicy(settings.chain, notification);
      if (notification === undefined || next === undefined) {
        ignore(notification === undefined ? 'no_notification' : 'no_next_policy');
        continue;
      }
      try {
        const response = await requestRun(send, settings, next, notification.run_id);
        if (response.runId !== undefined) result.started.push(response.runId);
        else ignore(`refused_${response.status}`);
      } catch (error) {
        failed.push(error as Error);
      }
    }
    context.getLogger().info(JSON.stringify(result));
    // FunctionGraph retries the event: only for failures that may pass.
    if (failed[0] !== undefined) throw failed[0];
    return result;
  };
}

type Settings = { chain: string[]; url: string; token: string };

/** Each policy is in the chain once, so that no run can start itself again. */
function readSettings(context: Context): Settings {
  const [chain = '', url = '', token = ''] = ['CHAIN', 'API_URL', 'API_TOKEN'].map((name) =>
    context.getUserData(name)?.trim(),
  );
  const policies = chain.split(/[\s,]+/).filter((policy) => policy !== '');
  if (policies.length < 2 || new Set(policies).size < policies.length) {
    throw new Error('CHAIN must name two or more policies, each once: nightly,weekly-apps');
  }
  if (!/^https?:\/\//.test(url) || token === '') {
    throw new Error('API_URL must be the address before /v1, API_TOKEN a token with scope run');
  }
  return { chain: policies, url: url.replace(/\/+$/, ''), token };
}

function messagesOf(event: unknown): unknown[] {
  const { record } = (event ?? {}) as { record?: unknown };
  const records = Array.isArray(record) ? (record as unknown[]) : [undefined];
  return records.map((one) => (one as { smn?: { message?: unknown } } | null)?.smn?.message);
}

/** Returns the notification in a message, or undefined for anything else. */
function parseNotification(message: unknown): Notification | undefined {
  try {
    const { version, kind, run_id, policy, outcome } = JSON.parse(String(message)) as Record<
      string,
      unknown
    >;
    const texts = [kind, run_id, policy, outcome].every((field) => typeof field === 'string');
    if (version !== 1 || !texts) return undefined;
    return { kind, run_id, policy, outcome } as Notification;
  } catch {
    return undefined;
  }
}

function nextPolicy(chain: string[], { kind, policy, outcome }: Notification): string | undefined {
  const at = chain.indexOf(policy);
  return kind === 'settled' && outcome === 'completed' && at >= 0 ? chain[at + 1] : undefined;
}

/** Requests a run. The idempotency key contains the id of the run before, so a repeated message starts no second run. */
async function requestRun(send: typeof fetch, settings: Settings, policy: string, after: string) {
  const response = await send(`${settings.url}/v1/runs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${settings.token}`,
      'content-type': 'application/json',
      'idempotency-key': `after-${after}`,
    },
    body: JSON.stringify({ policy }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { status } = response;
  if (status === 429 || status >= 500) throw new Error(`the API returned ${status}`);
  return { status, runId: runIdIn(await response.text()) };
}

/** A gateway in front of the API may return any text. */
function runIdIn(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { run_id?: unknown } | null;
    return typeof body?.run_id === 'string' ? body.run_id : undefined;
  } catch {
    return undefined;
  }
}
