import { describe, expect, it } from 'vitest';
import {
  isRecorded,
  needsRecord,
  triggersToRecord,
} from '../../../../deploy/plugin/change/smn-triggers.js';
import { readMarker, withMarker } from '../../../../deploy/plugin/change/marker.js';
import { deployed, trigger } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const listensTo = (...topics: string[]) => ({
  ...desired(),
  triggers: topics.map((topic_urn) => ({
    ...{ type: 'SMN', status: 'ACTIVE' as const, data: { topic_urn } },
  })),
});

describe('the record of SMN triggers', () => {
  it('distinguishes a trigger of a deployment from one made by hand', () => {
    const recorded = triggersToRecord(listensTo('urn:a'), undefined);
    expect(isRecorded(trigger('SMN', { topic_urn: 'urn:a' }), recorded)).toBe(true);
    expect(isRecorded(trigger('SMN', { topic_urn: 'urn:b' }), recorded)).toBe(false);
    expect(isRecorded(trigger('CTS', { topic_urn: 'urn:a' }), recorded)).toBe(false);
  });

  it('is needed until it has every desired trigger', () => {
    const recorded = triggersToRecord(listensTo('urn:a'), undefined);
    expect(needsRecord(listensTo('urn:a'), recorded)).toBe(false);
    expect(needsRecord(listensTo('urn:a', 'urn:b'), recorded)).toBe(true);
    expect(needsRecord(listensTo(), recorded)).toBe(false);
  });

  it('keeps an old trigger until it is gone, so that a repeated deployment can remove it', () => {
    const old = triggersToRecord(listensTo('urn:old'), undefined);
    const actual = deployed(desired());
    const marker = readMarker(actual.config.description);
    if (marker === undefined) throw new Error('no marker');
    actual.config.description = withMarker('x', { ...marker, triggers: old });
    actual.triggers = [trigger('SMN', { topic_urn: 'urn:old' })];
    const both = triggersToRecord(listensTo('urn:new'), actual);
    expect(both).toHaveLength(2);
    expect(both).toEqual(expect.arrayContaining(old));
    actual.triggers = [];
    expect(triggersToRecord(listensTo('urn:new'), actual)).toHaveLength(1);
  });
});
