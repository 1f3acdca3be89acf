import { describe, expect, it } from 'vitest';
import { payloads } from '../../events/index.ts';
import { handler } from '../../handlers/event.ts';
import { context, loggedRequests, SETTINGS } from './logged-requests.ts';

const { event } = payloads.ctsCreatePhone;

describe('the event handler logs with the request id', () => {
  const requests = loggedRequests();

  it('that a setting is missing', async () => {
    await expect(handler(event, context({}))).rejects.toThrow('PHONEVAULT_');
    expect(requests()).toEqual(['invocation_failed request-4711']);
  });

  it('that the agency is missing', async () => {
    await expect(handler(event, context(SETTINGS))).rejects.toThrow('agency');
    expect(requests().at(-1)).toBe('invocation_failed request-4711');
  });
});
