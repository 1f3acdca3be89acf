import { describe, expect, it } from 'vitest';
import {
  changesText,
  foreignText,
  stepText,
  triggerText,
} from '../../../../deploy/plugin/change/text.js';
import type { Step } from '../../../../deploy/plugin/types.js';
import { trigger } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const timer = trigger('TIMER', { name: 'minute', schedule: '1m' });
const async = { retries: 0, maxAge: 60, failureTopicUrn: undefined };

describe('the plan of a deployment', () => {
  it.each<[Step, string]>([
    [{ do: 'create' }, 'create phonevault-test-drive (Node.js20.15, 512 MB, 60 s)'],
    [{ do: 'config', fields: ['description'] }, 'update the description'],
    [{ do: 'config', fields: ['timeout', 'description'] }, 'settings: timeout'],
    [{ do: 'instances', from: undefined, to: 2 }, 'maximum instances: default -> 2'],
    [
      { do: 'async', to: async },
      'asynchronous invocations: 0 retries within 60 s, no failure notifications',
    ],
    [
      { do: 'async', to: { ...async, failureTopicUrn: 'urn' } },
      'asynchronous invocations: 0 retries within 60 s, failures to SMN',
    ],
    [{ do: 'remove-trigger', trigger: timer, gap: false }, 'remove TIMER trigger minute (1m)'],
    [
      { do: 'remove-trigger', trigger: timer, gap: true },
      'remove TIMER trigger minute (1m); the function has no such trigger until the new one is created',
    ],
    [{ do: 'trigger-status', trigger: timer, to: 'DISABLED' }, 'disable TIMER trigger minute (1m)'],
  ])('says %j as a person reads it', (step, text) => {
    const { memorySize } = desired();
    expect(stepText(step, desired())).toBe(text.replace('512 MB', `${memorySize} MB`));
  });

  it('counts changes', () => {
    expect([changesText(0), changesText(1), changesText(2)]).toEqual([
      ...['0 changes', '1 change', '2 changes'],
    ]);
  });

  it('names a trigger by what it listens to', () => {
    expect(triggerText('SMN', { topic_urn: 'urn:t' })).toBe('SMN trigger (urn:t)');
    expect(triggerText('CTS', {})).toBe('CTS trigger');
    expect(foreignText(timer)).toContain('--prune removes it');
  });
});
