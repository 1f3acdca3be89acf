import { expect, it } from 'vitest';
import { describeTrigger } from '../../../../local/functiongraph/triggers/describe-trigger.ts';
import { triggerRecord } from '../../support/functiongraph.ts';

it('adds the URL to the event data of an API only', () => {
  const apigUrl = () => 'http://127.0.0.1:9';
  const api = triggerRecord('APIG', { name: 'n', path: '/backup' });
  expect(describeTrigger({ apigUrl }, api)).toMatchObject({
    trigger_type_code: 'APIG',
    event_data: { api_name: 'n', invoke_url: 'http://127.0.0.1:9/backup', triggerid: api.id },
    created_time: '1970-01-01T08:00:00+08:00',
  });
  expect(describeTrigger({ apigUrl }, triggerRecord('CTS', { name: 'n' }))).toMatchObject({
    event_data: { name: 'n' },
  });
});
