/** The headers of a Standard Webhooks message. A call is signed only with all three. */
const HEADERS = {
  webhookId: ['webhook-id', 'Unique to the message; also the idempotency key.'],
  webhookTimestamp: ['webhook-timestamp', 'Seconds since 1970, at most five minutes off.'],
  webhookSignature: [
    'webhook-signature',
    '`v1,` and the base64 HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`; several are separated by spaces.',
  ],
} as const;

/** The security requirement of a webhook: all three headers. */
export const WEBHOOK = Object.fromEntries(Object.keys(HEADERS).map((name) => [name, []]));

export const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'A token of PHONEVAULT_HTTP_TOKENS.' },
  ...Object.fromEntries(
    Object.entries(HEADERS).map(([id, [name, description]]) => [
      id,
      { type: 'apiKey', in: 'header', name, description: `Standard Webhooks. ${description}` },
    ]),
  ),
};
