import tseslint from 'typescript-eslint';

const only = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: forbidden.map(([group, message]) => ({ group, message })),
      },
    ],
  },
});

const noOutside = ['**/local/**', '**/cli/**', '**/deploy/**', '**/handlers/**', '**/test/**'];

const zodAsNamespace = {
  selector:
    'ImportDeclaration[source.value="zod"] > :matches(ImportSpecifier, ImportDefaultSpecifier)',
  message: 'import * as z from "zod": the named import keeps every locale in the bundle.',
};

/** Where a secret is signed with, compared, sent or handed over; nowhere else is it read. */
const readsSecrets = [
  'lib/cloud/request/auth.ts',
  'lib/cloud/iam.ts',
  'lib/cloud/iam-errors.ts',
  'lib/cloud/obs/obs-client.ts',
  'lib/http/tokens.ts',
  'lib/http/webhooks.ts',
  'cli/sign-in/credential-cache.ts',
  'cli/invoke/credentials.ts',
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', '.phonevault', '.stryker-tmp'] },
  {
    files: ['**/*.ts'],
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
      // No classes here: methods are closures and may be taken apart.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  // Plain JavaScript, so that the framework loads it as it is; tsc checks its types.
  { files: ['deploy/**/*.js'], extends: [...tseslint.configs.recommended] },
  only(
    ['deploy/**/*.js'],
    [[['**/lib/**', '**/local/**', '**/cli/**', '**/handlers/**'], 'deploy stands alone']],
  ),
  // The arrows point one way: handlers -> run -> ledger, policy, cloud -> errors.
  only(
    ['handlers/**/*.ts'],
    [[['**/local/**', '**/cli/**', '**/test/**'], 'handlers use lib only']],
  ),
  only(
    ['lib/**/*.ts'],
    [[noOutside, 'lib stands alone: nothing of local, cli, deploy or handlers']],
  ),
  only(
    ['lib/errors.ts', 'lib/clock.ts', 'lib/secret.ts'],
    [[[...noOutside, './*/**'], 'errors, clock and secret sit at the bottom']],
  ),
  only(
    ['lib/policy/**/*.ts'],
    [
      [
        [...noOutside, '**/run/**', '**/ledger/**', '**/cloud/**', '**/runtime/**', 'node:*'],
        'policy is pure: no I/O and no other room',
      ],
    ],
  ),
  only(
    ['lib/cloud/**/*.ts'],
    [
      [
        [...noOutside, '**/run/**', '**/ledger/**', '**/policy/**', '**/runtime/**'],
        'cloud knows the services only',
      ],
    ],
  ),
  only(
    ['lib/ledger/**/*.ts'],
    [[[...noOutside, '**/run/**', '**/runtime/**'], 'the ledger is below run']],
  ),
  only(['lib/run/**/*.ts'], [[[...noOutside, '**/runtime/**'], 'run is below runtime']]),
  only(
    ['local/**/*.ts'],
    [
      [
        ['**/lib/**', '**/handlers/**', '**/cli/**'],
        'a simulator that shares code or constants with its client proves nothing',
      ],
    ],
  ),
  {
    files: ['{lib,cli,handlers,scripts,deploy}/**/*.ts'],
    ignores: readsSecrets,
    rules: {
      'no-restricted-syntax': [
        'error',
        zodAsNamespace,
        {
          selector: 'ImportSpecifier[imported.name="reveal"]',
          message: 'a secret is read where it is used: see readsSecrets in eslint.config.js',
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
