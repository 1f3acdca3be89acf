import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { withoutContents } from './unused.ts';

const OWN = join(import.meta.dirname, 'bundled');

/** An import of a package, by whom it is imported, and the module of ours that takes its place. */
const REPLACED: { imported: RegExp; by: RegExp; own: string }[] = [
  { imported: /^\.{1,2}\/S3Client$/, by: /[\\/]client-s3[\\/]/, own: 's3-client.ts' },
  {
    imported: /^@aws-sdk\/checksums\/flexible-checksums$/,
    by: /[\\/]client-s3[\\/]/,
    own: 's3-checksum.ts',
  },
  {
    imported: /^@smithy\/core\/endpoints$/,
    by: /[\\/](?:commandBuilder|serializerMiddleware)\.js$/,
    own: 's3-endpoint.ts',
  },
  // Archives are read, never written.
  { imported: /^\.\/pack(?:\.js)?$/, by: /[\\/]tar-stream[\\/]index\.js$/, own: 'no-pack.ts' },
  { imported: /^lodash$/, by: /[\\/]AKSKSigner\.js$/, own: 'sort-by.ts' },
  { imported: /^moment$/, by: /[\\/]AKSKSigner\.js$/, own: 'sdk-date.ts' },
];

/** Files of packages that no handler needs: what they export throws when it is called. */
const UNUSED = [
  // The S3 client: streams of events, and what of its configuration only the SDK's own S3Client reads.
  /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/](?:event-streams|config)[\\/]index\.js$/,
  /[\\/]client-s3[\\/]dist-es[\\/](?:runtimeConfig|endpoint[\\/]endpointResolver)\.js$/,
  // yaml: writing YAML, and JavaScript values.
  /[\\/]yaml[\\/]browser[\\/]dist[\\/](?:stringify[\\/]\w+|doc[\\/](?:createNode|applyReviver))\.js$/,
  /[\\/]yaml[\\/]browser[\\/]dist[\\/]nodes[\\/](?:toJS|addPairToJSMap)\.js$/,
];

/** zod: JSON Schema, which only the OpenAPI document needs. */
const JSON_SCHEMA = /[\\/]zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/;

/** yaml: the schemas of YAML 1.1 and JSON, and tags outside of the core schema, which policies must not use. */
const YAML_TAGS = /[\\/]yaml[\\/]browser[\\/]dist[\\/]schema[\\/]tags\.js$/;
const CORE_TAGS = [
  "import { schema } from './core/schema.js';",
  'export const coreKnownTags = {};',
  'export const getTags = () => schema.slice();',
].join('\n');

const S3_SCHEMAS = /[\\/]client-s3[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;
const S3_SCHEMA = /^export var (\w+\$) = (\[(?:.*\]|[^]*?^\]));$/gm;

/**
 * Cuts from the bundle of a handler what it never calls, where esbuild cannot tell. `jsonSchema` keeps the JSON Schema of zod.
 * A package that moves its files gets whole into the bundle again: the budget of the bundles finds that.
 */
export function lean({ jsonSchema }: { jsonSchema: boolean }): Plugin {
  return {
    name: 'lean',
    setup({ onLoad, onResolve }) {
      for (const { imported, by, own } of REPLACED) {
        onResolve({ filter: imported }, ({ importer }) =>
          by.test(importer) ? { path: join(OWN, own), sideEffects: false } : undefined,
        );
      }
      for (const filter of jsonSchema ? UNUSED : [...UNUSED, JSON_SCHEMA]) {
        onLoad({ filter }, async ({ path }) => ({ contents: await withoutContents(path) }));
      }
      onLoad({ filter: YAML_TAGS }, () => ({ contents: CORE_TAGS }));
      // The ES modules of yaml, which esbuild can shake.
      onResolve({ filter: /^yaml$/ }, ({ resolveDir }) => ({
        path: join(resolveDir, '../../../node_modules/yaml/browser/dist/index.js'),
      }));
      // An array may have effects as its elements may; a pure call has none, so that schemas without a user are dropped.
      onLoad({ filter: S3_SCHEMAS }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source.replace(S3_SCHEMA, 'export var $1 = /* @__PURE__ */ (() => $2)();');
        if (contents === source) throw new Error(`${path} has no schemas`);
        return { contents };
      });
    },
  };
}
