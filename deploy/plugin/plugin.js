import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLocal } from './account.js';
import { commands } from './commands/commands.js';
import { deploy, printPlan } from './commands/deploy.js';
import { DeployError } from './errors.js';
import { checkParams } from './desired/check-settings.js';
import { placeOf, writeIam } from './commands/iam.js';
import { info } from './commands/info.js';
import { eventOf, invoke, invokeLocal } from './commands/invoke.js';
import { logs } from './commands/logs.js';
import { remove } from './commands/remove.js';
import { eventSchema, schema } from './desired/schema.js';
import { createService } from './service.js';
import { changesText } from './change/text.js';

/** Exit code of `plan` if a deployment would change something. */
const EXIT_CHANGES = 2;

/** The provider `huawei` of serverless.yml: defines the schema of `provider` and `functions`. */
class HuaweiProvider {
  static getProviderName() {
    return 'huawei';
  }

  /** @param {any} serverless */
  constructor(serverless) {
    serverless.setProvider('huawei', this);
    const { configSchemaHandler } = serverless;
    configSchemaHandler.defineProvider('huawei', schema);
    const [functions] = Object.values(
      configSchemaHandler.schema.properties.functions.patternProperties,
    );
    functions.properties.events.items.anyOf.push(eventSchema);
  }
}

/** The commands package, deploy, plan, iam, info, invoke, logs and remove. */
export default class HuaweiPlugin {
  /**
   * @param {any} serverless
   * @param {any} options
   * @param {any} utils
   */
  constructor(serverless, options, { writeText }) {
    serverless.pluginManager.addPlugin(HuaweiProvider);
    this.serverless = serverless;
    this.options = options;
    this.print = (/** @type {string} */ line) => writeText(line);
    this.root = serverless.serviceDir;
    this.service = createService(serverless, this.root);
    /** @type {unknown} */
    this.localError = undefined;
    this.commands = commands;
    /** `${local:NAME}` reads the ready line of `npm run local`; null in any other stage than local. */
    this.configurationVariablesSources = {
      local: {
        resolve: async (/** @type {any} */ { address, resolveVariable }) => {
          const stage = await resolveVariable('sls:stage');
          const local = await readLocal(this.root, stage).catch((error) => {
            this.localError = error;
          });
          return { value: local?.[address] ?? null };
        },
      },
    };
    const actions = {
      'before:package:createDeploymentArtifacts': () => this.package(),
      'deploy:deploy': () => this.deploy(),
      'deploy:function:deploy': () => this.deployFunction(),
      'plan:plan': () => this.plan(),
      'iam:iam': () => this.iam(),
      'info:info': () => this.info(),
      'invoke:invoke': () => this.invoke(),
      'invoke:local:invoke': () => this.invokeLocal(),
      'logs:logs': () => this.logs(),
      'remove:remove': () => this.remove(),
    };
    this.hooks = Object.fromEntries(
      Object.entries(actions).map(([hook, action]) => [
        hook,
        () =>
          this.withReadableErrors(async () => {
            await this.checkParams();
            return action();
          }),
      ]),
    );
    // Before any command. Thrown while the variables are resolved, it would appear once for each of them.
    this.hooks['initialize'] = () =>
      this.withReadableErrors(async () => {
        if (this.localError !== undefined) throw this.localError;
      });
  }

  /**
   * Prints a DeployError without a stack trace.
   * @template T
   * @param {() => Promise<T>} action
   * @returns {Promise<T>}
   */
  async withReadableErrors(action) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof DeployError)) throw error;
      const text = error.hint ? `${error.message}\n${error.hint}` : error.message;
      throw new this.serverless.classes.Error(text, `PHONEVAULT_${error.code.toUpperCase()}`);
    }
  }

  async checkParams() {
    const yaml = await readFile(join(this.root, this.serverless.configurationFilename), 'utf8');
    checkParams(this.options.param ?? [], yaml);
  }

  async package() {
    for (const { desired, path } of await this.service.packageAll()) {
      this.serverless.service.getFunction(desired.key).package = { artifact: path };
    }
  }

  /** Deploys the packaged functions. */
  async deploy() {
    await this.change(await this.service.pack());
  }

  async deployFunction() {
    await this.change(await this.service.packageAll([this.options.function]));
  }

  /** @param {import('./commands/deploy.js').PackagedFunction[]} pieces */
  async change(pieces) {
    const count = await deploy(await this.service.connect(), pieces, this.changes(), this.print);
    this.print(count === 0 ? 'Nothing changed.' : `Deployed: ${changesText(count)}.`);
  }

  async plan() {
    const cloud = await this.service.connect();
    const count = await printPlan(
      cloud,
      await this.service.packageAll(),
      this.changes(),
      this.print,
    );
    if (count > 0) process.exitCode = EXIT_CHANGES;
  }

  async iam() {
    const { desired, custom } = await this.service.checked('drive');
    await writeIam(this.root, placeOf(desired, custom), this.print);
  }

  async info() {
    await info(await this.service.connect(), this.service.allDesired(), this.print);
  }

  async invoke() {
    const event = await eventOf(this.options);
    const desired = this.service.desired(this.options.function);
    await invoke(await this.service.connect(), desired, event, this.print);
  }

  async invokeLocal() {
    const desired = this.service.desired(this.options.function);
    const event = await eventOf(this.options);
    const keys = await this.service.keysFor(process.env);
    await this.service.build();
    const code = await invokeLocal(this.root, desired, event, { ...process.env, ...keys });
    if (code !== 0)
      throw new DeployError('function_failed', `${desired.key} exited with code ${code}`);
  }

  async logs() {
    const desired = this.service.desired(this.options.function);
    await logs(
      await this.service.connect(),
      desired,
      { ...this.options, now: Date.now() },
      this.print,
    );
  }

  async remove() {
    const cloud = await this.service.connect();
    const count = await remove(cloud, this.service.allDesired(), this.changes(), this.print);
    this.print(
      count === 0
        ? 'Nothing to remove.'
        : `Removed ${count} functions. Bucket, topics and agencies stay.`,
    );
  }

  changes() {
    const { adopt, prune, 'drop-secrets': drop } = this.options;
    return { adopt: adopt === true, prune: prune === true, dropSecrets: drop === true };
  }
}
