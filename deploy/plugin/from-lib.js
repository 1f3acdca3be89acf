import { require as requireTs } from 'tsx/cjs/api';

/** @type {typeof import('../../lib/visible.ts')} */
const { visible } = requireTs('../../lib/visible.ts', import.meta.url);
/** @type {typeof import('../../lib/names.ts')} */
const { TOPIC_URN } = requireTs('../../lib/names.ts', import.meta.url);

/** What the functions say about the same things: how texts from the cloud are escaped, and the form of names. */
export { TOPIC_URN, visible };
