import { describe, expect, it } from 'vitest';
import { createUi } from '../../../cli/ui/app.tsx';
import type { Ledger } from '../../../cli/ui/ledgers.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { fakeLedger, failures, manyPhones, NOW, policyOverview } from './support/fake-ledger.ts';

function open(...ledgers: Ledger[]) {
  const known = ledgers.length === 0 ? [fakeLedger()] : ledgers;
  const ui = createUi({ ledgers: known, clock: { now: () => NOW }, zone: 'Europe/Berlin' });
  return async (path: string, headers: Record<string, string> = {}) => {
    const response = await ui.respond(new Request(`http://127.0.0.1${path}`, { headers }));
    const html = await response.text();
    const start = html.indexOf('<main');
    const text = html
      .slice(start, html.indexOf('</main>'))
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    return { status: response.status, html, text };
  };
}

describe('the first page', () => {
  it('shows of each policy its nights, phones, runs, slots, archives and what failed', async () => {
    const { status, html, text } = await open()('/');
    expect(status).toBe(200);
    expect(html.match(/2026-01-\d\d: completed, 1 run"/g)).not.toBeNull();
    expect(html).toContain('aria-label="2026-01-05: no run"');
    for (const words of [
      'nightly active fresh',
      '31 fresh 4 late 2 never backed up',
      'Objective: 90% of the phones within the last two slots',
      'game-1 : never backed up , CPH could not write to OBS (CPS.0107)',
      'game-0 : 3 d ago',
      'partial , 2026-01-31 11:00 (9 h ago), took 29 s',
      '2026-01-30 11:00 (1 d ago)',
      '2026-02-01 02:00 Asia/Shanghai (in 6 h)',
      '900 archives, 1.9 TB',
      'not applied yet',
      'nightly-2 : 18 of 37 phones done',
      '12 phones: CPH could not write to OBS (CPS.0107)',
      'and 11 more',
      'What to do:',
      '1 phone: stopped',
    ]) {
      expect(text).toContain(words);
    }
    expect(html).toContain('<progress value="18" max="37"');
  });

  it('is in Chinese by the query, else by the browser, and links keep the language', async () => {
    const get = open();
    const zh = await get('/?lang=zh');
    expect(zh.html).toContain('<html lang="zh-CN">');
    expect(zh.text).toContain('2026-01-31 11:00（9 小时前）');
    expect(zh.text).toContain('31 有近期备份');
    expect(zh.html).toContain('href="/ledgers/1/policies/nightly?lang=zh"');
    expect((await get('/', { 'accept-language': 'zh-CN,en;q=0.5' })).html).toContain(
      'lang="zh-CN"',
    );
    const english = await get('/?lang=en', { 'accept-language': 'zh-CN' });
    expect(english.html).toContain('<html lang="en">');
  });

  it('shows policies that need attention first, with the errors of an invalid one', async () => {
    const good = policyOverview('a-good-one');
    const { status } = policyOverview('z-broken');
    const broken = policyOverview('z-broken', {
      status: { ...status, state: 'invalid', errors: ['3:1 export: missing'], last_run: null },
      open: [],
    });
    const overview = { policies: [good, broken], others: [], unreadable: [] };
    const { text } = await open(fakeLedger({}, overview))('/');
    expect(text).toContain('Needs attention: z-broken');
    expect(text).toContain('3:1 export: missing');
    expect(text.indexOf('3:1 export')).toBeLessThan(text.indexOf('a-good-one'));
  });

  it('shows the other ledgers when one cannot be read', async () => {
    const error = new PhonevaultError('unreachable', 'obs: no response', { hint: 'Check it.' });
    const broken = fakeLedger({ name: 'south', overview: () => Promise.reject(error) });
    const foreign = fakeLedger({ overview: () => Promise.reject(new Error('secret text')) });
    const { status, text } = await open(broken, fakeLedger({ name: 'north' }), foreign)('/');
    expect(status).toBe(200);
    expect(text).toContain('south This ledger cannot be read. obs: no response Check it.');
    expect(text).toContain('north');
    expect(text).toContain('31 fresh');
    expect(text).not.toContain('secret text');
  });

  it('names objects that cannot be used, and shows the rest', async () => {
    const problem = { key: 'runs/x/report.json', code: 'object_invalid', message: 'is not JSON' };
    const unreadable = [{ ...problem, hint: 'Delete it.', since: null, retry_at: null }];
    const overview = { policies: [policyOverview('nightly')], others: [], unreadable };
    const ledger = fakeLedger({ failures: () => Promise.reject(new Error('broken')) }, overview);
    const { text } = await open(ledger)('/');
    expect(text).toContain('Objects of the ledger that cannot be used: 1');
    expect(text).toContain('is not JSON Delete it.');
    expect(text).toContain('900 archives');
  });

  it('shows how the last restore drill ended', async () => {
    const { status } = policyOverview('nightly');
    const last = { run_id: 'drill-1', settled_at: '2026-01-30T12:00:00.000Z' };
    const drill = { state: 'failed', last, last_passed: null, next_slot: null } as const;
    const policies = [policyOverview('nightly', { status: { ...status, drill } })];
    const { text } = await open(fakeLedger({}, { policies, others: [], unreadable: [] }))('/');
    expect(text).toContain('Restore drills the last one failed, 1 d ago');
    expect(text).toContain('Needs attention: nightly');
  });

  it('says why nothing is deleted', async () => {
    const pruned = {
      ...{ at: NOW - 60_000, blocked: 'max_delete' as const, standing: 9, due: 9, deleted: 0 },
      ...{ bytes: 0, trashed: 0, refused: 0, refusals: [], missing: 0, missing_keys: [] },
    };
    const overview = {
      policies: [policyOverview('nightly', { pruned })],
      ...{ others: [], unreadable: [] },
    };
    const { text } = await open(fakeLedger({}, overview))('/');
    expect(text).toMatch(/nothing is deleted: [^,]+, 1 min ago/);
  });
});

describe('the page of a policy', () => {
  it('lists its phones with ages, by state and by name, a page at a time', async () => {
    const get = open();
    const all = await get('/ledgers/1/policies/nightly');
    expect(all.text).toContain('1 to 50 of 120');
    const late = await get('/ledgers/1/policies/nightly?state=late');
    expect(late.text).toContain('1 to 12 of 12');
    expect(late.text).toContain(
      'game-10 late 3 d ago 2.1 GB CPH could not write to OBS (CPS.0107)',
    );
    const named = await get('/ledgers/1/policies/nightly?q=GAME-11');
    expect(named.text).toContain('1 to 11 of 11');
    const last = await get('/ledgers/1/policies/nightly?page=3');
    expect(last.text).toContain('101 to 120 of 120');
    expect(last.html).not.toContain('rel="next"');
    expect((await get('/ledgers/1/policies/nightly?q=nobody')).text).toContain('No phone matches.');
  });

  it.each(['?page=0', '?page=-1', '?page=1e9', '?page=x', '?state=constructor&page=2'])(
    'shows some page for %s',
    async (query) => {
      const { status, text } = await open()(`/ledgers/1/policies/nightly${query}`);
      expect(status).toBe(200);
      expect(text).toMatch(/\d+ to \d+ of 120/);
    },
  );

  it('is small with 20,000 phones', async () => {
    const phones = manyPhones(20_000);
    const get = open(fakeLedger({ phones: async () => phones }));
    const { html, text } = await get('/ledgers/1/policies/nightly?page=399');
    expect(text).toContain('19901 to 19950 of 20000');
    expect(html.length).toBeLessThan(60_000);
  });
});

describe('the page of a phone', () => {
  it('shows its archives and its state in each policy', async () => {
    const { text } = await open()('/ledgers/1/phones/id-7');
    expect(text).toContain('Phone game-7');
    expect(text).toContain('game-7 fresh 9 h ago 2.1 GB');
    expect(text).toContain('obs://my-phone-backups/nightly/1/id-7-1.tar');
    expect(text).toContain('suspect');
    expect(text).toContain('pinned');
  });
});

describe('the page of a run', () => {
  it('shows how it ended and what failed', async () => {
    const { text } = await open()('/ledgers/1/runs/nightly-1');
    expect(text).toContain('31 exported');
    expect(text).toContain('12 phones: CPH could not write to OBS (CPS.0107)');
  });
});

describe('the page of the checks', () => {
  it('shows what failed first, with the fix', async () => {
    const { text } = await open()('/ledgers/1/checks');
    expect(text.indexOf('no subscriptions')).toBeLessThan(text.indexOf('a plain object bucket'));
    expect(text).toContain('add one');
  });
});

describe('any other address', () => {
  it.each([
    ...['/x', '/ledgers/2/checks', '/ledgers/0/checks', '/ledgers/1/policies/other'],
    ...['/ledgers/1/phones/nobody', '/ledgers/1/phones/..%2F..%2Fx', '/ledgers/1/runs/other'],
    ...[
      '/ledgers/1/runs/nightly-1%00',
      '/ledgers/1/phones/id-7?after=x',
      '/ledgers/constructor/checks',
    ],
  ])('has nothing: %s', async (path) => {
    expect((await open()(path)).status).toBe(404);
  });
});

describe('a hostile text', () => {
  const TEXTS = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    'javascript:alert(1)',
    '</style><script>alert(1)</script>',
    '</title><script>alert(1)</script>',
    '&lt;script&gt;',
    '\u202egpj.exe',
  ];

  it.each(TEXTS)('is text wherever it stands: %j', async (text) => {
    const phones = manyPhones(60, () => text);
    const groups = failures.map((group) => ({
      ...group,
      ...{ reason: text, code: text },
      phones: [{ phone_id: text, phone_name: text }],
    }));
    const overview = policyOverview('nightly');
    const hostile = {
      ...overview,
      status: { ...overview.status, errors: [text], paused_until: '2026-02-01T00:00:00.000Z' },
      oldest: [{ phone_id: text, phone_name: text, outcome: 'failed' as const, code: text }],
    };
    const ledger = fakeLedger(
      {
        name: text,
        phones: async () => phones,
        failures: async () => groups,
        checks: async () => [
          { check: text, subject: text, outcome: 'failed', message: text, fix: text },
        ],
        archives: async () => ({ archives: [], next: text }),
      },
      { policies: [hostile], others: [], unreadable: [] },
    );
    const get = open(ledger);
    const query = new URLSearchParams({ q: text, state: text, lang: text }).toString();
    for (const path of [
      ...['/', `/?${query}`, `/ledgers/1/policies/nightly?${query}`, '/ledgers/1/runs/nightly-1'],
      ...['/ledgers/1/phones/id-7', '/ledgers/1/checks', `/${encodeURIComponent(text)}`],
    ]) {
      const { html } = await get(path);
      const tags = html.match(/<[a-z][^>]*>/g) ?? [];
      expect(tags.filter((tag) => /\son\w+=|javascript:|<img/i.test(withoutValues(tag)))).toEqual(
        [],
      );
      expect(html.match(/<script/g)).toHaveLength(1);
      expect(html.match(/href="(?![/#])[^"]*"/g)).toBeNull();
      expect(html.match(/\sstyle=/g)).toBeNull();
    }
  });
});

/** Returns a tag with the values of its attributes taken out, except addresses. */
const withoutValues = (tag: string): string =>
  tag.replaceAll(/\s(?!href|action|src)[\w-]+="[^"]*"/g, ' ');
