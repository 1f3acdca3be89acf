import { describe, expect, it } from 'vitest';
import { body } from '../../../../deploy/plugin/change/config-body.js';
import { deployed } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const drive = desired();
const actual = (change: Record<string, unknown>) => deployed(drive, change).config;

describe('the body of an update', () => {
  it('sends again what serverless.yml does not set, since an update would reset it', () => {
    const set = { func_vpc: { vpc_id: 'v' }, ephemeral_storage: 512 };
    expect(body(drive, actual(set), 'd')).toMatchObject(set);
  });

  it.each([null, '', 0, []])('does not send an empty value back: %j', (func_vpc) => {
    expect(body(drive, actual({ func_vpc }), 'd')).not.toHaveProperty('func_vpc');
  });

  it("keeps the hooks of its own function, and drops those of an adopted one's code", () => {
    const initializer_handler = 'a.init';
    expect(body(drive, actual({ initializer_handler }), 'd')).toMatchObject({
      initializer_handler,
    });
    const foreign = actual({ initializer_handler, description: 'mine' });
    expect(body(drive, foreign, 'd')).not.toHaveProperty('initializer_handler');
  });

  it('keeps the requests of one instance next to the limit of instances', () => {
    const strategy_config = { concurrency: 9, concurrent_num: 3 };
    expect(body(drive, actual({ strategy_config }), 'd')['strategy_config']).toEqual({
      concurrency: drive.maxInstances,
      concurrent_num: 3,
    });
    expect(body(drive, undefined, 'd')).not.toHaveProperty('strategy_config');
  });

  it('keeps the log stream that someone selected, while logs are on', () => {
    const selected = actual({ log_group_id: 'g', log_stream_id: 's' });
    expect(body({ ...drive, logs: true }, selected, 'd')).toMatchObject({
      enable_lts_log: true,
      log_config: { group_id: 'g', stream_id: 's' },
    });
    const off = body({ ...drive, logs: false }, selected, 'd');
    expect(off).toMatchObject({ enable_lts_log: false });
    expect(off).not.toHaveProperty('log_config');
    expect(body({ ...drive, logs: true }, undefined, 'd')).not.toHaveProperty('log_config');
  });

  it('sends encrypted settings only when there are any', () => {
    expect(body(drive, undefined, 'd')).not.toHaveProperty('encrypted_user_data');
    const secret = body({ ...drive, secrets: { A: '1' } }, undefined, 'd');
    expect(secret['encrypted_user_data']).toBe('{"A":"1"}');
  });
});
