/** Credentials of the API callers in the payloads, as in docs/events.md. */
export const EXAMPLE_TOKEN =
  'example:read+run+cancel:never:sha256-ce0fc73e4cf74875147e5ffa80c087c2edf2a7b5876ab9fcbde920fa430f2c36';
export const EXAMPLE_SECRET = 'whsec_ZXhhbXBsZS1leGFtcGxlLWV4YW1wbGUt';
