import { describe, expect, it } from 'vitest';
import { problem, problemResponse, toProblem } from '../../lib/http/problem.ts';
import { missingObject } from '../../lib/ledger/store/object-error.ts';
import { type ErrorCode, PhonevaultError } from '../../lib/errors.ts';

describe('toProblem', () => {
  it.each<[ErrorCode, number]>([
    ['policy_not_found', 404],
    ['not_found', 404],
    ['policy_invalid', 422],
    ['event_invalid', 400],
    ['conflict', 409],
    ['throttled', 503],
    ['unreachable', 503],
    ['time_up', 503],
    ['access_denied', 500],
    ['setting_invalid', 500],
    ['object_newer', 500],
    ['object_invalid', 500],
    ['object_unreadable', 503],
  ])('turns %s into status %i', (code, status) => {
    expect(toProblem(new PhonevaultError(code, 'm')).body).toMatchObject({ status, code });
  });

  it('says of an object of the ledger what happened and what to do', () => {
    const { detail } = toProblem(missingObject('policies/nightly.yaml')).body;
    expect(detail).toMatch(/^policies\/nightly.yaml is listed, but .* delete it/);
  });

  it('asks for a retry when a cloud service fails', () => {
    const { headers } = toProblem(new PhonevaultError('throttled', 'm'));
    expect(headers).toEqual({ 'retry-after': '30' });
  });

  it.each([new Error('s3cr3t'), new PhonevaultError('access_denied', 's3cr3t'), 's3cr3t'])(
    'quotes nothing of an error that the caller did not cause (%#)',
    (error) => {
      expect(JSON.stringify(toProblem(error).body)).not.toContain('s3cr3t');
    },
  );

  it('returns a problem as it is', () => {
    const known = problem(405, 'method_wrong', 'This route allows GET.');
    expect(toProblem(known)).toBe(known);
  });
});

describe('problemResponse', () => {
  it('is application/problem+json with the status of the problem', async () => {
    const { body } = problem(404, 'run_unknown', 'Run not found.');
    const response = problemResponse(body, { allow: 'GET' });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('allow')).toBe('GET');
    expect(await response.json()).toEqual({
      type: 'urn:phonevault:problem:run_unknown',
      title: 'Not Found',
      status: 404,
      detail: 'Run not found.',
      code: 'run_unknown',
    });
  });
});
