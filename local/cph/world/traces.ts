import { hexId, type Random } from '../../simulation/random.ts';

export type Trace = Record<string, unknown> & { trace_name: string; resource_id: string };

export type TraceName = 'createCloudPhone' | 'resetCloudPhone' | 'restartCloudPhone';

export type Traces = {
  record(name: TraceName, resource: { id: string; name: string }, at: number): Trace;
  /** Oldest first; at most the last 10,000. */
  list(): Trace[];
  /** Calls `listener` with every new trace. */
  listen(listener: (trace: Trace) => void): void;
};

const MAX_KEPT = 10_000;

/** The traces that CTS records for CPH (cph_ug_0032); it records no exports and restores. */
export function createTraces(options: {
  random: Random;
  projectId: string;
  domain: { id: string; name: string };
  user: { id: string; name: string };
  onTrace?: ((trace: Trace) => void) | undefined;
}): Traces {
  const { random, projectId, domain, user, onTrace } = options;
  const traces: Trace[] = [];
  const listeners = onTrace === undefined ? [] : [onTrace];
  return {
    record(name, resource, at) {
      const trace: Trace = {
        time: at,
        record_time: at + 400,
        trace_id: `${hexId(random, 8)}-${hexId(random, 4)}-${hexId(random, 4)}-${hexId(random, 4)}-${hexId(random, 12)}`,
        trace_name: name,
        trace_type: 'ConsoleAction',
        trace_rating: 'normal',
        trace_status: 'normal',
        service_type: 'CPH',
        resource_type: 'phone',
        resource_name: resource.name,
        resource_id: resource.id,
        code: 200,
        api_version: '',
        message: '',
        operation_id: '',
        project_id: projectId,
        domain_id: domain.id,
        source_ip: '127.0.0.1',
        read_only: false,
        resource_account_id: '',
        request: {},
        response: {},
        user: { name: user.name, id: user.id, type: 'User', principal_id: '', domain },
      };
      traces.push(trace);
      if (traces.length > MAX_KEPT) traces.shift();
      for (const listener of listeners) listener(trace);
      return trace;
    },
    list: () => [...traces],
    listen: (listener) => void listeners.push(listener),
  };
}
