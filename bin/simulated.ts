import type { Camera, Deployment } from '../config/schema.ts';
import type { MemberId } from '../runtime/ids.ts';
import { UserError } from '../runtime/errors.ts';
import { CACHE_DIR } from '../runtime/paths.ts';
import { enrolmentPictures } from '../simulation/enrolment.ts';
import { renderFloor } from '../simulation/floor-render.ts';
import { shopSeconds } from '../simulation/floor-walks.ts';
import { renderDoor } from '../simulation/render.ts';
import { loadScenario, type Scenario } from '../simulation/scenario.ts';
import type { FloorCamera } from '../simulation/view.ts';
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

/** The videos of a scenario's cameras. */
export interface RenderedShop {
  /** By camera id. */
  readonly videoPaths: ReadonlyMap<string, string>;
  /** The ground truth of the door and of the ceiling cameras, where there are such. */
  readonly truthPaths: readonly string[];
  /** After so long they begin again, all at the same moment. */
  readonly periodSeconds: number;
}

/**
 * Renders the videos of simulated cameras that are not there yet, and makes them files that play like a camera. Cameras of
 * one scenario show the same shop, so they play in step.
 */
export async function prepareCameras(
  cameras: readonly Camera[],
  progress: (message: string) => void,
): Promise<PreparedCamera[]> {
  const shops = new Map<string, { readonly scenario: Scenario; readonly shop: RenderedShop }>();
  for (const path of new Set(
    cameras.flatMap(({ source }) => (source.kind === 'simulation' ? source.scenario : [])),
  )) {
    const scenario = loadScenario(path);
    const seen = cameras.filter(({ source }) => source.kind === 'simulation' && source.scenario === path);
    const shop = await renderShop(scenario, seen, `${CACHE_DIR}/simulation`, (camera, percent) =>
      progress(`rendering the virtual shop for ${camera}: ${percent} %`),
    );
    shops.set(path, { scenario, shop });
  }
  return cameras.map(({ source, ...camera }) => {
    if (source.kind !== 'simulation') return { camera: { ...camera, source } };
    const { scenario, shop } = shops.get(source.scenario)!;
    const path = shop.videoPaths.get(camera.id)!;
    const { periodSeconds } = shop;
    return {
      camera: { ...camera, source: { kind: 'file', path, pace: 'realtime', loop: true, periodSeconds } },
      scenario,
    };
  });
}

/**
 * Renders what the cameras of one scenario see, with ground truth beside it.
 * @param tell hears of every tenth part of the work
 * @throws UserError when a camera is none that the virtual shop has
 */
export async function renderShop(
  scenario: Scenario,
  cameras: readonly Camera[],
  outDir: string,
  tell: (camera: string, percent: number) => void,
): Promise<RenderedShop> {
  const doors = cameras.filter(({ purpose }) => purpose === 'door');
  const ceilings = cameras.filter(({ purpose }) => purpose === 'ceiling').map(floorCameraOf);
  const strange = cameras.find(({ purpose }) => purpose !== 'door' && purpose !== 'ceiling');
  if (strange) {
    throw new UserError(
      'simulation.purpose',
      `Camera ${strange.id} has the purpose ${strange.purpose}, and the virtual shop has only a door and ceilings to look from`,
      'Give it the purpose door or ceiling, or another source.',
    );
  }
  const videoPaths = new Map<string, string>();
  const truthPaths: string[] = [];
  if (doors.length > 0) {
    const names = doors.map(({ id }) => `camera ${id}`).join(' and ');
    const onProgress = everyTenth((percent) => tell(names, percent));
    const { videoPath, truthPath } = await renderDoor({ scenario, outDir, onProgress });
    for (const { id } of doors) videoPaths.set(id, videoPath);
    truthPaths.push(truthPath);
  }
  if (ceilings.length > 0) {
    const names = `cameras ${ceilings.map(({ id }) => id).join(' and ')}`;
    const onProgress = everyTenth((percent) => tell(names, percent));
    const { videos, truthPath } = await renderFloor({ scenario, cameras: ceilings, outDir, onProgress });
    for (const { cameraId, videoPath } of videos) videoPaths.set(cameraId, videoPath);
    truthPaths.push(truthPath);
  }
  return { videoPaths, truthPaths, periodSeconds: shopSeconds(scenario) };
}

/** A ceiling camera as the virtual shop renders it. @throws UserError unless it is calibrated by its pose */
export function floorCameraOf({ id, size, framesPerSecond, calibration }: Camera): FloorCamera {
  if (calibration?.kind !== 'pose' || calibration.rollDegrees !== 0 || calibration.distortion !== undefined) {
    throw new UserError(
      'simulation.pose',
      `Camera ${id} is simulated, and its pictures are rendered from its calibration, which should be of kind pose without rollDegrees and distortion`,
      `Give ${id} such a calibration, as config/demo/store.yaml does.`,
    );
  }
  return { id, size, framesPerSecond, pose: calibration };
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
  // Only a door recognises members; ceiling cameras of the same scenario show the same people.
  const scenarios = cameras.flatMap(({ camera, scenario }) =>
    camera.purpose === 'door' ? (scenario ?? []) : [],
  );
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
