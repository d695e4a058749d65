import { Option, type Command } from 'commander';
import { loadDeployment } from '../config/load.ts';
import { createLogger } from '../runtime/logger.ts';
import { toStoreId } from '../runtime/ids.ts';
import {
  enrolCommand,
  listCommand,
  removeCommand,
  showCommand,
  withdrawCommand,
} from '../store/members/commands.ts';
import type { ConsentPurpose } from '../store/members/consent-texts.ts';
import { ConsentPurpose as ConsentPurposeSchema } from '../ingest/events/consent-given.ts';
import type { Members } from '../store/members/members.ts';
import { openEnroller } from '../vision/faces/enrolment.ts';
import { readPicture } from '../vision/faces/picture-file.ts';
import { openMembers } from './members.ts';
import { configOption, dataOption, jsonOption, print } from './options.ts';

interface Common {
  readonly config: string;
  readonly data: string;
  readonly json?: true;
}

const CONSENT_PURPOSES: readonly ConsentPurpose[] = ConsentPurposeSchema.anyOf.map(
  (purpose) => purpose.const,
);

/** `smart-store members …`. A running store notices within a second what is changed here. */
export function addMembersCommand(program: Command): void {
  const group = program.command('members').description('who is recognised at the door, and who is no longer');
  const verb = (usage: string, what: string): Command =>
    group
      .command(usage)
      .description(what)
      .addOption(configOption())
      .addOption(dataOption())
      .addOption(jsonOption());

  verb('list', 'every member with the consents that are active').action((options: Common) =>
    withMembers(options, (members) => listCommand(members, output(options))),
  );
  verb('show <who>', 'one member (name or beginning of the id) with the history of consents').action(
    (who: string, options: Common) =>
      withMembers(options, (members) => showCommand(members, who, output(options))),
  );
  verb('enrol <name> <photographs...>', 'make a person a member, from photographs of this person alone')
    .addOption(consentOption())
    .action((name: string, photographs: string[], options: Common & { consent: ConsentPurpose[] }) =>
      withMembers(options, (members) => enrol(members, name, photographs, options)),
    );
  verb('withdraw <who>', 'end a consent; without recognition the templates are deleted')
    .addOption(
      new Option('--purpose <purpose>', 'which consent')
        .choices(CONSENT_PURPOSES)
        .default('door-recognition'),
    )
    .action((who: string, options: Common & { purpose: ConsentPurpose }) =>
      withMembers(options, (members) =>
        withdrawCommand(members, who, { ...output(options), purpose: options.purpose }),
      ),
    );
  verb('remove <who>', 'delete a member with name, consents and templates').action(
    (who: string, options: Common) =>
      withMembers(options, (members) => removeCommand(members, who, output(options))),
  );
}

async function enrol(
  members: Members,
  displayName: string,
  pictures: readonly string[],
  options: Common & { consent: ConsentPurpose[] },
): Promise<string> {
  const { networks } = loadDeployment(options.config);
  const enroller = await openEnroller(networks);
  try {
    return await enrolCommand(
      members,
      { displayName, pictures, consents: options.consent, ...output(options) },
      async (path) => {
        const result = await enroller.enrol(await readPicture(path));
        return result.ok
          ? { ok: true, template: { network: enroller.space, bytes: result.template } }
          : { ok: false, reason: result.advice };
      },
    );
  } finally {
    await enroller.close();
  }
}

async function withMembers(options: Common, work: (members: Members) => Promise<string>): Promise<void> {
  const [store] = loadDeployment(options.config).stores;
  const house = await openMembers(options.data, toStoreId(store!.id), createLogger('members'));
  try {
    print(await work(house.members));
  } finally {
    await house.close();
  }
}

/** Consent is never assumed: each purpose is named by whoever asked the person. */
function consentOption(): Option {
  return new Option('--consent <purposes...>', 'what the person agreed to, asked one by one')
    .choices(CONSENT_PURPOSES)
    .default([], 'nothing: enrolment is refused and the text to agree to is shown');
}

function output({ json }: Common): { json: boolean } {
  return { json: json === true };
}
