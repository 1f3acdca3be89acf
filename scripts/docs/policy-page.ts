import type { Language } from '../../lib/meanings/entry.ts';
import { nextSlot } from '../../lib/policy/slots/slots.ts';
import { allowedAt } from './allowed.ts';
import { inline, table } from './markdown.ts';
import { type PolicyField, policyFields, typeOf } from './policy-fields.ts';
import { cellIn } from './words/translate.ts';

/** Fields with their own section. All others are in the first table. */
const SECTIONS = ['schedule', 'select', 'export', 'hooks', 'verify', 'retention', 'drill'];

/** Defaults that depend on another field. */
const DERIVED: Record<string, string> = {
  export_timeout: '`1h`, or the deadline if shorter',
  wait_for_phones: '`10m`, or half the deadline if shorter',
};

const COMMA = { en: ', ', zh: '、' };
const SEMICOLON = { en: '; ', zh: '；' };

/** Returns the generated parts of docs/policy.md in a language, by the names under which the template inserts them. */
export function policyParts(language: Language): Record<string, string> {
  const parts: Record<string, string> = {
    fields: fieldTable('', language),
    'clock-changes': clockChanges(language),
  };
  for (const section of SECTIONS) parts[`fields ${section}`] = fieldTable(section, language);
  return parts;
}

function fieldTable(section: string, language: Language): string {
  const fields = policyFields().filter(({ path, node }) => {
    const [first = ''] = path.split('.');
    const isPart = first === section && path !== section;
    const isTop = section === '' && (!SECTIONS.includes(first) || path === first);
    return (isPart || isTop) && (node.properties === undefined || SECTIONS.includes(path));
  });
  const heads = ['Field', 'Type', 'Default', 'Allowed', 'Example', 'Meaning'];
  return table(
    heads.map((head) => cellIn(language, head)),
    fields.map((field) => row(field, section, language)),
  );
}

function row({ path, node, required }: PolicyField, section: string, language: Language): string[] {
  const say = (text: string) => cellIn(language, text);
  const hasSection = SECTIONS.includes(path);
  const name = section === '' ? path : path.slice(section.length + 1);
  const example = (node.examples ?? [])
    .map((value) => `\`${inline(value)}\``)
    .join(COMMA[language]);
  const allowed = () => allowedAt(path).split('; ').map(say).join(SEMICOLON[language]);
  return [
    hasSection ? `[\`${name}\`](#${path})` : `\`${name}\``,
    say(typeOf(node)),
    defaultOf({ path, node, required }, say),
    hasSection ? say('see below') : allowed(),
    hasSection ? say('see below') : example,
    say(node.description ?? ''),
  ];
}

function defaultOf({ path, node, required }: PolicyField, say: (text: string) => string): string {
  if (required) return say('required');
  const derived = DERIVED[path];
  if (derived !== undefined) return say(derived);
  return node.default === undefined ? say('none') : `\`${inline(node.default)}\``;
}

const BERLIN = 'Europe/Berlin';
const CHANGE_DATES = ['2026-03-29', '2026-10-25'];

/** Returns the slots of two cron expressions on the days when clocks change, as the scheduler computes them. */
function clockChanges(language: Language): string {
  const crons = ['0 30 2 * * *', '0 0/30 2 * * *'];
  const slots = (cron: string, date: string): string => {
    const found: string[] = [];
    let slot = nextSlot(
      { cron, timezone: BERLIN },
      Date.parse(`${date}T00:00:00Z`) - 3_600_000 * 2,
    );
    while (slot !== undefined && localDate(slot) === date) {
      found.push(localTime(slot));
      slot = nextSlot({ cron, timezone: BERLIN }, slot);
    }
    return found.length === 0 ? cellIn(language, 'none that day') : found.join(COMMA[language]);
  };
  return table(
    ['`cron`', ...CHANGE_DATES],
    crons.map((cron) => [`\`${cron}\``, ...CHANGE_DATES.map((date) => slots(cron, date))]),
  );
}

function localDate(ms: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: BERLIN }).format(ms);
}

/** Such as `02:30 (UTC+2)`. */
function localTime(ms: number): string {
  const utc = new Date(ms).getUTCHours();
  const time = new Date(ms).toLocaleTimeString('en-GB', { timeZone: BERLIN, timeStyle: 'short' });
  const offset = (Number(time.slice(0, 2)) - utc + 24) % 24;
  return `${time} (UTC+${offset})`;
}
