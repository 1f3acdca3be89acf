import { errorTypeRegistries, type S3ClientConfig } from '@aws-sdk/client-s3';
import { S3RestXmlProtocol } from '@aws-sdk/middleware-sdk-s3/s3';
import { Client, type SmithyResolvedConfiguration } from '@smithy/core/client';
import { getContentLengthPlugin, type HttpRequest } from '@smithy/core/protocols';
import { getSchemaSerdePlugin } from '@smithy/core/schema';
import {
  calculateBodyLength,
  fromBase64,
  fromUtf8,
  Hash,
  sdkStreamMixin,
  streamCollector,
  toBase64,
  toUtf8,
} from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { MetadataBearer, Pluggable } from '@smithy/types';

type Options = Pick<S3ClientConfig, 'endpoint' | 'forcePathStyle' | 'requestHandler'> & {
  region: string;
  credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  userAgentAppId: string;
};

type Resolved = SmithyResolvedConfiguration<object>;
type Signer = Pick<SignatureV4, 'sign'>;
type Config = { signer: () => Promise<Signer> };

const SERVICE = 'AmazonS3';
const VERSION = '2006-03-01';

/**
 * The client of the SDK without what the handlers switch off or never use: credential providers, configuration files, retries,
 * redirects, S3 Express, access points, multi-region signatures and trailers. Commands, serialization, errors and signatures
 * are those of the SDK.
 */
export class S3Client extends Client<object, object, MetadataBearer, Resolved> {
  constructor(options: Options) {
    const { region, credentials, userAgentAppId } = options;
    const signer: Signer = new SignatureV4({
      ...{ credentials, region, service: 's3', uriEscapePath: false },
      sha256: Hash.bind(null, 'sha256'),
    });
    const config = {
      ...options,
      apiVersion: VERSION,
      base64Decoder: fromBase64,
      base64Encoder: toBase64,
      bodyLengthChecker: calculateBodyLength,
      disableHostPrefix: true,
      protocol: S3RestXmlProtocol,
      protocolSettings: {
        defaultNamespace: 'com.amazonaws.s3',
        errorTypeRegistries,
        xmlNamespace: `http://s3.amazonaws.com/doc/${VERSION}/`,
        version: VERSION,
        serviceTarget: SERVICE,
      },
      sdkStreamMixin,
      signer: async () => signer,
      streamCollector,
      utf8Decoder: fromUtf8,
      utf8Encoder: toUtf8,
    };
    super(config as unknown as Resolved);
    const { middlewareStack: stack } = this;
    const own = this.config as unknown as Config;
    stack.use(getSchemaSerdePlugin(own as never));
    stack.use(getContentLengthPlugin(config) as Pluggable<object, MetadataBearer>);
    stack.add(
      (next) => async (args) => {
        const request = args.request as HttpRequest;
        const { hostname, port, headers } = request;
        headers['host'] = port === undefined ? hostname : `${hostname}:${port}`;
        headers['user-agent'] = `aws-sdk-js app/${userAgentAppId}`;
        const signed = await (await own.signer()).sign(request, {});
        return next({ ...args, request: signed });
      },
      { step: 'finalizeRequest', name: 'sign' },
    );
  }
}
