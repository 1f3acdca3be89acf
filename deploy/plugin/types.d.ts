/** A function as serverless.yml describes it. */
export type Desired = {
  /** Its key in serverless.yml: schedule, http, event, drive. */
  key: string;
  /** Its name at FunctionGraph, stage included. */
  name: string;
  urn: string;
  stage: string;
  summary: string;
  runtime: string;
  handler: string;
  memorySize: number;
  timeout: number;
  agency: string;
  executionAgency: string;
  userData: Record<string, string>;
  secrets: Record<string, string>;
  logs: boolean;
  maxInstances: number;
  async: DesiredAsync | undefined;
  triggers: DesiredTrigger[];
};

export type DesiredAsync = { retries: number; maxAge: number; failureTopicUrn: string | undefined };

export type DesiredTrigger = {
  type: string;
  status: 'ACTIVE' | 'DISABLED';
  /** As the API expects it; the name ends with a digest of the fields. */
  data: Record<string, unknown>;
};

/** A zip with the code. */
export type Code = { zip: Buffer; digest: string };

/** A function as FunctionGraph returns it (functiongraph_06_0111). */
export type ActualFunction = {
  func_urn: string;
  func_name: string;
  runtime: string;
  handler: string;
  memory_size: number;
  timeout: number;
  description?: string | null;
  xrole?: string | null;
  app_xrole?: string | null;
  user_data?: string | null;
  encrypted_user_data?: string | null;
  enable_lts_log?: boolean | null;
  digest?: string | null;
  code_size?: number | null;
  last_modified?: string | null;
  strategy_config?: { concurrency?: number | null; concurrent_num?: number | null } | null;
  [other: string]: unknown;
};

export type ActualAsync = {
  max_async_event_age_in_seconds?: number | null;
  max_async_retry_attempts?: number | null;
  destination_config?: {
    on_success?: Destination | null;
    on_failure?: Destination | null;
  } | null;
  enable_async_status_log?: boolean | null;
};

export type Destination = { destination?: string | null; param?: string | null };

export type ActualTrigger = {
  trigger_id: string;
  trigger_type_code: string;
  trigger_status?: string | null;
  event_data: Record<string, unknown>;
};

/** A deployed function. */
export type Actual = {
  config: ActualFunction;
  async: ActualAsync | undefined;
  triggers: ActualTrigger[];
};

/** One call that changes a function. `gap`: the function has no such trigger for a moment. */
export type Step =
  | { do: 'create' }
  | { do: 'code' }
  | { do: 'config'; fields: string[] }
  | { do: 'instances'; from: number | undefined; to: number }
  | { do: 'async'; to: DesiredAsync }
  | { do: 'no-async' }
  | { do: 'add-trigger'; trigger: DesiredTrigger; gap: boolean }
  | { do: 'remove-trigger'; trigger: ActualTrigger; gap: boolean }
  | { do: 'trigger-status'; trigger: ActualTrigger; to: 'ACTIVE' | 'DISABLED' };

/** The calls of FunctionGraph's management API that a deployment needs. */
export type Cloud = {
  showFunction(urn: string): Promise<ActualFunction | undefined>;
  /** Functions of the package `default` with this in their name, at most 400. */
  listFunctions(part: string): Promise<ActualFunction[]>;
  createFunction(body: Record<string, unknown>): Promise<ActualFunction>;
  updateCode(urn: string, zip: Buffer): Promise<'changed' | 'same'>;
  updateConfig(urn: string, body: Record<string, unknown>): Promise<void>;
  setMaxInstances(urn: string, count: number): Promise<void>;
  deleteFunction(urn: string): Promise<void>;
  showAsync(urn: string): Promise<ActualAsync | undefined>;
  putAsync(urn: string, body: Record<string, unknown>): Promise<void>;
  deleteAsync(urn: string): Promise<void>;
  listTriggers(urn: string): Promise<ActualTrigger[]>;
  createTrigger(urn: string, body: Record<string, unknown>): Promise<ActualTrigger>;
  setTriggerStatus(urn: string, trigger: ActualTrigger, status: string): Promise<void>;
  deleteTrigger(urn: string, trigger: ActualTrigger): Promise<void>;
  invoke(urn: string, event: unknown): Promise<Invoked>;
  showLogStream(urn: string): Promise<LogStream | undefined>;
  queryLogs(stream: LogStream, query: Record<string, unknown>): Promise<LogLine[]>;
};

export type Invoked = { requestId: string; result: string; log: string; status: number };

export type LogStream = {
  group_id: string;
  stream_id: string;
  group_name: string;
  stream_name: string;
};

export type LogLine = {
  content: string;
  line_num: string;
  labels?: { functionName?: string } | undefined;
};

/** The region and credentials of a deployment. */
export type Account = {
  region: string;
  projectId: string;
  endpoint: string;
  ltsEndpoint: string;
  accessKey: string;
  secretKey: string;
  securityToken: string | undefined;
};
