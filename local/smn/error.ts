/** An error of SMN (smn_api_64000); its body has `code` and `message` at the top level. */
export class SmnError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'SmnError';
    this.status = status;
    this.code = code;
  }
}

/** Returns the error of a value over a size limit. */
export const tooLong = (what: string) => new SmnError(403, 'SMN.0047', `${what} is too long.`);
