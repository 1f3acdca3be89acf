import { type FaultBook } from '../../faults/fault-book.ts';
import { withFaults } from '../../faults/with-faults.ts';
import { targetOf } from '../../http/raw-request.ts';
import type { Calls } from '../../api/calls.ts';
import type { KeyStore } from '../../iam/auth/keys.ts';
import type { ObjectBackend, ListingBackend } from '../storage/backend.ts';
import type { Service } from '../../http/server.ts';
import type { Time } from '../../simulation/time.ts';
import { emptyAnswer, errorAnswer, stamped } from '../wire/responses.ts';
import { checkedBody } from '../signing/body.ts';
import type { BucketTraits, ObsSettings } from '../operations/call.ts';
import { elsewhere, noSuchBucket, ObsError } from '../wire/error.ts';
import { HANDLERS } from './handlers.ts';
import { createInTurn } from '../storage/in-turn.ts';
import { createVerifier } from '../signing/signature.ts';
import { checkStyle, readTarget, type Target } from './target.ts';
import { createUploads } from '../operations/uploads.ts';

/** All but `region` are read in every call: they may be getters, or changed while the service runs. */
export type ObsOptions = {
  time: Time;
  keys: KeyStore;
  backend: ObjectBackend | ListingBackend;
  calls: Calls;
  faults: FaultBook;
  /** Host suffixes that stand for the service; what comes before one is a bucket. */
  domains: readonly string[];
  /** OBS refuses it but for HEAD of a bucket; on loopback it is useful. */
  pathStyle: 'allowed' | 'refused';
  /** UNSIGNED-PAYLOAD in a signed header; OBS documents it for presigned URLs only. */
  unsignedPayload?: 'allowed' | 'refused';
  /** By the bucket's name. */
  traits?: ReadonlyMap<string, BucketTraits>;
} & Pick<ObsSettings, 'region' | 'conditionalPut'> &
  Partial<ObsSettings>;

const MAX_OBJECT = 64 * 1024 * 1024;
const MAX_XML = 2 * 1024 * 1024;
/** Answers that a caller asked for: nothing was refused. */
const ANSWERS = [404, 412, 416];

/** OBS in S3 mode. Rejects with ConnectionCut or ConnectionHang when a fault says so. */
export function createObs(options: ObsOptions): Service {
  const { time, keys, calls, faults, region } = options;
  const verify = createVerifier({ keys, time, region });
  const inTurn = createInTurn();
  const uploads = createUploads();
  let served = 0;

  const run = async (request: Request, target: Target): Promise<Response> => {
    const { address, query, operation } = target;
    const { key, payloadHash } = verify(request);
    checkStyle(target, options.pathStyle);
    const settings: ObsSettings = {
      region,
      conditionalPut: options.conditionalPut,
      listDelayMs: options.listDelayMs ?? 0,
      maxObjectBytes: options.maxObjectBytes ?? MAX_OBJECT,
    };
    const isData = operation === 'PutObject' || operation === 'UploadPart';
    const body = await checkedBody(
      request,
      { payloadHash, unsignedPayload: options.unsignedPayload ?? 'allowed' },
      isData ? settings.maxObjectBytes : MAX_XML,
    );
    const { backend } = options;
    const bucket = address.bucket ?? '';
    const isMissing = bucket !== '' && !(await backend.hasBucket(bucket));
    if (isMissing && operation !== 'CreateBucket') throw noSuchBucket();
    const traits = options.traits?.get(bucket) ?? {};
    if (traits.region !== undefined && traits.region !== region) throw elsewhere();
    return HANDLERS[operation]({
      request,
      bucket,
      key: address.key ?? '',
      query,
      body,
      ownerId: key.projectId,
      settings,
      traits,
      backend,
      uploads,
      inTurn,
      time,
    });
  };

  return async (request) => {
    served += 1;
    const requestId = served.toString(16).toUpperCase().padStart(32, '0');
    const refuse = (error: unknown): Response => {
      if (!(error instanceof ObsError)) throw error;
      const resource = targetOf(request).path.slice(0, 1_024);
      return errorAnswer(error, { method: request.method, resource, requestId });
    };

    let target: Target;
    try {
      target = readTarget(request, options.domains);
    } catch (error) {
      calls.count('obs', 'Unsupported', 'refused');
      return stamped(refuse(error), requestId);
    }

    let own: Response | undefined;
    const count = (sent: Response | undefined) => {
      const status = sent?.status ?? 500;
      const isFine = status < 400 || (sent === own && ANSWERS.includes(status));
      calls.count('obs', target.operation, isFine ? 'ok' : 'refused');
    };
    try {
      const sent = await withFaults('obs', target.operation, faults, time, async () => {
        own = await run(request, target).catch(refuse);
        return own;
      });
      count(sent);
      const isHead = request.method === 'HEAD' && sent.body !== null;
      return stamped(isHead ? emptyAnswer(sent.status) : sent, requestId);
    } catch (error) {
      count(own);
      throw error;
    }
  };
}
