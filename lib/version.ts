import { version } from '../package.json';

/** The version of this Phonevault. */
export const VERSION = version;
