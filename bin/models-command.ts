import type { Command } from 'commander';
import { addNetwork } from '../vision/models/addition.ts';
import { embeddingSpace } from '../vision/faces/embedding-space.ts';
import { chooseFaceNetworks } from '../vision/faces/face-networks.ts';
import {
  buildNetworks,
  listNetworks,
  verifyNetworks,
  type NetworkListing,
} from '../vision/models/inventory.ts';
import { jsonOption, print, printJson } from './options.ts';

interface Json {
  readonly json?: true;
}

/** `smart-store models …`: the networks that see. */
export function addModelsCommand(program: Command, findings: () => void): void {
  const group = program
    .command('models')
    .description('the networks: which there are, which are used, how to add better ones');

  group
    .command('list')
    .description('every network with licence, source and whether it is used')
    .addOption(jsonOption())
    .action(async ({ json }: Json) => {
      const networks = await networksWithUse();
      if (json) {
        printJson({ networks });
        return;
      }
      for (const { name, task, state, isUsed, licence, summary } of networks) {
        print(
          `${isUsed ? '●' : ' '} ${name.padEnd(22)} ${task.padEnd(18)} ${state.padEnd(8)} ${licence.padEnd(14)} ${summary}`,
        );
      }
      print('\n● is used for its task. "smart-store models add NAME" adds one that is absent.');
    });

  group
    .command('build [names...]')
    .description('turn the weights inside npm packages into network files, once')
    .addOption(jsonOption())
    .action(async (names: string[], { json }: Json) => {
      const steps = await buildNetworks({
        ...(names.length === 0 ? {} : { names }),
        onStep: (step) => process.stderr.write(`${step.network}: ${step.result}\n`),
      });
      if (json) printJson({ steps });
    });

  group
    .command('add <name>')
    .description(
      'add a network that npm does not carry, or one of your own (--from FOLDER with NAME.yaml beside the .onnx file)',
    )
    .option('--from <folder-or-address>', "where its files are (default: the authors' address)")
    .option('--sha256 <checksum>', 'of a file whose checksum we do not know')
    .addOption(jsonOption())
    .action(async (name: string, { from, sha256, json }: Json & { from?: string; sha256?: string }) => {
      const added = await addNetwork(name, {
        ...(from === undefined ? {} : { from }),
        ...(sha256 === undefined ? {} : { sha256 }),
        onProgress: (message) => process.stderr.write(`${message}\n`),
      });
      if (json) {
        printJson(added);
        return;
      }
      print(
        `${added.name} is added (licence ${added.licence}). It is used from the next start; "smart-store doctor" says for what.`,
      );
    });

  group
    .command('verify [names...]')
    .description('open every network that is present and compare it with its contract')
    .addOption(jsonOption())
    .action(async (names: string[], { json }: Json) => {
      const verifications = await verifyNetworks(names.length === 0 ? {} : { names });
      if (verifications.some(({ isRight }) => !isRight)) findings();
      if (json) {
        printJson({ verifications });
        return;
      }
      for (const { name, isRight, message } of verifications)
        print(`${isRight ? 'ok   ' : 'WRONG'} ${name.padEnd(22)} ${message}`);
    });
}

/** Recognition fuses several networks of one task, so it is asked itself which it uses. */
async function networksWithUse(): Promise<(NetworkListing & { isUsed: boolean })[]> {
  const { detector, combination } = await chooseFaceNetworks();
  const atTheDoor = new Set<string>([
    detector,
    ...embeddingSpace(combination).parts.map(({ network }) => network),
  ]);
  return (await listNetworks()).map((network) => ({
    ...network,
    isUsed: network.isChosen || atTheDoor.has(network.name),
  }));
}
