/** The form of each kind of name, once for all of `lib`. */

/** The name of a policy. It becomes part of keys. */
export const POLICY_NAME = /^[a-z0-9-]{1,32}$/;

/** The name of a caller of the API, in the settings. */
export const CALLER_NAME = /^[a-z0-9-]{1,32}$/;

/** The id of a run: a policy's name and a part of its own. */
export const RUN_ID = /^[a-z0-9-]{1,80}$/;

/** Any id of the service, such as a job's or an order's: nothing that could lead out of a folder or a URL. */
export const RESOURCE_ID = /^[\w-]{1,64}$/;

/** The URN of an SMN topic: `urn:smn:<region>:<project id>:<topic name>`. */
export const TOPIC_URN = /^urn:smn:[\w-]{1,32}:[\w-]{1,64}:[\w-]{1,255}$/;

/** The name of a bucket (obs_04_0021): no label is empty or ends at a dash, and it does not look like an IP address. */
export const BUCKET_NAME =
  /^(?=.{3,63}$)(?!\d+(?:\.\d+){3}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** What BUCKET_NAME allows, in words. */
export const BUCKET_NAME_RULE =
  '3 to 63 characters from a-z, 0-9, - and ., with a letter or digit at both ends and around each dot, no IP address';

/** A shell command that CPH takes (cph_api_0532): no pipe, no quote, no variable. */
export const COMMAND = /^[A-Za-z0-9_./: -]{1,1024}$/;

/** What COMMAND allows, in words. */
export const COMMAND_RULE = '1 to 1,024 letters, digits, spaces and _ . / : -';

/** The name that restores have where runs have that of their policy. No policy may have it. */
export const RESTORE = 'restore';
