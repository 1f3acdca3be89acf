import tseslint from 'typescript-eslint';
import { arrows, noCircles } from './scripts/imports.js';

const base = [
  ...['lib/errors', 'lib/clock', 'lib/names', 'lib/secret', 'lib/version', 'lib/visible'],
  ...['lib/amounts', 'lib/name-ranges'],
];
const belowRun = ['lib/meanings', 'lib/ledger', 'lib/policy', 'lib/cloud', ...base];
const step = ['lib/run/state', 'lib/run/deps', 'lib/run/reads', ...belowRun];

/** Each room, and the rooms that it may import. What a folder holds beside its rooms belongs to the folder. */
const ROOMS = {
  'lib/errors': [],
  'lib/clock': [],
  'lib/names': [],
  'lib/secret': [],
  'lib/version': ['package'],
  'lib/visible': [],
  'lib/amounts': [],
  'lib/name-ranges': [],
  'lib/policy': base,
  'lib/cloud/request': base,
  'lib/cloud/endpoints': base,
  'lib/cloud/cph': ['lib/cloud/request', ...base],
  'lib/cloud/functiongraph': ['lib/cloud/request', ...base],
  'lib/cloud/iam': ['lib/cloud/request', ...base],
  'lib/cloud/obs': ['lib/cloud/request', ...base],
  'lib/cloud/smn': ['lib/cloud/request', ...base],
  'lib/ledger/store': base,
  'lib/ledger/lease': ['lib/ledger/store', 'lib/ledger/run', ...base],
  'lib/ledger/fleet': ['lib/ledger/store', ...base],
  'lib/ledger/run': ['lib/ledger/store', ...base],
  'lib/ledger/state': ['lib/ledger/store', 'lib/ledger/run', ...base],
  'lib/ledger/catalogue': ['lib/ledger/store', 'lib/ledger/run', ...base],
  'lib/ledger/retention': ['lib/ledger/store', 'lib/ledger/run', ...base],
  'lib/ledger/hints': ['lib/ledger/store', ...base],
  'lib/meanings': ['lib/ledger', 'lib/policy', 'lib/cloud', ...base],
  'lib/run/meter': belowRun,
  'lib/run/reads': belowRun,
  'lib/run/deps': ['lib/run/meter', 'lib/run/reads', ...belowRun],
  'lib/run/state': ['lib/run/deps', 'lib/run/reads', ...belowRun],
  'lib/run/freshness': step,
  'lib/run/totals': step,
  'lib/run/query': ['lib/run/freshness', 'lib/run/totals', ...step],
  'lib/run/export': step,
  'lib/run/archive': step,
  'lib/run/restore': step,
  'lib/run/fold': step,
  'lib/run/retention': ['lib/run/freshness', ...step],
  'lib/run/notify': ['lib/run/archive', 'lib/run/freshness', 'lib/run/query', ...step],
  'lib/run/plan': ['lib/run/query', ...step],
  'lib/run/first-backup': step,
  'lib/run/request': step,
  'lib/run/settle': [
    ...['lib/run/export', 'lib/run/freshness', 'lib/run/notify', 'lib/run/totals'],
    ...step,
  ],
  'lib/run/schedule': [
    ...['lib/run/first-backup', 'lib/run/freshness', 'lib/run/notify', 'lib/run/request'],
    ...step,
  ],
  'lib/run/drive': ['lib/run', ...belowRun],
  'lib/http': ['lib/run', 'lib/meanings', 'lib/ledger', 'lib/policy', ...base],
  'lib/runtime': ['lib'],
  handlers: ['lib/runtime', 'lib/http', 'lib/run'],
  events: ['lib/runtime'],
  examples: [],
  cli: ['lib'],
  // A simulator that shares code with its client proves nothing.
  local: [],
  demo: ['cli', 'deploy'],
  deploy: [],
  packaging: [],
  testing: ['packaging', 'lib', 'local', 'handlers', 'cli', 'events'],
  bench: ['testing', 'lib', 'local'],
  scripts: ['packaging', 'testing', 'lib', 'cli', 'local', 'events'],
};

const zodAsNamespace = {
  selector:
    'ImportDeclaration[source.value="zod"] > :matches(ImportSpecifier, ImportDefaultSpecifier)',
  message: 'use import * as z from "zod": the named import bundles every locale',
};

/** The files that may read a secret: to sign, compare or send it. */
const readsSecrets = [
  'lib/cloud/request/auth.ts',
  'lib/cloud/request/sign.ts',
  'lib/cloud/iam.ts',
  'lib/cloud/iam-errors.ts',
  'lib/cloud/obs/client.ts',
  'lib/http/tokens.ts',
  'lib/http/webhooks.ts',
  'cli/sign-in/credential-cache.ts',
  'cli/invoke/credentials.ts',
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', '.phonevault', '.stryker-tmp'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', zodAsNamespace],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      // Methods are closures and may be passed without their object.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  // Plain JavaScript, which the Serverless Framework and ESLint load directly; tsc checks its types.
  { files: ['{deploy,scripts}/**/*.js'], extends: [...tseslint.configs.recommended] },
  {
    files: ['**/*.{ts,tsx,js}'],
    plugins: { imports: { rules: { arrows, 'no-circles': noCircles } } },
    rules: { 'imports/arrows': ['error', ROOMS], 'imports/no-circles': 'error' },
  },
  // The tables of test.each may have more columns.
  {
    files: ['**/*.{ts,tsx,js}'],
    ignores: ['**/*.test.ts'],
    rules: { 'max-params': ['error', 4] },
  },
  {
    files: ['lib/**/*.ts'],
    rules: { complexity: ['error', { max: 15, variant: 'modified' }] },
  },
  {
    files: ['lib/policy/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'policy is pure' }] },
      ],
    },
  },
  {
    files: ['{lib,cli,handlers,scripts,deploy}/**/*.{ts,tsx}'],
    ignores: readsSecrets,
    rules: {
      'no-restricted-syntax': [
        'error',
        zodAsNamespace,
        {
          selector: 'ImportSpecifier[imported.name="reveal"]',
          message: 'only the files in readsSecrets of eslint.config.js may read a secret',
        },
      ],
    },
  },
  {
    files: ['lib/**/*.ts', 'handlers/**/*.ts'],
    ignores: ['lib/runtime/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'only lib/runtime reads the environment' },
        { object: 'Date', property: 'now', message: 'take the clock as an argument' },
        { object: 'Math', property: 'random', message: 'take the random source as an argument' },
      ],
    },
  },
  {
    files: ['{local,cli,scripts,bench}/**/*.ts', 'test/live/{check,serve}.ts'],
    rules: { 'no-console': 'off' },
  },
);
