/** The connection was cut before the answer: after the request had been carried out, or before. */
export class ConnectionCut extends Error {
  readonly carriedOut: boolean;
  constructor(carriedOut = true) {
    super('the connection was cut before the answer');
    this.name = 'ConnectionCut';
    this.carriedOut = carriedOut;
  }
}

/** No answer will ever come; the connection stays open. The request was not carried out. */
export class ConnectionHang extends Error {
  constructor() {
    super('the connection is held without an answer');
    this.name = 'ConnectionHang';
  }
}
