import { Command, CommanderError } from 'commander';
import { messageOf, UserError } from '../runtime/errors.ts';
import { createLogger } from '../runtime/logger.ts';
import { versionOfPackage } from '../runtime/version.ts';
import { addCalibrateCommand } from './calibrate-command.ts';
import { addClickHouseCommand } from './clickhouse-command.ts';
import { addDeadLettersCommand } from './dead-letters-command.ts';
import { addKafkaCommand } from './kafka-command.ts';
import { addMembersCommand } from './members-command.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { addModelsCommand } from './models-command.ts';
import { configOption, dataOption, jsonOption, profileOption, wholeNumber, type Profile } from './options.ts';
import { BENCHMARKS, EVALUATIONS, listReports, runReport } from './reports.ts';
import { addSinkCommand } from './sink-command.ts';
import { addSimulateCommand } from './simulate-command.ts';
import { addTopicsCommand } from './topics-command.ts';

/** What the command line ends with. */
export const EXIT = {
  ok: 0,
  /** A check found something: a doctor's finding, a failed verification. */
  findings: 1,
  /** The person can mend it: a wrong option, a broken configuration, a taken port. */
  mistake: 2,
  /** A fault of ours. */
  fault: 70,
} as const;

/** Runs one command and sets the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (thrown) {
    process.exitCode = report(thrown);
  }
}

function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.mistake;
  if (thrown instanceof UserError) {
    process.stderr.write(`\n${thrown.message}\n\n${thrown.next}\n`);
    return EXIT.mistake;
  }
  createLogger('command-line').debug({ err: thrown }, 'fault');
  process.stderr.write(
    `\nSomething went wrong inside Smart Store: ${messageOf(thrown)}\n\nThis is a fault of ours. Run it again with SMART_STORE_LOG=debug and report what it prints.\n`,
  );
  return EXIT.fault;
}

export function createProgram(): Command {
  const program = new Command('smart-store')
    .description('A cashierless fashion store that runs itself.')
    .version(versionOfPackage())
    .exitOverride()
    .showHelpAfterError('(type the command with --help to see what it takes)')
    .configureHelp({ sortSubcommands: false });

  program
    .command('start')
    .description('run the store and its live page until Ctrl-C')
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(profileOption())
    .option('--port <number>', 'port of the page, 0 for any free one (default: the configuration)')
    .action(async (options: { config: string; data: string; profile?: Profile; port?: string }) => {
      const { runStore } = await import('./start.ts');
      await runStore({
        configPath: options.config,
        dataDir: options.data,
        ...(options.profile === undefined ? {} : { profile: options.profile }),
        ...(options.port === undefined ? {} : { port: wholeNumber('--port', options.port, 0, 65535) }),
      });
    });

  program
    .command('doctor')
    .description(
      'check Node, GStreamer, networks, ports, disk, configuration, cameras and servers, and say what to do',
    )
    .addOption(configOption())
    .addOption(profileOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { config: string; profile?: Profile; data: string; json?: true }) => {
      const { runDoctor } = await import('./doctor.ts');
      const healthy = await runDoctor({
        configPath: options.config,
        ...(options.profile === undefined ? {} : { profile: options.profile }),
        dataDir: options.data,
        json: options.json === true,
      });
      process.exitCode = healthy ? EXIT.ok : EXIT.findings;
    });

  addSimulateCommand(program);
  addModelsCommand(program, () => (process.exitCode = EXIT.findings));
  addMembersCommand(program);
  addCalibrateCommand(program, () => (process.exitCode = EXIT.findings));
  addDeadLettersCommand(program);
  addKafkaCommand(program);
  addTopicsCommand(program, () => (process.exitCode = EXIT.findings));
  addClickHouseCommand(program);
  addMigrateCommand(program, () => (process.exitCode = EXIT.findings));
  addSinkCommand(program);

  for (const [verb, reports, what] of [
    ['eval', EVALUATIONS, 'measure accuracy, on your own data where given'],
    ['bench', BENCHMARKS, 'measure speed, against a baseline in the same run'],
  ] as const) {
    program
      .command(`${verb} [name] [options...]`)
      .description(what)
      .allowUnknownOption()
      .helpOption(false)
      .addHelpText('after', () => `\n${listReports(verb, reports)}`)
      .action(async (name: string | undefined, _: string[], __: unknown, command: Command) => {
        await runReport(verb, reports, name, command.args.slice(1));
      });
  }
  return program;
}
