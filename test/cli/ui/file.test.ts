import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fileOf } from '../../../cli/ui/file.tsx';
import type { Ledger } from '../../../cli/ui/ledgers.ts';
import { fakeLedger, manyPhones, NOW } from './support/fake-ledger.ts';

const make = (ledger: Ledger, language: 'en' | 'zh' = 'en', checks = true) =>
  fileOf({ ledgers: [ledger], clock: { now: () => NOW }, zone: 'Europe/Berlin' }, language, {
    checks,
  });

describe('fileOf', () => {
  it('has the page in both languages, one of them shown', async () => {
    const html = await make(fakeLedger());
    expect(html).toContain('data-language="en" data-title="Phonevault" lang="en">');
    expect(html).toContain('data-language="zh-CN" data-title="Phonevault" lang="zh-CN" hidden');
    expect(html).toContain('31 fresh');
    expect(html).toContain('31 有近期备份');
    expect(await make(fakeLedger(), 'zh')).toContain('<html lang="zh-CN">');
  });

  it('asks nobody for anything, and allows only its own style and script', async () => {
    const html = await make(fakeLedger());
    expect(html.match(/\s(src|href|action)="(?!#)[^"]*"/g)).toBeNull();
    expect(html).not.toMatch(/https?:|url\(|@import/);
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const given = policy.replaceAll('&#39;', "'");
    for (const tag of ['style', 'script']) {
      const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? [];
      const hash = createHash('sha256').update(text).digest('base64');
      expect(given).toContain(`${tag}-src 'sha256-${hash}'`);
    }
  });

  it('lists the phones that need attention openly, at most 200 of each state', async () => {
    const html = await make(fakeLedger({ phones: async () => manyPhones(20_000) }));
    expect(html).toContain('late: 2000');
    expect(html).toContain('The first 200 of 2000.');
    expect(html.length).toBeLessThan(800_000);
  });

  it('names no element twice', async () => {
    const html = await make(fakeLedger());
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('has the checks unless they are not wanted', async () => {
    expect(await make(fakeLedger())).toContain('no subscriptions');
    expect(await make(fakeLedger(), 'en', false)).not.toContain('no subscriptions');
  });
});
