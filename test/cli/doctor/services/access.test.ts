import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../../lib/cloud/request/send.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { doctorNight } from '../../support/doctor-night.ts';

/** The error of each service when a permission is missing, and that permission. */
const DENIED = [
  ['access_cph', 'cph', 'list-phones', 'CPS.0001', 'cph:phones:list'],
  ['access_cph', 'cph', 'list-jobs', 'CPS.0001', 'cph:jobs:list'],
  ['access_obs', 'obs', 'ListObjectsV2', 'AccessDenied', 'obs:bucket:ListBucket'],
  ['access_obs', 'obs', 'GetObject', 'AccessDenied', 'obs:object:GetObject'],
  ['access_smn', 'smn', 'show-topic', 'SMN.00308', 'smn:topic:list'],
  [
    'access_functiongraph',
    'functiongraph',
    'showFunctionConfig',
    'FSS.0403',
    'functiongraph:function:getConfig',
  ],
  [
    'access_functiongraph',
    'functiongraph',
    'listFunctionTriggers',
    'FSS.0403',
    'functiongraph:trigger:list',
  ],
] as const;

describe('access_*', () => {
  it('passes with all permissions, even when nothing is deployed', async () => {
    const cli = await doctorNight({ bare: true });
    const { checks } = await cli.doctor();
    const access = checks.filter(({ check }) => check.startsWith('access_'));
    expect(access.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it.each(DENIED)(
    '%s names the missing permission when %s denies %s',
    async (...[check, service, operation, code, permission]) => {
      const cli = await doctorNight();
      cli.night.cloud.control.addFault({ service, operation, kind: 'error', status: 403, code });
      const finding = await cli.finding(check);
      expect(finding).toMatchObject({ outcome: 'failed', code: 1 });
      expect(finding.message).toContain(code);
      expect(finding.fix).toContain(permission);
    },
  );

  it('fails when the second page of a list begins again', async () => {
    const cli = await doctorNight();
    await cli.night.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
    const { send } = cli.io;
    let page: Promise<HttpResponse> | undefined;
    cli.io.send = (request) =>
      /max-keys=1&prefix=phonevault%2F(&|$)/.test(request.url)
        ? (page ??= send(request))
        : send(request);
    const { outcome, message, fix } = await cli.finding('access_obs');
    expect(outcome).toBe('failed');
    expect(message).toContain('the next page of the list begins again');
    expect(fix).toContain('ListObjectsV2');
  });

  it.each(['cph', 'smn', 'functiongraph', 'obs'] as const)(
    'fails when %s only returns errors, and still checks the other services',
    async (service) => {
      const cli = await doctorNight();
      cli.night.cloud.control.addFault({ service, kind: 'error', status: 500 });
      const { code, checks } = await cli.doctor();
      const failures = checks.filter(({ outcome }) => outcome === 'failed');
      expect(code).toBe(1);
      expect(failures.map(({ check }) => check)).toEqual([`access_${service}`]);
      const other = service === 'smn' ? 'function' : 'topic';
      expect(checks.find(({ check }) => check === other)?.outcome).toBe('ok');
    },
  );
});
