import * as z from 'zod';

const responseSchema = z.object({
  statusCode: z.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

/** Returns the HTTP response that a function's result describes; undefined if it lacks the form that APIG requires. */
export function toHttpResponse(result: string): Response | undefined {
  let value: unknown;
  try {
    value = JSON.parse(result);
  } catch {
    return undefined;
  }
  const parsed = responseSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { statusCode: status, headers: values, body, isBase64Encoded } = parsed.data;
  const headers = new Headers();
  try {
    for (const [name, text] of Object.entries(values)) headers.set(name, String(text));
  } catch {
    return undefined;
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const hasNoBody = [204, 205, 304].includes(status);
  return new Response(hasNoBody ? null : bytes, { status, headers });
}
