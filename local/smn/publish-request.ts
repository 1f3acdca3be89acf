import * as z from 'zod';
import { SmnError, tooLong } from './error.ts';
import { type MessageAttribute, readAttributes } from './attributes.ts';
import { checkStructure } from './structure.ts';

/** A publish request. Of message, structure and template only the one that counts is set. */
export type Publication = {
  subject: string | null;
  message: string | null;
  message_structure: string | null;
  message_attributes: MessageAttribute[] | null;
};

const MAX_SUBJECT_BYTES = 512;
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_TTL_SECONDS = 604_800;

const text = z.string().nullish();
const requestSchema = z.object({
  subject: text,
  message: text,
  message_structure: text,
  message_template_name: text,
  time_to_live: text,
  message_attributes: z.array(z.unknown()).nullish(),
});

/** Parses the body of a publish (smn_api_54001 to 54003). Throws SmnError. */
export function readPublication(body: unknown): Publication {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw invalid(String(parsed.error.issues[0]?.path[0] ?? 'body'));
  const request = parsed.data;
  const subject = request.subject ?? null;
  if (subject !== null && Buffer.byteLength(subject) > MAX_SUBJECT_BYTES) throw tooLong('subject');
  checkTimeToLive(request.time_to_live ?? undefined);
  const attributes = request.message_attributes ?? null;
  return {
    subject,
    ...readContent(request),
    message_attributes: attributes === null ? null : readAttributes(attributes),
  };
}

function readContent(
  request: z.infer<typeof requestSchema>,
): Pick<Publication, 'message' | 'message_structure'> {
  const { message_structure: structure, message_template_name: template, message } = request;
  if (structure) {
    checkSize(structure, 'message_structure');
    checkStructure(structure);
    return { message: null, message_structure: structure };
  }
  if (template) {
    if (!/^[A-Za-z0-9][\w-]{0,63}$/.test(template)) {
      throw new SmnError(400, 'SMN.0032', 'Parameter: message_template_name is invalid.');
    }
    throw new SmnError(404, 'SMN.0027', 'Template not found.');
  }
  if (!message) throw invalid('message');
  checkSize(message, 'message');
  return { message, message_structure: null };
}

function checkSize(content: string, name: string): void {
  if (Buffer.byteLength(content) > MAX_MESSAGE_BYTES) throw tooLong(name);
}

function checkTimeToLive(seconds: string | undefined): void {
  if (seconds === undefined) return;
  if (!/^[1-9]\d{0,5}$/.test(seconds) || Number(seconds) > MAX_TTL_SECONDS) {
    throw invalid('time_to_live');
  }
}

const invalid = (name: string) => new SmnError(400, 'SMN.0024', `Parameter: ${name} is invalid.`);
