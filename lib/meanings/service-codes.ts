import type { ObsCode } from '../cloud/obs/errors.ts';
import type { Entry, Words } from './entry.ts';

const AGAIN: Words = [
  'Phonevault tries again where it can. If it lasts, open a ticket.',
  'Phonevault 会在可行时重试。如果持续出现，请提交工单。',
];
const AGENCY: Words = [
  "Check the functions' agency, and that the endpoints belong to the region.",
  '请检查函数的委托，以及终端节点是否属于该区域。',
];
const REGION: Words = [
  'Use a bucket in the region of the functions, and check PHONEVAULT_OBS_ENDPOINT.',
  '请使用函数所在区域的桶，并检查 PHONEVAULT_OBS_ENDPOINT。',
];

const badKeys: Entry = { says: ['OBS refused the credentials', 'OBS 拒绝了凭证'], fix: AGENCY };
const absent: Entry = {
  says: ['the object does not exist', '对象不存在'],
  fix: [
    'Restore an earlier version of it, if the bucket keeps versions.',
    '如果桶保留多版本，请恢复其早期版本。',
  ],
};
const wrongPlace: Entry = {
  says: ['the bucket is in another region', '桶在另一个区域'],
  fix: REGION,
};
const exists: Entry = { says: ['the object exists already', '对象已存在'] };
const busy: Entry = { says: ['OBS is busy or failing', 'OBS 繁忙或出错'], fix: AGAIN };
const locked: Entry = {
  says: ['the object is locked', '对象已锁定'],
  fix: ['Wait until the lock (WORM) ends.', '请等待锁定（WORM）到期。'],
};

/** The codes of OBS, and our own words for what its bucket does. */
export const obs = {
  AccessDenied: {
    says: ['OBS denies access', 'OBS 拒绝访问'],
    fix: [
      "Grant the functions' agency the right, in a bucket with versions also obs:object:DeleteObjectVersion. Look for a bucket policy that denies it, and for a lock (WORM).",
      '请授予函数的委托相应权限，多版本桶还需 obs:object:DeleteObjectVersion。请检查是否有桶策略拒绝，以及是否有 WORM 锁定。',
    ],
  },
  NoSuchBucket: {
    says: ['the bucket does not exist', '桶不存在'],
    fix: ['Create the bucket, or fix its name.', '请创建桶，或修正桶名。'],
  },
  NoSuchKey: absent,
  NotFound: absent,
  VirtualHostDomainRequired: wrongPlace,
  PermanentRedirect: wrongPlace,
  InvalidAccessKeyId: badKeys,
  SignatureDoesNotMatch: badKeys,
  InvalidSecurity: badKeys,
  ExpiredToken: badKeys,
  InvalidToken: badKeys,
  RequestTimeTooSkewed: {
    says: ['the clock differs too much from that of OBS', '时钟与 OBS 相差过大'],
    fix: ['Set the clock of the machine.', '请校准机器的时钟。'],
  },
  PreconditionFailed: exists,
  ObjectAlreadyExists: exists,
  OperationAborted: busy,
  ConditionalRequestConflict: busy,
  RequestTimeout: busy,
  InternalError: busy,
  ServiceUnavailable: busy,
  SlowDown: { says: ['OBS throttled the requests', '请求被 OBS 限流'], fix: AGAIN },
  InvalidObjectState: {
    says: ['the object is in a cold storage class', '对象在冷存储类别中'],
    fix: [
      'Thaw it, and let no lifecycle rule move the ledger.',
      '请解冻，并且不要让生命周期规则转移账本。',
    ],
  },
  ObjectLocked: locked,
  InvalidRequest: locked,
  MethodNotAllowed: {
    says: ['the bucket does not delete objects one by one', '桶不支持逐个删除对象'],
    fix: [
      'Use a bucket for objects, not a parallel file system.',
      '请使用对象桶，不要使用并行文件系统。',
    ],
  },
  delete_marker: {
    says: ['the archive is hidden, not deleted', '归档只是被隐藏，没有删除'],
    more: [
      'The bucket keeps versions, and the agency may not see that.',
      '桶保留多版本，而委托无权得知。',
    ],
    fix: [
      'Grant obs:bucket:GetBucketVersioning and obs:object:DeleteObjectVersion.',
      '请授予 obs:bucket:GetBucketVersioning 和 obs:object:DeleteObjectVersion。',
    ],
  },
  older_versions: {
    says: ['the archive has more than three versions', '归档的版本超过三个'],
    fix: ['Delete the other versions yourself.', '请自行删除其余版本。'],
  },
  protected: {
    says: ['the archive is pinned or in use', '归档已固定或正在使用'],
  },
  unknown: { says: ['OBS did not say what became of it', 'OBS 未说明处理结果'], fix: AGAIN },
} satisfies Record<ObsCode | 'protected', Entry>;

/** The codes of the gateway before every service, and of IAM, that can end a call. */
export const gateway = {
  'APIGW.0101': {
    says: ['the gateway does not know the path', '网关找不到该路径'],
    fix: ['Check the endpoint of the service.', '请检查该服务的终端节点。'],
  },
  'APIGW.0201': { says: ['the gateway refused the request', '网关拒绝了请求'], fix: AGAIN },
  'APIGW.0301': { says: ['the gateway refused the credentials', '网关拒绝了凭证'], fix: AGENCY },
  'APIGW.0302': {
    says: ['the gateway denies access to the user', '网关拒绝该用户访问'],
    fix: ["Grant the functions' agency the permission.", '请授予函数的委托相应权限。'],
  },
  'APIGW.0303': { says: ['the gateway refused the credentials', '网关拒绝了凭证'], fix: AGENCY },
  'APIGW.0307': { says: ['the token has expired', '令牌已过期'], fix: AGENCY },
  'APIGW.0308': { says: ['the gateway throttled the requests', '请求被网关限流'], fix: AGAIN },
  'APIGW.0310': {
    says: ['the project cannot be used', '项目不可用'],
    fix: ['Check the project in IAM.', '请在 IAM 中检查该项目。'],
  },
  'APIGW.0613': { says: ['the gateway could not ask IAM', '网关无法访问 IAM'], fix: AGAIN },
  'IAM.0061': {
    says: ['the account is locked', '账号已锁定'],
    fix: [
      'Wait for 15 minutes, then sign in with the right password.',
      '请等待 15 分钟，再用正确的密码登录。',
    ],
  },
  'IAM.0062': {
    says: ['the password is wrong', '密码错误'],
    fix: ['Fix the password in your environment.', '请修正环境变量中的密码。'],
  },
  'IAM.0081': {
    says: ['the user may only use the console', '该用户只能使用控制台'],
    fix: ['Allow programmatic access for the user.', '请为该用户开通编程访问。'],
  },
} satisfies Record<string, Entry>;
