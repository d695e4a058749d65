import { messageOf, UserError } from '../../runtime/errors.ts';
import { ensureBuilt, NETWORK_FOLDERS, type BuildStep, type NetworkFolders } from './build.ts';
import { chooseNetwork, isPresent, knownNetworks } from './choice.ts';
import { comesFromNpm, NETWORK_TASKS, type NetworkEntry, type NetworkTask } from './network-entry.ts';
import { openEntry } from './network.ts';

/** A network as `smart-store models list` tells of it. */
export interface NetworkListing {
  readonly name: string;
  readonly task: NetworkTask;
  readonly summary: string;
  readonly licence: string;
  /** Package with version, or the authors' address. */
  readonly source: string;
  readonly state: 'present' | 'absent' | 'altered';
  /** The one that is used for its task. */
  readonly isChosen: boolean;
  readonly embeddingSpace?: string;
}

export interface Verification {
  readonly name: string;
  readonly isRight: boolean;
  readonly message: string;
}

/** A line of `smart-store doctor`. */
export interface NetworkCheck {
  readonly task: NetworkTask;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do; of warnings and errors. */
  readonly next?: string;
}

/** What the store can't open its doors without. */
const NEEDED_TASKS: readonly NetworkTask[] = ['face-detection', 'face-landmarks', 'face-embedding'];

export async function listNetworks(folders: NetworkFolders = NETWORK_FOLDERS): Promise<NetworkListing[]> {
  const entries = await knownNetworks(folders);
  const chosen = await Promise.all(
    NETWORK_TASKS.map((task) =>
      chooseNetwork(task, folders).then(
        ({ chosen: { name } }) => name,
        () => undefined,
      ),
    ),
  );
  return Promise.all(
    entries.map(async (entry): Promise<NetworkListing> => {
      const state = await isPresent(entry, folders).then(
        (present) => (present ? 'present' : 'absent'),
        () => 'altered' as const,
      );
      return {
        name: entry.name,
        task: entry.task,
        summary: entry.summary,
        licence: entry.licence,
        source: sourceText(entry),
        state,
        isChosen: chosen.includes(entry.name),
        ...(entry.embeddingSpace === undefined ? {} : { embeddingSpace: entry.embeddingSpace }),
      };
    }),
  );
}

/**
 * Builds every network that is present, or those named, unless they are built already.
 * @throws UserError naming the first that can't be built
 */
export async function buildNetworks(
  options: {
    readonly names?: readonly string[];
    readonly folders?: NetworkFolders;
    readonly onStep?: (step: BuildStep) => void;
  } = {},
): Promise<BuildStep[]> {
  const folders = options.folders ?? NETWORK_FOLDERS;
  const steps: BuildStep[] = [];
  for (const entry of await selectNetworks(options.names, folders)) {
    await ensureBuilt(entry, folders, (step) => {
      steps.push(step);
      options.onStep?.(step);
    });
  }
  return steps;
}

/** Opens every network that is present, or those named: checksums, conversion, contract and a first run. */
export async function verifyNetworks(
  options: { readonly names?: readonly string[]; readonly folders?: NetworkFolders } = {},
): Promise<Verification[]> {
  const folders = options.folders ?? NETWORK_FOLDERS;
  const verifications: Verification[] = [];
  for (const entry of await selectNetworks(options.names, folders)) {
    try {
      const network = await openEntry(entry, { folders });
      await network.close();
      verifications.push({ name: entry.name, isRight: true, message: 'loads and is what its contract says' });
    } catch (error) {
      verifications.push({ name: entry.name, isRight: false, message: messageOf(error) });
    }
  }
  return verifications;
}

/** What `doctor` and the operations page say: which network does what, and what would do it better. */
export async function checkNetworks(folders: NetworkFolders = NETWORK_FOLDERS): Promise<NetworkCheck[]> {
  return Promise.all(
    NETWORK_TASKS.map(async (task): Promise<NetworkCheck> => {
      try {
        const { chosen, reason, missingBetter } = await chooseNetwork(task, folders);
        await ensureBuilt(chosen, folders);
        const [better] = missingBetter;
        if (!better) return { task, status: 'ok', message: reason };
        return { task, status: 'warning', message: reason, next: `smart-store models add ${better.name}` };
      } catch (error) {
        const isNeeded = NEEDED_TASKS.includes(task);
        const next = error instanceof UserError ? error.next : 'smart-store models verify';
        return { task, status: isNeeded ? 'error' : 'warning', message: messageOf(error), next };
      }
    }),
  );
}

async function selectNetworks(
  names: readonly string[] | undefined,
  folders: NetworkFolders,
): Promise<NetworkEntry[]> {
  const known = await knownNetworks(folders);
  if (!names) {
    // files that are there but altered are selected too, so that they are told of
    const isSelected = await Promise.all(known.map((entry) => isPresent(entry, folders).catch(() => true)));
    return known.filter((_, index) => isSelected[index]);
  }
  return names.map((name) => {
    const entry = known.find((candidate) => candidate.name === name);
    if (entry) return entry;
    throw new UserError(
      'network.unknown',
      `There is no network ${name}; known are ${known.map((candidate) => candidate.name).join(', ')}.`,
      'See smart-store models list.',
    );
  });
}

function sourceText(entry: NetworkEntry): string {
  const [source] = entry.sources;
  return comesFromNpm(source) ? `${source.package} ${source.version}` : source.address;
}
