import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleHandlers, bundleTools } from '../../packaging/bundle.ts';

/** A folder with sources by name. */
async function sources(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const entry = (name: string) => ({ in: join(folder, `${name}.ts`), out: name });
  return { folder, out: join(folder, 'out'), entry };
}

const shared = 'export const twice = (n: number): number => 2 * n;\n';

describe('bundleHandlers', () => {
  it('bundles each handler with what it imports into one CommonJS file', async () => {
    const { folder, out, entry } = await sources({
      'shared.ts': shared,
      'a.ts':
        "import { twice } from './shared.ts';\nexport const handler = async () => twice(2);\n",
    });
    const inputs = await bundleHandlers([entry('a')], out);
    expect(inputs.toSorted()).toEqual([join(folder, 'a.ts'), join(folder, 'shared.ts')]);
    const call = `require(${JSON.stringify(join(out, 'a.js'))}).handler().then(console.log)`;
    expect(String(execFileSync(process.execPath, ['-e', call]))).toBe('4\n');
  });
});

describe('bundleTools', () => {
  it('makes the first program executable, and no other', async () => {
    const { out, entry } = await sources({
      'a.ts': 'console.log(import.meta.dirname);\n',
      'b.ts': 'export function keptName() {}\n',
    });
    await bundleTools([entry('a'), entry('b')], out);
    expect(String(execFileSync(join(out, 'a.js')))).toBe(`${out}\n`);
    expect((await stat(join(out, 'b.js'))).mode & 0o111).toBe(0);
    expect(await readFile(join(out, 'b.js'), 'utf8')).toMatch(/^(?!#!)[^]*keptName/);
  });
});
