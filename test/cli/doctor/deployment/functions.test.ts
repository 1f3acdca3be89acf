import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../../testing/night.ts';
import { doctorNight, type DoctorNight } from '../../support/doctor-night.ts';

const HOUR = 60 * 60_000;
const DRIVE = 'phonevault-prod-drive';
const SCHEDULE = 'phonevault-prod-schedule';

/** Calls the management API about one function. */
const change = ({ call, urn, night }: DoctorNight, name: string, what: string, body?: unknown) =>
  call(
    'functiongraph',
    body === undefined ? 'DELETE' : 'PUT',
    `/v2/${night.cloud.projectId}/fgs/functions/${urn(name)}${what}`,
    body,
  );

const async0 = { max_async_retry_attempts: 0, max_async_event_age_in_seconds: 60 };
const failuresTo = (topic_urn: string) => ({
  destination_config: { on_failure: { destination: 'SMN', param: JSON.stringify({ topic_urn }) } },
});

describe('function', () => {
  it('passes for a function as serverless.yml deploys it', async () => {
    const cli = await doctorNight();
    const { code, checks } = await cli.doctor();
    const functions = checks.filter(({ check }) => check === 'function');
    expect(functions.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(code).toBe(0);
  });

  it('fails when schedule or drive is missing; http and event are optional', async () => {
    const cli = await doctorNight();
    for (const name of ['schedule', 'drive', 'event']) await change(cli, name, '');
    const { code, checks } = await cli.doctor();
    const functions = checks.filter(({ check }) => check === 'function');
    expect(functions.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'ok', 'skipped']);
    expect(functions[1]?.fix).toContain('npx serverless deploy');
    expect(code).toBe(1);
  });

  it('fails once where no function is deployed and nobody drives', async () => {
    const cli = await doctorNight({ bare: true });
    const finding = await cli.finding('function');
    expect(finding).toMatchObject({
      ...{ outcome: 'failed', code: 1 },
      message: 'no function of stage prod is deployed, and no drive has worked yet',
    });
    expect(finding.fix).toMatch(/npx serverless deploy.*phonevault run POLICY --drive$/);
  });

  it('accepts that none is deployed while runs are driven from elsewhere', async () => {
    const cli = await doctorNight({ bare: true });
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.settle(await cli.night.requestRun());
    cli.night.clock.move(3 * HOUR);
    expect(await cli.finding('function')).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('phonevault run --drive, last 3 h ago') as string,
    });
    cli.night.clock.move(24 * HOUR);
    cli.renew();
    expect(await cli.finding('function')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('the last drive worked 1 d ago') as string,
    });
  });

  it('does not know whether somebody drives while the ledger cannot be read', async () => {
    const cli = await doctorNight({ bare: true });
    cli.io.env.PHONEVAULT_BUCKET = 'no-such-bucket';
    expect(await cli.finding('function')).toMatchObject({
      ...{ outcome: 'unknown', code: 1 },
      message: expect.stringContaining('the ledger cannot be read') as string,
    });
  });

  it('checks the functions of another stage', async () => {
    const cli = await doctorNight();
    const argv = ['--stage', 'test'];
    const { outcome, message, fix } = await cli.finding('function', { argv });
    expect(outcome).toBe('failed');
    expect(message).toContain('no function of stage test is deployed');
    expect(fix).toContain('npx serverless deploy --stage test');
  });

  it.each([
    ['no instances', '/config-max-instance', { max_instance_num: 0 }, 'it is disabled'],
    [
      'a retry',
      '/async-invoke-config',
      { ...async0, max_async_retry_attempts: 1 },
      'retries are 1 instead of 0',
    ],
    ['no asynchronous settings', '/async-invoke-config', undefined, 'the default of FunctionGraph'],
  ])('fails for a drive with %s', async (_, what, body, text) => {
    const cli = await doctorNight();
    await change(cli, 'drive', what, body);
    const finding = await cli.finding('function', { subject: DRIVE });
    expect(finding).toMatchObject({ outcome: 'failed', code: 1 });
    expect(finding.message).toContain(text);
  });

  it.each([
    [1, 'warning', 'its instances are limited to 1'],
    [2, 'ok', 'settings as here'],
    [-1, 'ok', 'settings as here'],
  ])('judges a drive with at most %d instances: %s', async (max_instance_num, outcome, text) => {
    const cli = await doctorNight();
    await change(cli, 'drive', '/config-max-instance', { max_instance_num });
    const finding = await cli.finding('function', { subject: DRIVE });
    expect(finding).toMatchObject({ outcome });
    expect(finding.message).toContain(text);
  });

  it.each([
    [{ timeout: 30 }, 'its timeout is 30 s, not 60'],
    [{ handler: 'index.handler' }, 'its handler is index.handler, not drive.handler'],
    [{ xrole: '', app_xrole: '' }, 'it has no agency'],
  ])('fails for a drive with %o', async (config, text) => {
    const cli = await doctorNight();
    const { projectId } = cli.night.cloud;
    const path = `/v2/${projectId}/fgs/functions/${cli.urn('drive')}/config`;
    const now = (await cli.call('functiongraph', 'GET', path)) as Record<string, unknown>;
    const fields = [
      'func_name',
      'runtime',
      'timeout',
      'handler',
      'memory_size',
      'user_data',
      'xrole',
    ];
    const kept = Object.fromEntries(fields.map((field) => [field, now[field]]));
    await cli.call('functiongraph', 'PUT', path, { ...kept, ...config });
    const finding = await cli.finding('function', { subject: DRIVE });
    expect(finding.outcome).toBe('failed');
    expect(finding.message).toContain(text);
  });

  it('fails for an unsupported runtime', async () => {
    const cli = await doctorNight({ bare: true });
    await cli.deployed({}, 'Node.js16.17');
    const { outcome, message } = await cli.finding('function', { subject: SCHEDULE });
    expect(outcome).toBe('failed');
    expect(message).toContain('its runtime is Node.js16.17, not Node.js20.15 or Node.js18.15');
  });

  it("fails when the function's settings differ from the environment", async () => {
    const cli = await doctorNight({ bare: true });
    await cli.deployed({ PHONEVAULT_BUCKET: 'another-bucket', PHONEVAULT_PREFIX: 'other/' });
    const { outcome, message } = await cli.finding('function', { subject: SCHEDULE });
    expect(outcome).toBe('failed');
    expect(message).toContain(
      'PHONEVAULT_BUCKET is another-bucket in the function and phonevault-demo here',
    );
    expect(message).toContain('PHONEVAULT_PREFIX is other/ in the function and phonevault/ here');
  });

  it('fails when the function cannot read its settings', async () => {
    const cli = await doctorNight({ bare: true });
    await cli.deployed({ PHONEVAULT_BUCKET: 'no..dots' });
    const { outcome, message } = await cli.finding('function', { subject: DRIVE });
    expect(outcome).toBe('failed');
    expect(message).toContain('PHONEVAULT_BUCKET is "no..dots"');
  });

  it('fails when schedule wakes another function than drive', async () => {
    const cli = await doctorNight({ bare: true });
    const other = cli.urn('drive').replace('prod', 'test');
    await cli.deployed({ PHONEVAULT_DRIVE_URN: other });
    const { outcome, message } = await cli.finding('function', { subject: SCHEDULE });
    expect(outcome).toBe('failed');
    expect(message).toContain(other);
  });

  it('warns when schedule wakes no function', async () => {
    const cli = await doctorNight();
    const { region, projectId, bucket, topicUrn } = cli.night.cloud;
    const user_data = JSON.stringify({
      ...{ PHONEVAULT_REGION: region, PHONEVAULT_PROJECT_ID: projectId },
      ...{ PHONEVAULT_BUCKET: bucket, PHONEVAULT_TOPIC_URN: topicUrn },
    });
    const config = { func_name: SCHEDULE, handler: 'schedule.handler', memory_size: 256 };
    const more = { runtime: 'Node.js20.15', timeout: 60, xrole: 'phonevault', user_data };
    await change(cli, 'schedule', '/config', { ...config, ...more });
    const { outcome, message, fix } = await cli.finding('function', { subject: SCHEDULE });
    expect(outcome).toBe('warning');
    expect(message).toContain('PHONEVAULT_DRIVE_URN is not set');
    expect(fix).toBe('in a checkout: npx serverless deploy');
  });

  it('fails when failures go to the topic for notifications, and warns when they go nowhere', async () => {
    const cli = await doctorNight();
    const path = '/async-invoke-config';
    await change(cli, 'drive', path, { ...async0, ...failuresTo(cli.night.cloud.topicUrn) });
    expect(await cli.finding('function', { subject: DRIVE })).toMatchObject({
      outcome: 'failed',
      message: 'its failures go to the topic for notifications',
    });
    await change(cli, 'drive', path, async0);
    expect(await cli.finding('function', { subject: DRIVE })).toMatchObject({
      outcome: 'warning',
      message: 'nobody is notified when the function itself fails',
      code: 0,
    });
  });

  it('never prints encrypted or unknown settings', async () => {
    const cli = await doctorNight({ bare: true });
    const token = 'operations:very-secret-token';
    await cli.deployed({ PHONEVAULT_HTTP_TOKENS: token, PHONEVAULT_WEBHOOK_SECRETS: 'whsec_x' });
    const { out } = await cli.run('doctor');
    expect(out).toContain('PHONEVAULT_HTTP_TOKENS is invalid');
    expect(out).not.toContain('very-secret');
    expect(out).not.toContain('whsec_x');
  });
});
