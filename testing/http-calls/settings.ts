import { EXPIRED, hashOf, READER, TOKEN, WEBHOOK_KEYS } from '../keys.ts';

export const [SECRET = '', RESTRICTED = '', FOREIGN = ''] = WEBHOOK_KEYS;

/** The callers' tokens and webhook secrets. */
export const HTTP_SETTINGS = {
  PHONEVAULT_HTTP_TOKENS: [
    `ci:read+run+cancel:never:sha256-${hashOf(TOKEN)}`,
    `screen:read:never:sha256-${hashOf(READER)}`,
    `old:read+run:2025-12-31:sha256-${hashOf(EXPIRED)}`,
  ].join(','),
  PHONEVAULT_WEBHOOK_SECRETS: `${SECRET},crm:nightly:${RESTRICTED}`,
};
