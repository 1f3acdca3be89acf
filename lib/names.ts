/** The form of each kind of name, once for all of `lib`. */

/** The name of a policy. It becomes part of keys. */
export const POLICY_NAME = /^[a-z0-9-]{1,32}$/;

/** The name of a caller of the API, in the settings. */
export const CALLER_NAME = /^[a-z0-9-]{1,32}$/;

/** The id of a run: a policy's name and a part of its own. */
export const RUN_ID = /^[a-z0-9-]{1,80}$/;

/** Any id of the service, such as a job's or an order's: nothing that could lead out of a folder or a URL. */
export const RESOURCE_ID = /^[\w-]{1,64}$/;

/** The name of a bucket, without dots: no TLS certificate matches the host of a bucket with dots. */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
