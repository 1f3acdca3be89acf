import type { Smn } from '../../../lib/cloud/smn.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { count } from '../../text/plural.ts';
import { failed, ok, type Verdict, verdictOf, warning } from '../finding.ts';

const CONFIRMED = [1, 2];

/** Whether the topic of the outcomes is there, and anybody hears it. */
export async function checkTopic(
  smn: Pick<Smn, 'hasTopic' | 'listSubscriptions'>,
  topicUrn: string | undefined,
): Promise<Verdict> {
  if (topicUrn === undefined) {
    return warning(
      'PHONEVAULT_TOPIC_URN is not set here, so no topic was looked at',
      'set it to the URN of the topic that is told how runs went',
    );
  }
  try {
    if (!(await smn.hasTopic(topicUrn))) {
      return failed(`there is no topic ${topicUrn}`, 'create it, or correct PHONEVAULT_TOPIC_URN');
    }
  } catch (error) {
    return verdictOf(error, 'smn:topic:list');
  }
  try {
    return judge(await smn.listSubscriptions(topicUrn));
  } catch (error) {
    if (error instanceof PhonevaultError && error.code === 'access_denied') {
      return ok('exists; its subscriptions may not be read (smn:topic:list)');
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
      'exists, but nobody has subscribed: outcomes reach no one',
      'add a subscription to it',
    );
  }
  const heard = subscriptions.filter(({ status }) => CONFIRMED.includes(status));
  if (heard.length === 0 && subscriptions.length === total) {
    return warning(
      `${count(total, 'subscription')}, none confirmed: outcomes reach no one`,
      'open the link in the confirmation message; it holds for 48 hours',
    );
  }
  const protocols = [...new Set(heard.map(({ protocol }) => protocol))].sort().join(', ');
  return ok(`exists; ${count(total, 'subscription')}${protocols && `, confirmed by ${protocols}`}`);
}
