import type { RunPhone } from '../../../lib/run/query/schemas/run.ts';
import { count } from '../../text/plural.ts';

const MAX_PHONES = 10;

/** Returns what was seen on restored phones, with what to do: leftovers, wrong owners, and what could not be seen. */
export function checkLines(phones: readonly RunPhone[]): string[] {
  const nameOf = ({ phone_name, phone_id }: RunPhone): string => phone_name || phone_id;
  const named = (some: readonly RunPhone[]): string => {
    const rest = some.length - MAX_PHONES;
    const names = some.slice(0, MAX_PHONES).map(nameOf).join(' ');
    return rest > 0 ? `${names} … and ${rest} more` : names;
  };
  const unseen = (what: 'leftovers' | 'owners'): RunPhone[] =>
    phones.filter((phone) => phone.unseen?.includes(what) === true);
  const [noLeftovers, noOwners] = [unseen('leftovers'), unseen('owners')];
  const left = phones.filter(({ leftovers }) => leftovers !== undefined);
  const wrong = phones.filter(({ owners }) => (owners?.wrong.length ?? 0) > 0);
  return [
    ...(left.length === 0
      ? []
      : [`Files that the archive lacks stayed on ${count(left.length, 'phone')}:`]),
    ...left.slice(0, MAX_PHONES).map((phone) => `  ${nameOf(phone)}: ${leftText(phone)}`),
    ...(left.length > MAX_PHONES ? [`  … and ${left.length - MAX_PHONES} more phones`] : []),
    ...wrong.map(
      (phone) =>
        `Wrong owner on ${nameOf(phone)}: ${phone.owners?.wrong.join(' ')}. Reinstall these apps and restore again.`,
    ),
    ...(noLeftovers.length === 0
      ? []
      : [`Whether files that the archive lacks stayed was not seen on: ${named(noLeftovers)}`]),
    ...(noOwners.length === 0
      ? []
      : [
          `The owners of apps were not all seen on: ${named(noOwners)}. Check that each app opens.`,
        ]),
  ];
}

function leftText({ leftovers }: RunPhone): string {
  const { count: number = 0, more, paths = [] } = leftovers ?? {};
  const files = `${more === true ? 'at least ' : ''}${count(number, 'file')}`;
  const isAll = more === undefined && number <= paths.length;
  return `${files}: ${paths.join(' ')}${isAll ? '' : ' …'}`;
}
