import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { apigEventSchema } from '../lib/runtime/events/apig-event.ts';
import { timerEventSchema } from '../lib/runtime/events/timer-event.ts';
import {
  cloudEventSchema,
  ctsEventSchema,
  deliverySchema,
  obsEventSchema,
  smnEventSchema,
  traceSchema,
} from '../lib/runtime/events/shapes.ts';

/** The event of a trigger: the whole payload, and the part that its schema reads. */
export type Payload<T> = { name: string; event: unknown; parsed: T };

function load<S extends z.ZodType>(name: string, schema: S): Payload<z.output<S>> {
  const text = readFileSync(new URL(`payloads/${name}.json`, import.meta.url), 'utf8');
  const event: unknown = JSON.parse(text);
  return { name, event, parsed: schema.parse(event) };
}

/**
 * Example events of every trigger and of API callers. The shapes are those of the services, the values are invented. Importing
 * this module throws if a payload does not match its schema.
 */
export const payloads = {
  timerPlain: load('timer-plain', timerEventSchema),
  timerWithoutText: load('timer-without-text', timerEventSchema),
  timerNamed: load('timer-named', timerEventSchema),
  timerNamedJson: load('timer-named-json', timerEventSchema),
  timerUtc: load('timer-utc', timerEventSchema),
  timerFraction: load('timer-fraction', timerEventSchema),
  timerText: load('timer-text', timerEventSchema),
  timerMilliseconds: load('timer-milliseconds', timerEventSchema),
  timerSeconds: load('timer-seconds', timerEventSchema),
  timerUnreadable: load('timer-unreadable', timerEventSchema),
  timerNamesNothing: load('timer-names-nothing', timerEventSchema),
  apigStartRun: load('apig-start-run', apigEventSchema),
  apigStartRunPlain: load('apig-start-run-plain', apigEventSchema),
  apigDedicatedStartRun: load('apig-dedicated-start-run', apigEventSchema),
  apigListRuns: load('apig-list-runs', apigEventSchema),
  apigRepeatedQuery: load('apig-repeated-query', apigEventSchema),
  apigShowRun: load('apig-show-run', apigEventSchema),
  apigCancelRun: load('apig-cancel-run', apigEventSchema),
  apigPlan: load('apig-plan', apigEventSchema),
  apigNoCaller: load('apig-no-caller', apigEventSchema),
  apigNotJson: load('apig-not-json', apigEventSchema),
  apigWebhook: load('apig-webhook', apigEventSchema),
  ctsCreatePhone: load('cts-create-phone', ctsEventSchema),
  ctsCreateServer: load('cts-create-server', ctsEventSchema),
  ctsCreateOrder: load('cts-create-order', ctsEventSchema),
  ctsResetPhones: load('cts-reset-phones', ctsEventSchema),
  ctsText: load('cts-text', ctsEventSchema),
  ctsSeconds: load('cts-seconds', ctsEventSchema),
  ctsTimeAsText: load('cts-time-as-text', ctsEventSchema),
  ctsUnwrapped: load('cts-unwrapped', traceSchema),
  ctsFailed: load('cts-failed', ctsEventSchema),
  ctsOtherTrace: load('cts-other-trace', ctsEventSchema),
  ctsOtherService: load('cts-other-service', ctsEventSchema),
  eventgridCreatePhone: load('eventgrid-create-phone', cloudEventSchema),
  eventgridResetPhones: load('eventgrid-reset-phones', cloudEventSchema),
  eventgridObjectCreated: load('eventgrid-object-created', cloudEventSchema),
  smnPhones: load('smn-phones', smnEventSchema),
  smnServer: load('smn-server', smnEventSchema),
  smnPolicy: load('smn-policy', smnEventSchema),
  smnText: load('smn-text', smnEventSchema),
  smnSeveral: load('smn-several', smnEventSchema),
  smnTrace: load('smn-trace', smnEventSchema),
  smnOwnNotification: load('smn-own-notification', smnEventSchema),
  smnOwnText: load('smn-own-text', smnEventSchema),
  obsObjectCreated: load('obs-object-created', obsEventSchema),
  failureOfTrace: load('failure-of-trace', deliverySchema),
  failureOfText: load('failure-of-text', deliverySchema),
  failureBySmn: load('failure-by-smn', smnEventSchema),
  failureOfFailure: load('failure-of-failure', deliverySchema),
  failureOfTimer: load('failure-of-timer', deliverySchema),
  success: load('success', deliverySchema),
};
