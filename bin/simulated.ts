import type { Camera, Deployment } from '../config/schema.ts';
import type { MemberId } from '../runtime/ids.ts';
import { CACHE_DIR } from '../runtime/paths.ts';
import { enrolmentPictures } from '../simulation/enrolment.ts';
import { renderDoor } from '../simulation/render.ts';
import { loadScenario, type Scenario } from '../simulation/scenario.ts';
import { CURRENT_TEXT_VERSION } from '../store/members/consent-texts.ts';
import type { ConsentStatement, FaceTemplate } from '../store/members/member.ts';
import type { Members } from '../store/members/members.ts';
import { embeddingSpace } from '../vision/faces/embedding-space.ts';
import { openEnroller, type Enroller } from '../vision/faces/enrolment.ts';
import { chooseFaceNetworks } from '../vision/faces/face-networks.ts';
import type { Picture } from '../vision/frame.ts';
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
    // The virtual shop's ceiling cameras are not rendered yet, and nobody opens them.
    if (camera.purpose !== 'door') continue;
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
 * Makes the cast's members members of this store, each once: who has left since stays away. Their photographs are other
 * views than those in the video. After a change of networks they come to the kiosk again, as real members are asked to.
 */
export async function enrolCast(
  cameras: readonly PreparedCamera[],
  members: Members,
  { networks }: Pick<Deployment, 'networks'>,
  progress: (message: string) => void,
): Promise<void> {
  const scenarios = cameras.flatMap(({ scenario }) => scenario ?? []);
  if (scenarios.length === 0) return;
  const { combination } = await chooseFaceNetworks();
  const known = new Set((await members.list()).map(({ displayName }) => displayName));
  const outdated = new Map<string, MemberId>();
  for (const { memberId, displayName } of await members.needingReEnrolment(embeddingSpace(combination).id)) {
    const { consentHistory } = await members.show(memberId);
    // A real person may have the same name.
    if (consentHistory.every(({ channel }) => channel === 'simulation')) outdated.set(displayName, memberId);
  }
  const cast = (await Promise.all(scenarios.map((scenario) => enrolmentPictures(scenario)))).flat();
  const coming = cast.filter(({ displayName }) => !known.has(displayName) || outdated.has(displayName));
  if (coming.length === 0) return;
  progress(`enrolling ${coming.length} members of the virtual shop`);
  const enroller = await openEnroller(networks);
  try {
    for (const { displayName, pictures, showsName } of coming) {
      const templates = await templatesOf(pictures, enroller);
      const memberId = outdated.get(displayName);
      if (templates.length === 0) progress(`${displayName} could not be enrolled: no usable photograph`);
      else if (memberId !== undefined) await members.reEnrol(memberId, templates);
      else await members.enrol({ displayName, consents: consentsOf(showsName), templates });
    }
  } finally {
    await enroller.close();
  }
}

async function templatesOf(pictures: readonly Picture[], enroller: Enroller): Promise<FaceTemplate[]> {
  const templates: FaceTemplate[] = [];
  for (const picture of pictures) {
    const result = await enroller.enrol(picture);
    if (result.ok) templates.push({ network: enroller.space, bytes: result.template });
  }
  return templates;
}

function consentsOf(showsName: boolean): ConsentStatement[] {
  const purposes = showsName ? (['door-recognition', 'show-name'] as const) : (['door-recognition'] as const);
  return purposes.map((purpose) => ({ purpose, textVersion: CURRENT_TEXT_VERSION, channel: 'simulation' }));
}

function everyTenth(tell: (percent: number) => void): (fraction: number) => void {
  let told = -1;
  return (fraction) => {
    const tenth = Math.floor(fraction * 10);
    if (tenth > told) tell(tenth * 10);
    told = Math.max(told, tenth);
  };
}
