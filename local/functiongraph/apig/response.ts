import * as z from 'zod';

const answerSchema = z.object({
  statusCode: z.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

/** What a function's result is over HTTP; undefined when it has not the form that APIG needs. */
export function httpAnswer(result: string): Response | undefined {
  let value: unknown;
  try {
    value = JSON.parse(result);
  } catch {
    return undefined;
  }
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { statusCode: status, headers: given, body, isBase64Encoded } = parsed.data;
  const headers = new Headers();
  try {
    for (const [name, text] of Object.entries(given)) headers.set(name, String(text));
  } catch {
    return undefined;
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const empty = [204, 205, 304].includes(status);
  return new Response(empty ? null : bytes, { status, headers });
}
