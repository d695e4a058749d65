import type { Command } from 'commander';
import { loadDeployment } from '../config/load.ts';
import { UserError } from '../runtime/errors.ts';
import { ROOT } from '../runtime/paths.ts';
import { loadScenario } from '../simulation/scenario.ts';
import { jsonOption, print, printJson, wholeNumber } from './options.ts';
import { renderShop } from './simulated.ts';

interface Options {
  readonly config: string;
  readonly scenario?: string;
  readonly camera?: string;
  readonly shoppers?: string;
  readonly minutes?: string;
  readonly seed?: string;
  readonly out: string;
  readonly json?: true;
}

/** `smart-store simulate`: videos of the virtual shop's cameras with their ground truth. */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description("render videos of the virtual shop's cameras, with ground truth beside them")
    .option('--config <file>', 'whose simulated cameras', `${ROOT}config/demo/store.yaml`)
    .option('--camera <id>', 'this one alone (default: all)')
    .option('--scenario <file>', 'who comes and when (default: the one the cameras name)')
    .option('--shoppers <number>', 'visits in all (default: the scenario)')
    .option('--minutes <number>', 'length of the videos (default: the scenario)')
    .option('--seed <number>', 'the same seed gives the same videos (default: the scenario)')
    .option('--out <folder>', 'where the videos and their truth are put', '.')
    .addOption(jsonOption())
    .action(simulate);
}

async function simulate(options: Options): Promise<void> {
  const cameras = loadDeployment(options.config)
    .stores.flatMap((store) => store.cameras)
    .flatMap(({ source, ...camera }) => (source.kind === 'simulation' ? { ...camera, source } : []));
  const chosen = cameras.filter(({ id }) => options.camera === undefined || id === options.camera);
  const [first] = chosen;
  if (!first) {
    const known = cameras.map(({ id }) => id).join(', ') || 'none';
    throw new UserError(
      'simulation.no-camera',
      options.camera === undefined
        ? `${options.config} has no camera whose source is of kind simulation`
        : `${options.config} is expected to have a simulated camera ${options.camera}; it has: ${known}`,
      'Name one of them with --camera, or another configuration with --config.',
    );
  }
  const path = options.scenario ?? first.source.scenario;
  const written = loadScenario(path);
  const scenario = {
    ...written,
    ...(options.shoppers === undefined
      ? {}
      : { shoppers: wholeNumber('--shoppers', options.shoppers, 1, 2000) }),
    ...(options.minutes === undefined ? {} : { minutes: wholeNumber('--minutes', options.minutes, 1, 120) }),
    ...(options.seed === undefined ? {} : { seed: wholeNumber('--seed', options.seed, 0, 0xffffffff) }),
  };
  const ofOneShop = chosen.filter(({ source }) => source.scenario === first.source.scenario);
  const shop = await renderShop(scenario, ofOneShop, options.out, (camera, percent) =>
    process.stderr.write(`\rrendering ${camera} ${String(percent).padStart(3)} %`),
  );
  process.stderr.write('\n');
  const videos = [...shop.videoPaths].map(([cameraId, videoPath]) => ({ cameraId, videoPath }));
  if (options.json) {
    printJson({ videos, truthPaths: shop.truthPaths, periodSeconds: shop.periodSeconds, scenario });
    return;
  }
  print(
    [
      ...videos.map(({ cameraId, videoPath }) => `${cameraId}  ${videoPath}`),
      ...shop.truthPaths.map((truthPath) => `truth  ${truthPath}`),
      'Everybody in them is simulated.',
    ].join('\n'),
  );
}
