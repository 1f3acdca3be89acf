import * as z from 'zod';
import { parseJsonText } from '../http/body.ts';
import { SmnError } from './error.ts';

/** The protocols of SMN. */
export const PROTOCOLS: readonly string[] = [
  'email',
  'sms',
  'http',
  'https',
  'functiongraph',
  'functionstage',
  'dms',
  'application',
  'callnotify',
  'dingding',
  'feishu',
  'welink',
  'wechat',
];

const MAX_SMS_CHARACTERS = 490;

const structureSchema = z.looseObject({ default: z.string().min(1) });

/**
 * Checks a message_structure: a JSON object of texts by protocol, with a `default`. The real SMN cuts an SMS that is too
 * long and loses one with brackets; here both are errors, so that a test notices. Throws SMN.0021.
 */
export function checkStructure(text: string): void {
  const parsed = structureSchema.safeParse(parseJsonText(text));
  if (!parsed.success) throw invalid('a JSON object with a text for "default" is needed');
  for (const [protocol, content] of Object.entries(parsed.data)) {
    if (protocol !== 'default' && !PROTOCOLS.includes(protocol)) throw invalid('unknown protocol');
    if (typeof content !== 'string') throw invalid('the content of a protocol must be a text');
  }
  const sms = parsed.data['sms'];
  if (typeof sms !== 'string') return;
  if ([...sms].length > MAX_SMS_CHARACTERS) throw invalid('sms has more than 490 characters');
  if (/[[\]【】]/.test(sms)) throw invalid('sms contains brackets');
}

const invalid = (why: string) =>
  new SmnError(400, 'SMN.0021', `MessageStructure is invalid: ${why}.`);
