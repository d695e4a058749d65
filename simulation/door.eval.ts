import { resolve } from 'node:path';
import { loadDeployment } from '../config/load.ts';
import { UserError } from '../runtime/errors.ts';
import { CACHE_DIR, ROOT } from '../runtime/paths.ts';
import type { Report, ReportArgs, ReportBody } from '../runtime/report.ts';
import { startDoor } from '../vision/moments/door.ts';
import type { Moment } from '../vision/moments/moment.ts';
import { compareWithTruth } from './comparison.ts';
import { enrolGallery } from './enrolled-gallery.ts';
import { enrolmentPictures, type CastEnrolment } from './enrolment.ts';
import { renderDoor } from './render.ts';
import { loadScenario, type Scenario } from './scenario.ts';
import { readTruth } from './truth.ts';

/** Any moment will do: the video is played from it as fast as it is looked at. */
const STARTED_AT_MS = Date.UTC(2026, 0, 1);

/** The whole door path on a rendered video, against what happened in it. */
export const report: Report = {
  name: 'door',
  summary:
    'Are members recognised in the lane, and nobody else, and is everyone counted? On the virtual shop’s door.',
  options: {
    config: 'the deployment; its first simulated door camera is judged (config/demo/store.yaml)',
    seed: 'another day of the same scenario (the scenario’s own seed)',
    shoppers: 'another number of visits (the scenario’s own)',
    minutes: 'another length (the scenario’s own)',
  },
  run,
};

async function run({ options, progress }: ReportArgs): Promise<ReportBody> {
  const { config = `${ROOT}config/demo/store.yaml` } = options;
  const deployment = loadDeployment(resolve(String(config)));
  const found = deployment.stores
    .flatMap(({ cameras }) => cameras)
    .flatMap(({ source, ...camera }) =>
      source.kind === 'simulation' && camera.purpose === 'door' ? { source, camera } : [],
    )[0];
  if (!found) {
    throw new UserError(
      'simulation.no-camera',
      `${String(config)} has no camera whose source is of kind simulation`,
      'Evaluate config/demo/store.yaml, or add such a camera.',
    );
  }
  const scenario = withOptions(loadScenario(found.source.scenario), options);
  progress('rendering the virtual shop (kept for the next time)');
  const { videoPath, truthPath } = await renderDoor({ scenario, outDir: `${CACHE_DIR}/simulation` });
  const truth = await readTruth(truthPath);

  const enrolments = await enrolmentPictures(scenario);
  progress(`enrolling ${enrolments.length} members`);
  const { gallery, castIds } = await enrolGallery(enrolments, deployment.networks);

  progress('watching the door');
  const moments: Moment[] = [];
  const startedAt = performance.now();
  const door = await startDoor({
    camera: { ...found.camera, source: { kind: 'file', path: videoPath, pace: 'fast', loop: false } },
    recognition: deployment.recognition,
    networks: deployment.networks,
    gallery,
    fileStartedAtMs: STARTED_AT_MS,
    onMoment: (moment) => {
      if (moment.kind !== 'picture' && moment.kind !== 'overlay') moments.push(moment);
    },
  });
  await door.closed;
  const { missed, ...figures } = compareWithTruth(moments, truth, {
    startedAtMs: STARTED_AT_MS,
    identityOf: (subjectKey) => castIds.get(subjectKey),
  });
  return {
    figures: {
      ...figures,
      membersEnrolled: gallery.length,
      videoSeconds: truth.seconds,
      wallSeconds: (performance.now() - startedAt) / 1000,
      threshold: door.threshold,
    },
    baselines: {},
    ratios: {},
    notes: [
      'A simulation: faces of sample photographs in a rendered scene, not people before a camera.',
      `Enrolled from another photograph: ${namesOf(enrolments, 'other photograph')}; from other crops, mirrored and lit differently: ${namesOf(enrolments, 'other crop, flip and light')}.`,
      `Networks: ${door.networks.map(({ task, name }) => `${task} ${name}`).join(', ')}.`,
      ...missed.map(({ visit, identity }) => `Missed in the lane: ${identity} (visit ${visit}).`),
    ],
  };
}

function withOptions(scenario: Scenario, options: ReportArgs['options']): Scenario {
  const number = (name: 'seed' | 'shoppers' | 'minutes'): number => {
    const given = options[name];
    if (given === undefined) return scenario[name];
    const value = Number(given);
    if (given !== true && Number.isFinite(value) && value > 0) return value;
    throw new UserError(
      'simulation.option-invalid',
      `--${name} is expected to be a number above 0, found "${String(given)}"`,
      `Write for example --${name} 7.`,
    );
  };
  return { ...scenario, seed: number('seed'), shoppers: number('shoppers'), minutes: number('minutes') };
}

function namesOf(enrolments: readonly CastEnrolment[], source: CastEnrolment['source']): string {
  return (
    enrolments
      .filter((one) => one.source === source)
      .map(({ castId }) => castId)
      .join(', ') || 'nobody'
  );
}
