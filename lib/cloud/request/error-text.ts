import { scrub } from './redact.ts';

/** Names a call in messages and logs. */
export type CallName = { service: string; operation: string };

type Body = { code?: string; message?: string; requestId?: string };

/** Services' own error texts are shorter. */
const MAX_TEXT = 2_000;

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads an error body in any of the shapes that the services use; undefined when it is not JSON. */
export function errorBody(raw: Uint8Array): Body | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(raw.subarray(0, 65_536)));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const outer = parsed as Record<string, unknown>;
  const inner =
    typeof outer.error === 'object' && outer.error !== null
      ? (outer.error as Record<string, unknown>)
      : {};
  const code = text(inner.code) ?? text(outer.error_code) ?? text(outer.code);
  const message = text(inner.message) ?? text(outer.error_msg) ?? text(outer.message);
  const requestId = text(outer.request_id);
  return {
    ...(code === undefined ? {} : { code: scrub(code, 60) }),
    ...(message === undefined ? {} : { message: message.slice(0, MAX_TEXT) }),
    ...(requestId === undefined ? {} : { requestId: scrub(requestId, 64) }),
  };
}

/** Returns one line with the call, the service's code and text, the status and the request id. */
export function describe(
  call: CallName,
  facts: {
    status?: number | undefined;
    code?: string | undefined;
    message?: string | undefined;
    requestId?: string | undefined;
  },
): string {
  const reason = [facts.code, facts.message && scrub(facts.message)].filter(Boolean).join(' ');
  const where = [
    facts.status === undefined ? undefined : `HTTP ${facts.status}`,
    facts.requestId && `request ${facts.requestId}`,
  ]
    .filter(Boolean)
    .join(', ');
  return `${call.service} ${call.operation}: ${reason || 'failed'}${where && ` (${where})`}`;
}
