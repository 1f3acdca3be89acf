import type { RunPhone } from '../../../lib/run/query/schemas/run.ts';
import type { Io } from '../../io/io.ts';
import { wordsOf, type Words } from '../../words/words.ts';

const MAX_PHONES = 10;

/** Returns what was seen on phones, with what to do: failed hooks; of restored ones leftovers, wrong owners, and what could not be seen. */
export function checkLines(io: Pick<Io, 'language'>, phones: readonly RunPhone[]): string[] {
  const { restore: words, common } = wordsOf(io);
  const nameOf = ({ phone_name, phone_id }: RunPhone): string => phone_name || phone_id;
  const named = (some: readonly RunPhone[]): string => {
    const rest = some.length - MAX_PHONES;
    const names = some.slice(0, MAX_PHONES).map(nameOf).join(' ');
    return rest > 0 ? `${names} ${common.andMore(rest)}` : names;
  };
  const unseen = (what: 'leftovers' | 'owners'): RunPhone[] =>
    phones.filter((phone) => phone.unseen?.includes(what) === true);
  const [noLeftovers, noOwners] = [unseen('leftovers'), unseen('owners')];
  const left = phones.filter(({ leftovers }) => leftovers !== undefined);
  const wrong = phones.filter(({ owners }) => (owners?.wrong.length ?? 0) > 0);
  const hooked = phones.filter(({ failed_hooks: hooks }) => hooks !== undefined);
  return [
    ...hooked
      .slice(0, MAX_PHONES)
      .map((phone) => words.failedHook(nameOf(phone)) + common.colon + hookText(phone, words)),
    ...(hooked.length > MAX_PHONES ? [`  ${common.andMore(hooked.length - MAX_PHONES)}`] : []),
    ...(left.length === 0 ? [] : [words.leftovers(common.phones(left.length))]),
    ...left
      .slice(0, MAX_PHONES)
      .map((phone) => `  ${nameOf(phone)}${common.colon}${leftText(phone, words, common.colon)}`),
    ...(left.length > MAX_PHONES ? [`  ${common.andMore(left.length - MAX_PHONES)}`] : []),
    ...wrong.map((phone) => words.wrongOwner(nameOf(phone), phone.owners?.wrong.join(' ') ?? '')),
    ...(noLeftovers.length === 0 ? [] : [words.leftoversUnseen(named(noLeftovers))]),
    ...(noOwners.length === 0 ? [] : [words.ownersUnseen(named(noOwners))]),
  ];
}

function hookText({ failed_hooks: hooks = [] }: RunPhone, words: Words['restore']): string {
  return hooks
    .map(({ command, result, code }) => {
      const why = [words.hookResult(result), ...(code === undefined ? [] : [code])].join(' ');
      return `"${command}" ${why}`;
    })
    .join(', ');
}

function leftText({ leftovers }: RunPhone, words: Words['restore'], colon: string): string {
  const { count: number = 0, more, paths = [] } = leftovers ?? {};
  const files = words.files(number, more === true);
  const isAll = more === undefined && number <= paths.length;
  return `${files}${colon}${paths.join(' ')}${isAll ? '' : ' …'}`;
}
