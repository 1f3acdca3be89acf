/** A call of the management API; `body` is the parsed JSON, undefined if `raw` is not JSON. */
export type FgCall = {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  raw: Uint8Array;
  headers: Headers;
};

/** The response of a call: `body` as JSON, or `text` as it is, or no content. */
export type FgResponse = {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
};
