import { describe, expect, it } from 'vitest';
import { fakeLedger, manyPhones } from '../cli/ui/support/fake-ledger.ts';
import { expectAccessible, expectFits, useBrowser } from './support/page.ts';

const browser = useBrowser();

const PATHS = [
  ...['/', '/ledgers/1/policies/nightly?state=late', '/ledgers/1/phones/id-7'],
  ...['/ledgers/1/runs/nightly-1', '/ledgers/1/checks', '/nothing'],
];

describe.each([390, 1_400])('%i pixels wide', (width) => {
  const viewport = { width, height: 900 };

  it.each(PATHS)(
    '%s fits, is accessible in light and dark, and asks for nothing else',
    async (path) => {
      const url = (await browser.serve(fakeLedger())) + path;
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, surprises } = await browser.open(url, { viewport, colorScheme });
        await expectFits(page);
        await expectAccessible(page);
        expect(surprises.filter((text) => !text.includes('404'))).toEqual([]);
      }
    },
  );

  it('is accessible in Chinese', async () => {
    const url = await browser.serve(fakeLedger());
    const { page } = await browser.open(`${url}/?lang=zh`, { viewport });
    await expectFits(page);
    await expectAccessible(page);
  });
});

describe('the page', () => {
  it('leads from a policy to its late phones, and to the history of one of them', async () => {
    const { page } = await browser.open(await browser.serve(fakeLedger()));
    await page.getByRole('link', { name: 'nightly', exact: true }).click();
    await page.getByLabel('State').selectOption('fresh');
    await page.getByLabel('Name or id').fill('game-7');
    await page.getByRole('button', { name: 'Filter' }).click();
    const rows = page.locator('[data-phones] tbody tr');
    const states = await rows.locator('td:nth-child(2)').allTextContents();
    expect(new Set(states)).toEqual(new Set(['fresh']));
    expect(await page.getByLabel('State').inputValue()).toBe('fresh');

    await rows.getByRole('link', { name: 'game-7', exact: true }).click();
    expect(await page.getByRole('heading', { name: 'Phone game-7' }).isVisible()).toBe(true);
    const archives = page.getByRole('region', { name: 'Archives, newest first' });
    expect(await archives.textContent()).toContain('obs://my-phone-backups/nightly/1/id-7-1.tar');
    await archives.getByRole('link', { name: 'nightly-1' }).click();
    expect(await page.textContent('main')).toContain('31 exported');
  });

  it('switches the language and keeps it on the way', async () => {
    const { page } = await browser.open(`${await browser.serve(fakeLedger())}/?lang=en`);
    await page.getByRole('link', { name: '中文' }).click();
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.getByRole('link', { name: 'nightly', exact: true }).click();
    expect(await page.textContent('main')).toContain('备份过期');
    await page.getByRole('link', { name: 'English' }).click();
    expect(await page.textContent('main')).toContain('Never backed up'.toLowerCase());
    expect(new URL(page.url()).pathname).toBe('/ledgers/1/policies/nightly');
  });

  it('prefers Chinese for a browser that does', async () => {
    const { page } = await browser.open(await browser.serve(fakeLedger()), { locale: 'zh-CN' });
    expect(await page.textContent('main')).toContain('最近一次运行');
  });

  it('can be used from the keyboard', async () => {
    const { page } = await browser.open(await browser.serve(fakeLedger()));
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('nightly');
  });

  it('shows a page of 20,000 phones in a small document', async () => {
    const phones = manyPhones(20_000);
    const url = await browser.serve(fakeLedger({ phones: async () => phones }));
    const { page } = await browser.open(`${url}/ledgers/1/policies/nightly`);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(1_500);
    await page.getByRole('link', { name: 'Next' }).click();
    expect(await page.textContent('main')).toContain('51 to 100 of 20000');
  });

  it('runs nothing that a name holds', async () => {
    const name = '"><img src=x onerror=alert(1)><script>alert(2)</script>\'';
    const phones = manyPhones(60, () => name);
    const url = await browser.serve(fakeLedger({ name, phones: async () => phones }));
    for (const path of ['/', '/ledgers/1/policies/nightly', '/ledgers/1/phones/id-7']) {
      const { page, surprises } = await browser.open(
        `${url}${path}?q=${encodeURIComponent(name.slice(0, 9))}`,
      );
      expect(await page.textContent('body')).toContain('<img src=x onerror=alert(1)>');
      expect(await page.locator('img').count()).toBe(0);
      expect(surprises).toEqual([]);
    }
  });
});
