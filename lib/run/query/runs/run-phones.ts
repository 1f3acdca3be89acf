import pLimit from 'p-limit';
import { readPlan } from '../../../ledger/run/plan.ts';
import { type FoldedRun, readFoldedPhones } from '../../../ledger/run/settled/folded-run.ts';
import { readReportedPhones, type Report, type ReportedPhone } from '../../../ledger/run/report.ts';
import { layout } from '../../../ledger/store/layout.ts';
import {
  isUnreadable,
  missingObject,
  type ObjectError,
  throwIfListed,
} from '../../../ledger/store/object-error.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { hookFields } from '../../state/hooks/results.ts';
import { sourceFields } from '../../state/steps/restored-phone.ts';
import { archiveKey } from '../../../policy/keys/keys.ts';
import { countAttempts } from '../../state/attempt-history.ts';
import { type PhoneStep, phoneSteps } from '../../state/steps/phone-steps.ts';
import type { StoredRun } from '../../state/stored-run.ts';
import { stateOf } from './progress.ts';
import { instantOf } from '../schemas/object.ts';
import type { RunPhone } from '../schemas/run.ts';

const PAGES_AT_ONCE = 8;

type Reading = Pick<Store, 'get' | 'list' | 'prefix'>;

/** What could be read, and which objects could not. */
export type Readable<T> = { phones: T[]; unreadable: ObjectError[] };

/** Returns the phones of an open run in submission order, at `now` (epoch ms). Pure. */
export function openPhones(run: StoredRun, now: number): RunPhone[] {
  return phoneSteps(run, now).map((decided) => openPhone(run, decided));
}

/** Returns the phones of a settled run in submission order, with the names of the plan; of a folded run those that it still knows. */
export async function settledPhones(
  store: Reading,
  { report, folded }: { report: Report; folded?: FoldedRun },
): Promise<Readable<RunPhone>> {
  const unreadable: ObjectError[] = [];
  if (folded !== undefined) {
    const known = await readFoldedPhones(store, folded).catch(collectInto(unreadable));
    const phones = (known ?? []).map(
      ({ outcome, late: _, read: __, image_version: ___, ...phone }) => {
        return { ...phone, state: outcome };
      },
    );
    return { phones, unreadable };
  }
  const [planned, reported] = await Promise.all([
    readPlan(store, report.run_id)
      .then((planned) => planned ?? throwIfListed(store, layout.plan(report.run_id)))
      .catch(collectInto(unreadable)),
    readReported(store, report),
  ]);
  const names = new Map(planned?.phones.map((phone) => [phone.phone_id, phone]));
  const phones = reported.phones.map(({ outcome, ...phone }) => {
    const { phone_name = '', server_id = '' } = names.get(phone.phone_id) ?? {};
    return { ...phone, phone_name, server_id, state: outcome };
  });
  return { phones, unreadable: [...unreadable, ...reported.unreadable] };
}

/** Returns the phones of the readable pages of a report, in order. */
export async function readReported(
  store: Reading,
  report: Report,
): Promise<Readable<ReportedPhone>> {
  const limit = pLimit(PAGES_AT_ONCE);
  const unreadable: ObjectError[] = [];
  const pages = await Promise.all(
    (report.pages ?? []).map((page) =>
      limit(() => readPage(store, report, page).catch(collectInto(unreadable))),
    ),
  );
  return { phones: [...report.phones, ...pages.flatMap((phones) => phones ?? [])], unreadable };
}

async function readPage(store: Reading, report: Report, page: string): Promise<ReportedPhone[]> {
  const phones = await readReportedPhones(store, { ...report, phones: [], pages: [page] });
  // No page is written empty.
  if (phones.length === 0) throw missingObject(page.slice(store.prefix.length));
  return phones;
}

/** For `catch`: collects the error of one object, and throws any other. */
function collectInto(unreadable: ObjectError[]): (error: unknown) => undefined {
  return (error) => {
    if (!isUnreadable(error)) throw error;
    unreadable.push(error);
    return undefined;
  };
}

function openPhone(run: StoredRun, { phone, step }: PhoneStep): RunPhone {
  const { phone_id, phone_name, server_id } = phone.planned;
  const attempts = countAttempts(phone);
  const own = { phone_id, phone_name, server_id, state: stateOf(step), attempts };
  const restored = {
    ...sourceFields(phone, step, run.plan?.restore),
    ...hookFields(phone, run.plan?.terms?.hooks),
  };
  if (step.kind !== 'done') return { ...own, ...restored };
  const { reason, code, archive } = step;
  const terms = run.plan?.terms;
  if (archive?.verified !== undefined && terms !== undefined) {
    const { size, etag, at } = archive.verified;
    const key = archiveKey(terms.folder, run.runId, phone_id, archive.number);
    return {
      ...own,
      ...restored,
      bucket: terms.bucket,
      key,
      size,
      etag,
      verified_at: instantOf(at),
    };
  }
  return {
    ...own,
    ...restored,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
  };
}
