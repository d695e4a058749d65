import type { Command } from 'commander';
import { UserError } from '../runtime/errors.ts';
import {
  listCommand,
  replayCommand,
  showCommand,
  type CommandOutput,
} from '../ingest/dead-letters/commands.ts';
import type { EventLog } from '../ingest/log/event-log.ts';
import { createLogger } from '../runtime/logger.ts';
import { openEventLogAsGuest } from './event-log.ts';
import {
  configOption,
  dataOption,
  deploymentOf,
  jsonOption,
  profileOption,
  type Profile,
} from './options.ts';

interface Common {
  readonly config: string;
  readonly profile?: Profile;
  readonly data: string;
  readonly json?: true;
}

/** `smart-store dead-letters …`; works beside a running store. */
export function addDeadLettersCommand(program: Command): void {
  const group = program
    .command('dead-letters')
    .description('messages that could not be used, with their bytes and the reason');
  const verb = (usage: string, what: string): Command =>
    group
      .command(usage)
      .description(what)
      .addOption(configOption())
      .addOption(profileOption())
      .addOption(dataOption())
      .addOption(jsonOption());

  verb('list', 'what waits')
    .option('--all', 'also what was put back')
    .action((options: Common & { all?: true }) =>
      withLog(options, (log, output) => listCommand(log, options.all === true, output)),
    );
  verb('show <id>', 'everything about one').action((id: string, options: Common) =>
    withLog(options, (log, output) => showCommand(log, id, output)),
  );
  verb('replay [ids...]', 'put them back into the topics they came from')
    .option('--all', 'every one that waits')
    .action((ids: string[], options: Common & { all?: true }) => {
      if (ids.length === 0 && options.all !== true) {
        throw new UserError(
          'dead-letters.which',
          'Which dead letters to replay is not said.',
          'Name their ids (smart-store dead-letters list shows them), or say --all.',
        );
      }
      return withLog(options, (log, output) =>
        replayCommand(log, options.all === true ? 'all' : ids, output),
      );
    });
}

async function withLog(
  options: Common,
  work: (log: EventLog, output: CommandOutput) => Promise<void>,
): Promise<void> {
  const log = await openEventLogAsGuest(deploymentOf(options), options.data, createLogger('event-log'));
  try {
    await work(log, { json: options.json === true, write: (text) => process.stdout.write(text) });
  } finally {
    await log.close();
  }
}
