import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { fileOf } from '../../cli/ui/file.tsx';
import type { Ledger } from '../../cli/ui/ledgers.ts';
import { fakeLedger, manyPhones, NOW } from '../cli/ui/support/fake-ledger.ts';
import { expectAccessible, expectFits, useBrowser } from './support/page.ts';

const browser = useBrowser();
const folder = mkdtempSync(join(tmpdir(), 'phonevault-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(ledger: Ledger): Promise<string> {
  const deps = { ledgers: [ledger], clock: { now: () => NOW }, zone: 'Europe/Berlin' };
  const file = join(folder, 'page.html');
  writeFileSync(file, await fileOf(deps, 'en', { checks: true }));
  return pathToFileURL(file).href;
}

describe('the page as a file', () => {
  it.each([390, 1_400])(
    'fits and is accessible in both languages, %i pixels wide',
    async (width) => {
      const viewport = { width, height: 900 };
      const { page, surprises } = await browser.open(await write(fakeLedger()), { viewport });
      await expectFits(page);
      await expectAccessible(page);
      await page.getByRole('button', { name: '中文' }).click();
      expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
      expect(await page.getByText('12 台云手机').isVisible()).toBe(true);
      expect(await page.getByText('12 phones').isVisible()).toBe(false);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'English' }).click();
      expect(await page.getByText('12 phones').isVisible()).toBe(true);
      expect(surprises).toEqual([]);
    },
  );

  it('filters a list by name', async () => {
    const phones = manyPhones(2_000);
    const { page } = await browser.open(await write(fakeLedger({ phones: async () => phones })));
    const late = page.locator('#en-0-0-late');
    expect(await late.locator('tbody tr:visible').count()).toBe(200);
    await page.locator('input[data-filter="en-0-0-late"]').fill('GAME-100');
    expect(await late.locator('tbody tr:visible').allTextContents()).toHaveLength(2);
  });

  it('runs nothing that a name holds', async () => {
    const name = '</script><img src=x onerror=alert(1)>';
    const phones = manyPhones(20, () => name);
    const { page, surprises } = await browser.open(
      await write(fakeLedger({ name, phones: async () => phones })),
    );
    expect(await page.locator('img').count()).toBe(0);
    expect(surprises).toEqual([]);
  });
});
