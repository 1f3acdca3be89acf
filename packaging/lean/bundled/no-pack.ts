/** In place of what writes a tar. */
export default function pack(): never {
  throw new Error('this function is not bundled');
}
