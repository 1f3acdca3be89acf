import { describe, expect, it } from 'vitest';
import { triggerSteps } from '../../../../deploy/plugin/change/trigger-steps.js';
import type { DesiredTrigger } from '../../../../deploy/plugin/types.js';
import { trigger } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const wanted = (type: string, data: Record<string, unknown>): DesiredTrigger => ({
  ...{ type, status: 'ACTIVE', data },
});
const OLD = 'x_pv00000000';
const NEW = 'x_pv11111111';

const stepsOf = (
  triggers: DesiredTrigger[],
  actual: Parameters<typeof triggerSteps>[1],
  mayRemove: Parameters<typeof triggerSteps>[2] = () => false,
) => {
  const { steps, foreign } = triggerSteps({ ...desired(), triggers }, actual, mayRemove);
  return { steps: steps.map((step) => ('gap' in step ? [step.do, step.gap] : [step.do])), foreign };
};

describe('the steps for triggers', () => {
  it('create a changed timer before they remove the old one, so that none is missing', () => {
    const { steps } = stepsOf([wanted('TIMER', { name: NEW })], [trigger('TIMER', { name: OLD })]);
    expect(steps).toEqual([
      ['add-trigger', false],
      ['remove-trigger', false],
    ]);
  });

  it('remove another changed trigger first, and say that there is a gap', () => {
    const { steps } = stepsOf([wanted('APIG', { name: NEW })], [trigger('APIG', { name: OLD })]);
    expect(steps).toEqual([
      ['remove-trigger', true],
      ['add-trigger', true],
    ]);
  });

  it('see no gap when another kind of trigger is removed', () => {
    const { steps } = stepsOf([wanted('SMN', { topic_urn: 't' })], [trigger('CTS', { name: OLD })]);
    expect(steps).toEqual([
      ['remove-trigger', false],
      ['add-trigger', false],
    ]);
  });

  it('compare triggers without a name by their fields', () => {
    const same = stepsOf(
      [wanted('SMN', { topic_urn: 't' })],
      [trigger('SMN', { topic_urn: 't', extra: 1 })],
    );
    expect(same).toEqual({ steps: [], foreign: [] });
  });

  it('match each existing trigger once', () => {
    const twice = [wanted('SMN', { topic_urn: 't' }), wanted('SMN', { topic_urn: 't' })];
    const { steps } = stepsOf(twice, [trigger('SMN', { topic_urn: 't' })]);
    expect(steps).toEqual([['add-trigger', false]]);
  });

  it('enable a trigger that someone disabled', () => {
    const actual = { ...trigger('TIMER', { name: NEW }), trigger_status: 'DISABLED' };
    expect(stepsOf([wanted('TIMER', { name: NEW })], [actual]).steps).toEqual([['trigger-status']]);
  });

  it('leave a trigger whose name no deployment wrote, unless it may be removed', () => {
    const foreign = trigger('TIMER', { name: 'by-hand' });
    expect(stepsOf([], [foreign])).toEqual({ steps: [], foreign: [foreign] });
    expect(stepsOf([], [foreign], () => true)).toEqual({
      steps: [['remove-trigger', false]],
      foreign: [],
    });
  });
});
