/** An error of OBS: HTTP status, code and message (en-us_topic_0125560440). */
export class ObsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ObsError';
    this.status = status;
    this.code = code;
  }
}

export const noSuchBucket = () =>
  new ObsError(404, 'NoSuchBucket', 'The specified bucket does not exist.');

/** The bucket is in another region. */
export const wrongRegion = () =>
  new ObsError(
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint.',
  );

export const noSuchKey = () => new ObsError(404, 'NoSuchKey', 'The specified key does not exist.');

export const invalidArgument = (what: string) => new ObsError(400, 'InvalidArgument', what);

export const malformedXml = () =>
  new ObsError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  );

export const notImplemented = (what: string) =>
  new ObsError(501, 'NotImplemented', `${what} implies a function that is unavailable.`);

export const preconditionFailed = () =>
  new ObsError(412, 'PreconditionFailed', 'At least one of the specified preconditions failed.');
