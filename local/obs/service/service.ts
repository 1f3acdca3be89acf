import { type FaultRegistry } from '../../faults/fault-registry.ts';
import { withFaults } from '../../faults/with-faults.ts';
import { targetOf } from '../../http/raw-request.ts';
import type { Calls } from '../../api/calls.ts';
import type { KeyStore } from '../../iam/auth/keys.ts';
import type { ObjectBackend, ListingBackend } from '../storage/backend.ts';
import type { Service } from '../../http/server.ts';
import { createRandom } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import { emptyResponse, errorResponse, withCommonHeaders } from '../wire/responses.ts';
import { checkedBody } from '../signing/body.ts';
import type { BucketTraits, ObsSettings } from '../operations/call.ts';
import { wrongRegion, noSuchBucket, ObsError } from '../wire/error.ts';
import { HANDLERS } from './handlers.ts';
import { createSerializer } from '../storage/serializer.ts';
import { createVerifier } from '../signing/signature.ts';
import { checkStyle, readTarget, type Target } from './target.ts';
import { createUploads } from '../multipart/uploads.ts';
import { createSpool, type Spool } from '../storage/spool.ts';
import { createThaws, type Thaws } from '../classes/thaws.ts';
import { createVersions, type Versions } from '../storage/versions.ts';

/** All but `region` are read in every call, so they may change while the service runs. */
export type ObsOptions = {
  time: Time;
  keys: KeyStore;
  backend: ObjectBackend | ListingBackend;
  calls: Calls;
  faults: FaultRegistry;
  /** Host suffixes of the service; the name before one is the bucket. */
  domains: readonly string[];
  /** OBS refuses path style except for HEAD of a bucket; loopback needs it. */
  pathStyle: 'allowed' | 'refused';
  /** UNSIGNED-PAYLOAD in a signed header; OBS documents it only for presigned URLs. */
  unsignedPayload?: 'allowed' | 'refused';
  /** Special buckets by name. */
  traits?: Map<string, BucketTraits>;
  /** The versions of `backend`, if others write to them too. */
  versions?: Versions;
  /** The readable copies of archived objects, if others read them too. */
  thaws?: Thaws;
  /** Receives bodies. */
  spool?: Spool;
} & Pick<ObsSettings, 'region' | 'conditionalPut'> &
  Partial<ObsSettings>;

const MAX_OBJECT = 5 * 1024 * 1024 * 1024;
const MAX_XML = 2 * 1024 * 1024;
/** Statuses that are a valid result of a call, not a refusal. */
const EXPECTED_STATUSES = [404, 412, 416];

/** OBS in S3 mode. A fault may throw ConnectionCut or ConnectionHang. */
export function createObs(options: ObsOptions): Service {
  const { time, keys, calls, faults, region } = options;
  const verify = createVerifier({ keys, time, region });
  const serially = createSerializer();
  const uploads = createUploads();
  const allTraits = options.traits ?? new Map<string, BucketTraits>();
  const spool = options.spool ?? createSpool(options.backend.drafts);
  const versions =
    options.versions ?? createVersions(options.backend, { traits: allTraits, time, spool });
  const thaws = options.thaws ?? createThaws({ time, random: createRandom(0, 'thaws') });
  let requestCount = 0;

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
      { spool, limit: isData ? settings.maxObjectBytes : MAX_XML },
    );
    const { backend } = versions;
    const bucket = address.bucket ?? '';
    const isMissing = bucket !== '' && !(await backend.hasBucket(bucket));
    if (isMissing && operation !== 'CreateBucket') throw noSuchBucket();
    const traits = allTraits.get(bucket) ?? {};
    if (traits.region !== undefined && traits.region !== region) throw wrongRegion();
    return HANDLERS[operation]({
      request,
      bucket,
      key: address.key ?? '',
      query,
      body,
      ownerId: key.projectId,
      settings,
      traits,
      change: (changed) => void allTraits.set(bucket, changed),
      backend,
      versions,
      thaws,
      uploads,
      spool,
      serially,
      time,
    });
  };

  return async (request) => {
    requestCount += 1;
    const requestId = requestCount.toString(16).toUpperCase().padStart(32, '0');
    const refuse = (error: unknown): Response => {
      if (!(error instanceof ObsError)) throw error;
      const resource = targetOf(request).path.slice(0, 1_024);
      return errorResponse(error, { method: request.method, resource, requestId });
    };

    let target: Target;
    try {
      target = readTarget(request, options.domains);
    } catch (error) {
      calls.count('obs', 'Unsupported', 'refused');
      return withCommonHeaders(refuse(error), requestId);
    }

    let own: Response | undefined;
    const count = (sent: Response | undefined) => {
      const status = sent?.status ?? 500;
      const isOk = status < 400 || (sent === own && EXPECTED_STATUSES.includes(status));
      calls.count('obs', target.operation, isOk ? 'ok' : 'refused');
    };
    try {
      const call = { service: 'obs', operation: target.operation, faults, time };
      const sent = await withFaults(call, async () => {
        own = await run(request, target).catch(refuse);
        return own;
      });
      count(sent);
      const isHead = request.method === 'HEAD' && sent.body !== null;
      return withCommonHeaders(isHead ? emptyResponse(sent.status) : sent, requestId);
    } catch (error) {
      count(own);
      throw error;
    }
  };
}
