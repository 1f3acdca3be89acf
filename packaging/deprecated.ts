import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

type Replacement = { file: RegExp; old: string; now: string };

const REPLACEMENTS: Replacement[] = [
  // DEP0169. The official signer only reads `host` and `pathname`, which URL has too.
  {
    file: /[\\/]auth[\\/]AKSKSigner\.js$/,
    old: 'url_1.default.parse(request.endpoint, true)',
    now: 'new URL(request.endpoint)',
  },
  // DEP0111. A bundled module has no `module.require`; without it lodash calls process.binding.
  {
    file: /[\\/]lodash[\\/]lodash\.js$/,
    old: "freeModule && freeModule.require && freeModule.require('util').types",
    now: "require('util').types",
  },
];

/**
 * Replaces what bundled packages call and Node.js deprecates: inside node_modules Node.js is silent about it, in a bundle it
 * prints a warning. The build throws if a new version of a package no longer has the old text.
 */
export const withoutDeprecated: Plugin = {
  name: 'without-deprecated',
  setup({ onLoad }) {
    for (const { file, old, now } of REPLACEMENTS) {
      onLoad({ filter: file }, async ({ path }) => {
        const parts = (await readFile(path, 'utf8')).split(old);
        if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} times "${old}"`);
        return { contents: parts.join(now), loader: 'js' };
      });
    }
  },
};
