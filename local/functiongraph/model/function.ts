/** What a function is set to. Texts that were not given are ''. */
export type FunctionConfig = {
  handler: string;
  runtime: string;
  memory_size: number;
  timeout: number;
  lts_custom_tag?: Record<string, string> | null;
  network_controller?: Record<string, unknown> | null;
  description: string;
  xrole: string;
  app_xrole: string;
  userData: Record<string, string>;
  encryptedUserData: Record<string, string>;
  type: string;
  enterprise_project_id: string;
  initializer: { handler: string; timeout: number } | undefined;
  preStop: { handler: string; timeout: number } | undefined;
  log: { group_id: string; group_name: string; stream_id: string; stream_name: string } | undefined;
  ephemeral_storage: number;
  domain_names: string;
  enable_dynamic_memory: boolean;
};

/** A version's code. `digest` is the SHA-512 of its bytes, hex. */
export type Code = {
  type: 'inline' | 'zip' | 'obs';
  url: string;
  filename: string;
  bytes: Uint8Array;
  digest: string;
};

/** A function at one of its versions; the head is `latest`. */
export type FunctionVersion = {
  version: string;
  config: FunctionConfig;
  code: Code;
  /** Instances at once: -1 no limit, 0 disabled. */
  maxInstances: number;
  /** True time, epoch ms. */
  lastModified: number;
  description?: string;
};

export type Alias = {
  name: string;
  version: string;
  description: string;
  lastModified: number;
};

export type Destination = { destination: string; param: string };

/** What an asynchronous invocation of one version is promised. */
export type AsyncConfig = {
  max_async_event_age_in_seconds: number;
  max_async_retry_attempts: number;
  destination_config: { on_success?: Destination; on_failure?: Destination };
  enable_async_status_log: boolean;
  createdAt: number;
  lastModified: number;
};

export type FunctionRecord = {
  id: string;
  name: string;
  package: string;
  head: FunctionVersion;
  /** Published ones, oldest first. */
  versions: FunctionVersion[];
  aliases: Map<string, Alias>;
  /** By version or alias, as the URN named it. */
  asyncConfigs: Map<string, AsyncConfig>;
  tags: Map<string, string>;
};

export type TriggerType = 'TIMER' | 'APIG' | 'DEDICATEDGATEWAY' | 'CTS' | 'SMN' | 'OBS';

export type TriggerRecord = {
  id: string;
  type: TriggerType;
  status: 'ACTIVE' | 'DISABLED';
  /** event_data, as it is answered. */
  data: Record<string, unknown>;
  function: FunctionRecord;
  /** `latest`, a version or an alias. */
  qualifier: string;
  /** True time, epoch ms. */
  createdAt: number;
  updatedAt: number;
};
