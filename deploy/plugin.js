import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLocal } from './plugin/account.js';
import { deploy, tellPlan } from './plugin/deploy.js';
import { DeployError } from './plugin/errors.js';
import { refuseUnknownParams } from './plugin/given.js';
import { info } from './plugin/info.js';
import { eventOf, invoke, invokeLocal } from './plugin/invoke.js';
import { logs } from './plugin/logs.js';
import { remove } from './plugin/remove.js';
import { eventSchema, schema } from './plugin/schema.js';
import { createService } from './plugin/service.js';
import { changesText } from './plugin/text.js';

/** The exit code of `plan` when a deployment would change something. */
const WOULD_CHANGE = 2;

const adopt = {
  usage: 'Take over functions of these names that were not deployed from here',
  type: 'boolean',
};
const prune = { usage: 'Remove triggers that are not in serverless.yml', type: 'boolean' };
const dropSecrets = { usage: 'Remove encrypted settings that are not given now', type: 'boolean' };
const changing = { adopt, prune, 'drop-secrets': dropSecrets };

/** The provider `huawei` of serverless.yml: what its `provider` and `functions` may hold. */
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

/** The commands package, deploy, plan, info, invoke, logs and remove. */
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
    this.say = (/** @type {string} */ line) => writeText(line);
    this.root = serverless.serviceDir;
    this.service = createService(serverless, this.root);
    this.commands = {
      plan: {
        usage: 'Tell what deploy would change; exit 2 when something would',
        lifecycleEvents: ['plan'],
        options: changing,
      },
      deploy: { options: changing, commands: { function: { options: changing } } },
      remove: { options: { adopt } },
      logs: { options: { minutes: { usage: 'How far back', type: 'string' } } },
    };
    /** `${local:NAME}`: what `npm run local` printed; nothing but in the stage local. */
    this.configurationVariablesSources = {
      local: {
        resolve: async (/** @type {any} */ { address, resolveVariable }) => {
          const stage = await resolveVariable('sls:stage');
          const local = await this.guarded(() => readLocal(this.root, stage));
          return { value: local?.[address] ?? null };
        },
      },
    };
    const verbs = {
      'before:package:createDeploymentArtifacts': () => this.package(),
      'deploy:deploy': () => this.deploy(),
      'deploy:function:deploy': () => this.deployFunction(),
      'plan:plan': () => this.plan(),
      'info:info': () => this.info(),
      'invoke:invoke': () => this.invoke(),
      'invoke:local:invoke': () => this.invokeLocal(),
      'logs:logs': () => this.logs(),
      'remove:remove': () => this.remove(),
    };
    this.hooks = Object.fromEntries(
      Object.entries(verbs).map(([hook, verb]) => [
        hook,
        () =>
          this.guarded(async () => {
            await this.checkParams();
            return verb();
          }),
      ]),
    );
  }

  /**
   * Errors of ours are told without a stack, and end with a failure of the command.
   * @template T
   * @param {() => Promise<T>} verb
   * @returns {Promise<T>}
   */
  async guarded(verb) {
    try {
      return await verb();
    } catch (error) {
      if (!(error instanceof DeployError)) throw error;
      const text = error.hint ? `${error.message}\n${error.hint}` : error.message;
      throw new this.serverless.classes.Error(text, `PHONEVAULT_${error.code.toUpperCase()}`);
    }
  }

  async checkParams() {
    const yaml = await readFile(join(this.root, this.serverless.configurationFilename), 'utf8');
    refuseUnknownParams(this.options.param ?? [], yaml);
  }

  async package() {
    for (const { wanted, path } of await this.service.packageAll()) {
      this.serverless.service.getFunction(wanted.key).package = { artifact: path };
    }
  }

  /** Deploys what was packaged before. */
  async deploy() {
    await this.change(await this.service.pack());
  }

  async deployFunction() {
    await this.service.build();
    await this.change(await this.service.pack([this.options.function]));
  }

  /** @param {import('./plugin/deploy.js').Piece[]} pieces */
  async change(pieces) {
    const count = await deploy(await this.service.connect(), pieces, this.changes(), this.say);
    this.say(count === 0 ? 'Nothing has changed.' : `Deployed: ${changesText(count)}.`);
  }

  async plan() {
    const cloud = await this.service.connect();
    const count = await tellPlan(cloud, await this.service.packageAll(), this.changes(), this.say);
    if (count > 0) process.exitCode = WOULD_CHANGE;
  }

  async info() {
    await info(await this.service.connect(), this.service.wantedAll(), this.say);
  }

  async invoke() {
    const event = await eventOf(this.options);
    const wanted = this.service.wanted(this.options.function);
    await invoke(await this.service.connect(), wanted, event, this.say);
  }

  async invokeLocal() {
    const wanted = this.service.wanted(this.options.function);
    const event = await eventOf(this.options);
    const keys = await this.service.keysFor(process.env);
    await this.service.build();
    const code = await invokeLocal(this.root, wanted, event, { ...process.env, ...keys });
    if (code !== 0)
      throw new DeployError('function_failed', `${wanted.key} ended with code ${code}`);
  }

  async logs() {
    const wanted = this.service.wanted(this.options.function);
    await logs(await this.service.connect(), wanted, this.options, Date.now(), this.say);
  }

  async remove() {
    const cloud = await this.service.connect();
    const count = await remove(cloud, this.service.wantedAll(), this.changes(), this.say);
    this.say(
      count === 0
        ? 'There is nothing to remove.'
        : `Removed: ${count} functions. Bucket, topics and agencies stay.`,
    );
  }

  changes() {
    const { adopt, prune, 'drop-secrets': drop } = this.options;
    return { adopt: adopt === true, prune: prune === true, dropSecrets: drop === true };
  }
}
