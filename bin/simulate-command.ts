import type { Command } from 'commander';
import { ROOT } from '../runtime/paths.ts';
import { renderDoor } from '../simulation/render.ts';
import { loadScenario } from '../simulation/scenario.ts';
import { jsonOption, print, printJson, wholeNumber } from './options.ts';

interface Options {
  readonly scenario: string;
  readonly shoppers?: string;
  readonly minutes?: string;
  readonly seed?: string;
  readonly out: string;
  readonly json?: true;
}

/** `smart-store simulate`: a video of the virtual shop's door with its ground truth. */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description("render a video of the virtual shop's door, with ground truth beside it")
    .option('--scenario <file>', 'who comes and when', `${ROOT}config/demo/scenario.yaml`)
    .option('--shoppers <number>', 'visits in all (default: the scenario)')
    .option('--minutes <number>', 'length of the video (default: the scenario)')
    .option('--seed <number>', 'the same seed gives the same video (default: the scenario)')
    .option('--out <folder>', 'where the video and its truth are put', '.')
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const written = loadScenario(options.scenario);
      const scenario = {
        ...written,
        ...(options.shoppers === undefined
          ? {}
          : { shoppers: wholeNumber('--shoppers', options.shoppers, 1, 2000) }),
        ...(options.minutes === undefined
          ? {}
          : { minutes: wholeNumber('--minutes', options.minutes, 1, 120) }),
        ...(options.seed === undefined ? {} : { seed: wholeNumber('--seed', options.seed, 0, 0xffffffff) }),
      };
      const rendered = await renderDoor({
        scenario,
        outDir: options.out,
        onProgress: (fraction) =>
          process.stderr.write(`\rrendering ${String(Math.floor(fraction * 100)).padStart(3)} %`),
      });
      process.stderr.write('\n');
      if (options.json) {
        printJson({ ...rendered, scenario });
        return;
      }
      print(`video  ${rendered.videoPath}\ntruth  ${rendered.truthPath}\nEverybody in it is simulated.`);
    });
}
