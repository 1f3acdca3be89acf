/** The connection is cut without a response. `carriedOut`: whether the request was carried out before. */
export class ConnectionCut extends Error {
  readonly carriedOut: boolean;
  constructor(carriedOut = true) {
    super('the connection was cut before the response');
    this.name = 'ConnectionCut';
    this.carriedOut = carriedOut;
  }
}

/** The connection stays open without a response. The request was not carried out. */
export class ConnectionHang extends Error {
  constructor() {
    super('the connection is held open without a response');
    this.name = 'ConnectionHang';
  }
}
