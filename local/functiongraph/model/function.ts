/** A function's settings. A text that was not set is ''. */
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
  log: LogGroup | undefined;
  ephemeral_storage: number;
  domain_names: string;
  enable_dynamic_memory: boolean;
};

/** The LTS log group and stream of a function. */
export type LogGroup = {
  group_id: string;
  group_name: string;
  stream_id: string;
  stream_name: string;
};

/** A function's code. `digest` is the SHA-512 of its bytes, hex. */
export type Code = {
  type: 'inline' | 'zip' | 'obs';
  url: string;
  filename: string;
  bytes: Uint8Array;
  digest: string;
};

/** Where the result of an asynchronous invocation is sent; `param` is a JSON text. */
export type Destination = { destination: string; param: string };

/** The settings of asynchronous invocations (functiongraph_06_0142). */
export type AsyncConfig = {
  max_async_event_age_in_seconds: number;
  max_async_retry_attempts: number;
  destination_config: { on_success?: Destination; on_failure?: Destination };
  enable_async_status_log: boolean;
  createdAt: number;
  lastModified: number;
};

/** A function at its only version, `latest`. */
export type FunctionRecord = {
  id: string;
  name: string;
  package: string;
  config: FunctionConfig;
  code: Code;
  /** Instances at once: -1 no limit, 0 disabled. */
  maxInstances: number;
  /** Real time, epoch ms. */
  lastModified: number;
  asyncConfig: AsyncConfig | undefined;
};
