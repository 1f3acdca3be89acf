const SDK_DATE = /^\d{8}T\d{6}Z$/;

/**
 * In place of moment, which the official signer uses to format the header X-Sdk-Date. It is set to that format already, in UTC.
 * Throws for any other.
 */
export default function sdkDate(header: string) {
  if (!SDK_DATE.test(header)) throw new Error(`X-Sdk-Date is not a UTC time: ${header}`);
  return { utcOffset: () => ({ format: () => header.slice(0, -1) }) };
}
