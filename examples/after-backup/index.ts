// A function that listens on the topic of outcomes and starts the next policy of a chain: see README.md beside it.

/** What it uses of FunctionGraph's context. */
type Context = {
  getUserData(name: string): string | undefined;
  getLogger(): { info(line: string): void; error(line: string): void };
};

type Result = {
  /** Ids of the runs that are asked for. */
  started: string[];
  /** Messages that start nothing, by reason. */
  ignored: Record<string, number>;
};

/** What it uses of a notification; docs/formats.md has all of it. */
type Notification = { kind: string; run_id: string; policy: string; outcome: string };

const WAIT_MS = 10_000;

/** SMN hands it over as it got it, perhaps more than once. */
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
      const notification = read(message);
      const next = notification && follower(settings.chain, notification);
      if (notification === undefined || next === undefined) {
        ignore(notification === undefined ? 'no_notification' : 'nothing_follows');
        continue;
      }
      try {
        const answer = await ask(send, settings, next, notification.run_id);
        if (answer.runId !== undefined) result.started.push(answer.runId);
        else ignore(`refused_${answer.status}`);
      } catch (error) {
        failed.push(error as Error);
      }
    }
    context.getLogger().info(JSON.stringify(result));
    // Only what may go well the next time: FunctionGraph brings the event again.
    if (failed[0] !== undefined) throw failed[0];
    return result;
  };
}

type Settings = { chain: string[]; url: string; token: string };

/** A policy stands in the chain once, so that no run can start itself again. */
function readSettings(context: Context): Settings {
  const [chain = '', url = '', token = ''] = ['CHAIN', 'API_URL', 'API_TOKEN'].map((name) =>
    context.getUserData(name)?.trim(),
  );
  const policies = chain.split(/[\s,]+/).filter((policy) => policy !== '');
  if (policies.length < 2 || new Set(policies).size < policies.length) {
    throw new Error('CHAIN: two or more names of policies, each once: nightly,weekly-apps');
  }
  if (!/^https?:\/\//.test(url) || token === '') {
    throw new Error('API_URL is the address before /v1; API_TOKEN a token of scope run');
  }
  return { chain: policies, url: url.replace(/\/+$/, ''), token };
}

function messagesOf(event: unknown): unknown[] {
  const { record } = (event ?? {}) as { record?: unknown };
  const records = Array.isArray(record) ? (record as unknown[]) : [undefined];
  return records.map((one) => (one as { smn?: { message?: unknown } } | null)?.smn?.message);
}

/** The notification in a message; undefined where it is something else, such as the text for people. */
function read(message: unknown): Notification | undefined {
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

function follower(chain: string[], { kind, policy, outcome }: Notification): string | undefined {
  const at = chain.indexOf(policy);
  return kind === 'settled' && outcome === 'completed' && at >= 0 ? chain[at + 1] : undefined;
}

/** Asks for the run. The key is made of the run before: the same message again is the same run. */
async function ask(send: typeof fetch, settings: Settings, policy: string, after: string) {
  const response = await send(`${settings.url}/v1/runs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${settings.token}`,
      'content-type': 'application/json',
      'idempotency-key': `after-${after}`,
    },
    body: JSON.stringify({ policy }),
    signal: AbortSignal.timeout(WAIT_MS),
  });
  const { status } = response;
  if (status === 429 || status >= 500) throw new Error(`the API answered ${status}`);
  return { status, runId: runIdIn(await response.text()) };
}

/** A gateway in between may answer with anything. */
function runIdIn(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { run_id?: unknown } | null;
    return typeof answer?.run_id === 'string' ? answer.run_id : undefined;
  } catch {
    return undefined;
  }
}
