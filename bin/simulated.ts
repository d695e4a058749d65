import type { Camera, Deployment } from '../config/schema.ts';
import { CACHE_DIR } from '../runtime/paths.ts';
import { enrolmentPictures } from '../simulation/enrolment.ts';
import { renderDoor } from '../simulation/render.ts';
import { loadScenario, type Scenario } from '../simulation/scenario.ts';
import { CURRENT_TEXT_VERSION } from '../store/members/consent-texts.ts';
import type { Members } from '../store/members/members.ts';
import { openEnroller } from '../vision/faces/enrolment.ts';
import type { FrameSource } from '../vision/camera/pipeline-recipe.ts';

/** A camera as vision opens it: a simulated one has become the video that was rendered for it. */
export interface PreparedCamera {
  readonly camera: Omit<Camera, 'source'> & { readonly source: FrameSource };
  readonly scenario?: Scenario;
}

/** Renders the videos of simulated cameras that are not there yet, and makes them files that play like a camera. */
export async function prepareCameras(
  cameras: readonly Camera[],
  progress: (message: string) => void,
): Promise<PreparedCamera[]> {
  const prepared: PreparedCamera[] = [];
  for (const camera of cameras) {
    const { source } = camera;
    if (source.kind !== 'simulation') {
      prepared.push({ camera: { ...camera, source } });
      continue;
    }
    const scenario = loadScenario(source.scenario);
    const { videoPath } = await renderDoor({
      scenario,
      outDir: `${CACHE_DIR}/simulation`,
      onProgress: everyTenth((percent) =>
        progress(`rendering the virtual shop for camera ${camera.id}: ${percent} %`),
      ),
    });
    const file = { kind: 'file', path: videoPath, pace: 'realtime', loop: true } as const;
    prepared.push({ camera: { ...camera, source: file }, scenario });
  }
  return prepared;
}

/**
 * Makes the members of the scenarios members of this store, each once: who has left since stays away. Their photographs
 * are other views than those in the video.
 */
export async function enrolCast(
  cameras: readonly PreparedCamera[],
  members: Members,
  { networks }: Pick<Deployment, 'networks'>,
  progress: (message: string) => void,
): Promise<void> {
  const scenarios = cameras.flatMap(({ scenario }) => scenario ?? []);
  if (scenarios.length === 0) return;
  const known = new Set((await members.list()).map(({ displayName }) => displayName));
  const castings = (await Promise.all(scenarios.map((scenario) => enrolmentPictures(scenario)))).flat();
  const newcomers = castings.filter(({ displayName }) => !known.has(displayName));
  if (newcomers.length === 0) return;
  progress(`enrolling ${newcomers.length} members of the virtual shop`);
  const enroller = await openEnroller(networks);
  try {
    for (const { displayName, pictures, showsName } of newcomers) {
      const templates: { network: string; bytes: Uint8Array }[] = [];
      for (const picture of pictures) {
        const result = await enroller.enrol(picture);
        if (result.ok) templates.push({ network: enroller.space, bytes: result.template });
      }
      if (templates.length === 0) {
        progress(`${displayName} could not be enrolled: no usable photograph`);
        continue;
      }
      const purposes = showsName
        ? (['door-recognition', 'show-name'] as const)
        : (['door-recognition'] as const);
      const consents = purposes.map((purpose) => ({
        purpose,
        textVersion: CURRENT_TEXT_VERSION,
        channel: 'simulation' as const,
      }));
      await members.enrol({ displayName, consents, templates });
    }
  } finally {
    await enroller.close();
  }
}

function everyTenth(tell: (percent: number) => void): (fraction: number) => void {
  let told = -1;
  return (fraction) => {
    const tenth = Math.floor(fraction * 10);
    if (tenth > told) tell(tenth * 10);
    told = Math.max(told, tenth);
  };
}
