const text = { type: 'string' };
const settings = { type: 'object', additionalProperties: { type: 'string' } };

/** Schema of `provider` and `functions` in serverless.yml. An empty string counts as missing. `checkValues` checks the settings. */
export const schema = {
  provider: {
    properties: {
      stage: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,29}$' },
      region: text,
      projectId: text,
      endpoint: text,
      ltsEndpoint: { type: 'string', pattern: '^(https?://.+)?$' },
      runtime: { enum: ['Node.js18.15', 'Node.js20.15'] },
      agency: { type: 'string', minLength: 1, maxLength: 64 },
      executionAgency: { type: 'string', maxLength: 64 },
      logs: { type: 'boolean' },
      environment: settings,
      failureTopicUrn: text,
    },
    required: ['region', 'agency'],
  },
  function: {
    properties: {
      handler: { type: 'string', pattern: '^[\\w-]+\\.handler$' },
      description: { type: 'string', maxLength: 200 },
      memorySize: {
        enum: [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096],
      },
      timeout: { type: 'integer', minimum: 3, maximum: 900 },
      maxInstances: { type: 'integer', minimum: -1, maximum: 1000 },
      environment: settings,
      encryptedEnvironment: settings,
      async: {
        type: 'object',
        properties: {
          retries: { type: 'integer', minimum: 0, maximum: 3 },
          maxAge: { type: 'integer', minimum: 1, maximum: 86400 },
        },
        required: ['retries', 'maxAge'],
        additionalProperties: false,
      },
    },
    required: ['handler', 'memorySize', 'timeout'],
  },
};

/** Schema of an entry of a function's `events`. An empty `when` disables the entry. */
export const eventSchema = {
  type: 'object',
  properties: {
    triggerTypeCode: { enum: ['TIMER', 'APIG', 'DEDICATEDGATEWAY', 'CTS', 'SMN'] },
    status: { enum: ['ACTIVE', 'DISABLED'] },
    when: text,
    eventData: { type: 'object' },
  },
  required: ['triggerTypeCode', 'eventData'],
  additionalProperties: false,
};
