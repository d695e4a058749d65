import { addedFolder, NETWORK_FOLDERS, type NetworkFolders } from './build.ts';
import { findAddedFiles } from './added-files.ts';
import { CATALOGUE } from './catalogue.ts';
import { UserError } from '../../runtime/errors.ts';
import { comesFromNpm, type NetworkEntry, type NetworkTask } from './network-entry.ts';
import { userNetworks } from './user-network.ts';

export interface NetworkChoice {
  readonly task: NetworkTask;
  readonly chosen: NetworkEntry;
  /** Why this one, in a sentence for a person. */
  readonly reason: string;
  /** Everything of the task that is present, the preferred first: what could be fused with the chosen one. */
  readonly present: readonly NetworkEntry[];
  /** What would be preferred if it were present. */
  readonly missingBetter: readonly NetworkEntry[];
}

/** All networks that are known here: ours and those that the user added. */
export async function knownNetworks(folders: NetworkFolders = NETWORK_FOLDERS): Promise<NetworkEntry[]> {
  const ours: NetworkEntry[] = Object.values(CATALOGUE);
  const users = await userNetworks(folders.added);
  return [...ours, ...users.filter(({ name }) => !Object.hasOwn(CATALOGUE, name))];
}

/**
 * Whether a network can be opened here without adding anything.
 * @throws UserError when its files are there but altered
 */
export async function isPresent(
  entry: NetworkEntry,
  folders: NetworkFolders = NETWORK_FOLDERS,
): Promise<boolean> {
  if (comesFromNpm(entry.sources[0])) return true;
  return (await findAddedFiles(entry, addedFolder(entry.name, folders))) !== undefined;
}

/**
 * The network that is used for a task: among those that are present the preferred one.
 * @throws UserError when none is present
 */
export async function chooseNetwork(
  task: NetworkTask,
  folders: NetworkFolders = NETWORK_FOLDERS,
): Promise<NetworkChoice> {
  const candidates = (await knownNetworks(folders))
    .filter((entry) => entry.task === task && entry.preference >= 0)
    .sort((a, b) => b.preference - a.preference);
  const presence = await Promise.all(candidates.map((entry) => isPresent(entry, folders)));
  const present = candidates.filter((_, index) => presence[index]);
  const [chosen] = present;
  if (!chosen) {
    throw new UserError(
      'network.none-for-task',
      `No network for ${task} is present.`,
      `Add one: smart-store models add ${candidates[0]?.name ?? 'NAME'}.`,
    );
  }
  const missingBetter = candidates.filter(
    (entry, index) => !presence[index] && entry.preference > chosen.preference,
  );
  return { task, chosen, reason: reasonFor(chosen, present, missingBetter), present, missingBetter };
}

function reasonFor(
  chosen: NetworkEntry,
  present: readonly NetworkEntry[],
  missingBetter: readonly NetworkEntry[],
): string {
  const others = present.slice(1).map(({ name }) => name);
  const before = others.length === 0 ? 'is the only one present' : `is preferred to ${others.join(', ')}`;
  const after = missingBetter.map(({ name }) => name).join(', ');
  return `${chosen.name} ${before}${after === '' ? '' : `; better, but not added: ${after}`}`;
}
