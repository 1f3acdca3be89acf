import type { Smn } from '../../../lib/cloud/smn.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { count } from '../../text/plural.ts';
import { failed, ok, type Verdict, verdictOf, warning } from '../finding/finding.ts';

/** Checks that the topic exists and has a confirmed subscription. */
export async function checkTopic(
  smn: Pick<Smn, 'hasTopic' | 'listSubscriptions'>,
  topicUrn: string | undefined,
): Promise<Verdict> {
  if (topicUrn === undefined) {
    return warning(
      'PHONEVAULT_TOPIC_URN is not set here, so no topic was checked',
      'set it to the URN of the topic for notifications',
    );
  }
  try {
    if (!(await smn.hasTopic(topicUrn))) {
      return failed(
        `topic ${topicUrn} does not exist`,
        'create it, or correct PHONEVAULT_TOPIC_URN',
      );
    }
  } catch (error) {
    return verdictOf(error, 'smn:topic:list');
  }
  try {
    return judge(await smn.listSubscriptions(topicUrn));
  } catch (error) {
    if (error instanceof PhonevaultError && error.code === 'access_denied') {
      return ok('exists; no permission to read its subscriptions (smn:topic:list)');
    }
    return verdictOf(error);
  }
}

function judge({
  count: total,
  subscriptions,
}: Awaited<ReturnType<Smn['listSubscriptions']>>): Verdict {
  if (total === 0) {
    return warning(
      'it has no subscription: notifications reach nobody',
      'add a subscription in the SMN console',
    );
  }
  const confirmed = subscriptions.filter((subscription) => subscription.confirmed);
  if (confirmed.length === 0 && subscriptions.length === total) {
    return warning(
      `${count(total, 'subscription')}, none confirmed: notifications reach nobody`,
      'open the link in the confirmation message; it expires after 48 hours',
    );
  }
  const protocols = [...new Set(confirmed.map(({ protocol }) => protocol))].sort().join(', ');
  return ok(`exists; ${count(total, 'subscription')}${protocols && `, confirmed by ${protocols}`}`);
}
