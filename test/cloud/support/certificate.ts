import * as crypto from 'node:crypto';

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const SEQUENCE = 0x30;
const sequence = (...parts: Buffer[]): Buffer => der(SEQUENCE, ...parts);
const bits = (body: Buffer): Buffer => der(0x03, Buffer.from([0]), body);
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

const COMMON_NAME = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03]);
const ECDSA_WITH_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));

const SUBJECT_ALTERNATIVE_NAME = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x11]);

/** The version 3 and the extension that lists the DNS names (RFC 5280, 4.2.1.6). */
function v3(names: string[]): { version: Buffer; extensions: Buffer } {
  const list = sequence(...names.map((name) => der(0x82, Buffer.from(name))));
  const extension = sequence(SUBJECT_ALTERNATIVE_NAME, der(0x04, list));
  return {
    version: der(0xa0, der(0x02, Buffer.from([2]))),
    extensions: der(0xa3, sequence(extension)),
  };
}

/** Returns a new key and a certificate that it has signed itself, for these DNS names (X.509, RFC 5280, 4.1). */
export function selfSigned(names = ['localhost']): { key: string; cert: string } {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('localhost')))));
  const { version, extensions } = v3(names);
  const content = sequence(
    version,
    ...[der(0x02, Buffer.from([1])), ECDSA_WITH_SHA256, name],
    sequence(time('200101000000Z'), time('491231235959Z')),
    ...[name, publicKey.export({ type: 'spki', format: 'der' })],
    extensions,
  );
  const signature = bits(crypto.sign('sha256', content, privateKey));
  const body = sequence(content, ECDSA_WITH_SHA256, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}
