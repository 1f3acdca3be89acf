import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles } from './docs/generated.ts';

// The SDK's warning about future Node.js versions is for its maintainers.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Writes the generated files of docs/. */
for (const { path, text } of await generatedFiles()) {
  await writeFile(join(import.meta.dirname, '..', path), text);
}
