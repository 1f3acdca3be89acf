import { type CodeClass, classOfCode } from '../../lib/cloud/cph/error-codes.ts';
import { type Entry, inLanguage, type Language } from '../../lib/meanings/entry.ts';
import { type Family, meanings } from '../../lib/meanings/meanings.ts';
import { table } from './markdown.ts';

const HEADS = {
  en: ['Code', 'Meaning', 'What to do'],
  zh: ['代码', '含义', '处理方法'],
};

/** What Phonevault does about a code of CPH, by its class. */
const CPH_HEAD = { en: 'What Phonevault does', zh: 'Phonevault 的做法' };
const ACTIONS: Record<CodeClass, Record<Language, string>> = {
  retry: { en: 'tries again', zh: '重试' },
  wait: { en: 'waits, then tries again', zh: '等待后重试' },
  final: { en: 'the phone fails', zh: '该云手机失败' },
  stop: { en: 'the rest of the run fails', zh: '运行的其余部分失败' },
  split: { en: 'sends smaller calls', zh: '拆成更小的调用' },
  unknown: { en: 'a refused export fails', zh: '被拒绝的导出失败' },
};

/** Returns the generated parts of docs/codes.md by the names under which the template inserts them. */
export function codesParts(language: Language): Record<string, string> {
  const families = Object.keys(meanings) as Family[];
  return Object.fromEntries(
    families.map((family) => [`codes ${family}`, familyTable(family, language)]),
  );
}

function familyTable(family: Family, language: Language): string {
  const isCph = family === 'cph';
  // Codes that mean the same share a row.
  const rows = new Map<string, { codes: string[]; cells: string[] }>();
  for (const [code, entry] of Object.entries<Entry>(meanings[family])) {
    const action = isCph ? [ACTIONS[classOfCode(code)][language]] : [];
    const cells = [...cellsOf(code, entry, language), ...action];
    const key = cells.join('\n');
    const row = rows.get(key) ?? { codes: [], cells };
    row.codes.push(`\`${code}\``);
    rows.set(key, row);
  }
  const comma = language === 'zh' ? '、' : ', ';
  const head = [...HEADS[language], ...(isCph ? [CPH_HEAD[language]] : [])];
  return table(
    head,
    [...rows.values()].map(({ codes, cells }) => [codes.join(comma), ...cells]),
  );
}

function cellsOf(code: string, entry: Entry, language: Language): string[] {
  const { says, more, fix = '' } = inLanguage(entry, language);
  const phrase = `${says.charAt(0).toUpperCase()}${says.slice(1)}`;
  if (more === undefined) return [phrase, fix];
  // The code itself says no more.
  if (says.replaceAll(' ', '_') === code) return [more, fix];
  return [language === 'zh' ? `${phrase}。${more}` : `${phrase}. ${more}`, fix];
}
