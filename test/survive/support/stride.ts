/** Tests that stop a drive in each of its calls play one of so many. The weekly workflow plays all of them (ALL_CELLS=1). */
export const STRIDE = process.env.ALL_CELLS === undefined ? 3 : 1;
