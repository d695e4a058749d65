import { RAW_PIXELS } from './builder/preprocessing.ts';
import type {
  FaceApiSource,
  NetworkEntry,
  OutputContract,
  ResizedGraph,
  TfjsSource,
} from './network-entry.ts';

const human = (
  path: string,
  normalisation: TfjsSource['normalisation'],
  nodes: TfjsSource['nodes'],
  resized?: ResizedGraph,
): readonly [TfjsSource] => [
  {
    kind: 'tfjs',
    package: '@vladmandic/human',
    version: '3.3.6',
    path,
    normalisation,
    nodes,
    ...(resized ? { resized } : {}),
  },
];

const faceApi = (path: string, architecture: FaceApiSource['architecture']) =>
  [{ kind: 'face-api', package: '@vladmandic/face-api', version: '1.7.15', path, architecture }] as const;

const output = (shape: OutputContract['shape'], meaning: string): OutputContract => ({
  dtype: 'float32',
  shape,
  meaning,
});

const CENTERNET_WIDE = { height: 320, width: 576 } as const;

/** Of CenterNet's 80 classes the first is people; without the others a run takes a seventh less. */
const PEOPLE_ONLY = {
  constants: { 'tower_0/strided_slice_7': [1] },
  firstChannels: {
    'CenternetHead/centernet_cls_output/pointwise_weights': 1,
    'CenternetHead/centernet_cls_output/biases': 1,
  },
} as const;

/** CenterNet takes any size whose sides are multiples of 32, once its sizes of the three steps up and of the map are told. */
function centernetSize({ height, width }: { height: number; width: number }): ResizedGraph {
  const cells = (pixels: number): number[] => [height / pixels, width / pixels];
  return {
    height,
    width,
    firstChannels: PEOPLE_ONLY.firstChannels,
    constants: {
      ...PEOPLE_ONLY.constants,
      'tower_0/CenternetHead/c5_upsample/up_sampling2d/mul': cells(16),
      'tower_0/CenternetHead/c4_upsample/up_sampling2d_1/mul': cells(8),
      'tower_0/CenternetHead/c3_upsample/up_sampling2d_2/mul': cells(4),
      'tower_0/BatchGather/concat': [(height * width) / 16, 4],
      'tower_0/strided_slice_6': [width / 4],
    },
  };
}

const UNIT_RANGE = { mean: [0, 0, 0], divisor: 255 } as const;
const SIGNED_RANGE = { mean: [127.5, 127.5, 127.5], divisor: 127.5 } as const;

/** Networks whose weights lie in packages that npm installs anyway; they are built on this machine. */
export const NPM_NETWORKS = {
  blazeface: {
    name: 'blazeface',
    task: 'face-detection',
    summary: 'BlazeFace (back camera): faces with 6 landmarks; wants faces of 60 pixels or more in 1280',
    licence: 'Apache-2.0',
    sources: human('models/blazeface', SIGNED_RANGE, {
      scores16: 'Identity',
      scores32: 'Identity_1',
      boxes16: 'Identity_2',
      boxes32: 'Identity_3',
    }),
    input: { batch: 1, height: 256, width: 256, shows: 'the lane, letterboxed' },
    outputs: {
      scores16: output([1, 512, 1], 'logits of the anchors at stride 16, two a cell'),
      scores32: output([1, 384, 1], 'logits of the anchors at stride 32, six a cell'),
      boxes16: output([1, 512, 16], 'centre x, y, width, height, 6 landmarks; pixels relative to the anchor'),
      boxes32: output([1, 384, 16], 'centre x, y, width, height, 6 landmarks; pixels relative to the anchor'),
    },
    preference: 10,
  },
  'ssd-mobilenetv1': {
    name: 'ssd-mobilenetv1',
    task: 'face-detection',
    summary: 'SSD MobileNetV1 of face-api: faces without landmarks, ten times the work of BlazeFace',
    licence: 'MIT',
    sources: faceApi('model/ssd_mobilenetv1_model', 'ssd-mobilenetv1'),
    input: { batch: 1, height: 512, width: 512, shows: 'a scene' },
    outputs: {
      boxes: output([1, 5118, 4], 'top, left, bottom, right as fractions of the picture'),
      scores: output([1, 5118], 'between 0 and 1'),
    },
    preference: 5,
  },
  'tiny-face-detector': {
    name: 'tiny-face-detector',
    task: 'face-detection',
    summary: 'tiny YOLOv2 face detector of face-api: faces without landmarks',
    licence: 'MIT',
    sources: faceApi('model/tiny_face_detector_model', 'tiny-face-detector'),
    input: { batch: 1, height: 'height', width: 'width', shows: 'a scene; square, side a multiple of 32' },
    outputs: {
      grid: output(
        [1, 'rows', 'columns', 25],
        'five anchors a cell: x, y, width, height, score before activation',
      ),
    },
    preference: 1,
  },
  facemesh: {
    name: 'facemesh',
    task: 'face-mesh',
    summary: 'MediaPipe face mesh: 468 points in space',
    licence: 'Apache-2.0',
    sources: human('models/facemesh', UNIT_RANGE, {
      mesh: 'Identity_2',
      presence: 'Identity_1',
      contours: 'Identity',
    }),
    input: { batch: 'N', height: 192, width: 192, shows: 'one upright face with a margin of a quarter' },
    outputs: {
      mesh: output(['N', 1404], 'x, y, z of 468 points in pixels of the input'),
      presence: output(['N', 1], 'between 0 and 1: a face is there'),
      contours: output(['N', 266], 'x, y of 133 contour points in pixels of the input'),
    },
    preference: 10,
  },
  'face-landmark-68': {
    name: 'face-landmark-68',
    task: 'face-landmarks',
    summary: 'face-api: the 68 landmarks of the iBUG scheme',
    licence: 'MIT',
    sources: faceApi('model/face_landmark_68_model', 'face-landmark-68'),
    input: { batch: 'N', height: 112, width: 112, shows: 'one face, square, tightly cropped' },
    outputs: { landmarks: output(['N', 136], 'x0, y0, x1, y1 … as fractions of the input') },
    preference: 10,
  },
  'face-recognition': {
    name: 'face-recognition',
    task: 'face-embedding',
    summary: "dlib's face recognition ResNet, Euclidean distance",
    licence: 'MIT', // face-api's; dlib's own model is CC0-1.0
    sources: faceApi('model/face_recognition_model', 'face-recognition'),
    input: {
      batch: 'N',
      height: 150,
      width: 150,
      shows: "one face aligned to dlib's chip with padding 0.25",
    },
    outputs: { embedding: output(['N', 128], 'template; compared by Euclidean distance') },
    embeddingSpace: 'dlib-resnet-v1',
    preference: 10,
  },
  faceres: {
    name: 'faceres',
    task: 'face-embedding',
    summary: 'HSE-FaceRes: 1024 numbers for experiments with fusion; its age and gender outputs are left out',
    licence: 'MIT',
    sources: human('models/faceres', RAW_PIXELS, { embedding: 'global_pooling/Mean' }),
    input: { batch: 'N', height: 224, width: 224, shows: 'one upright face' },
    outputs: { embedding: output(['N', 1024], 'template; compared by cosine distance') },
    embeddingSpace: 'hse-faceres',
    preference: -1,
  },
  centernet: {
    name: 'centernet',
    task: 'person-detection',
    summary: 'CenterNet MobileNetV2: COCO objects; upright people only, it is no overhead detector',
    licence: 'Apache-2.0',
    sources: human('models/centernet', RAW_PIXELS, { detections: 'tower_0/detections' }),
    input: { batch: 1, height: 512, width: 512, shows: 'a scene' },
    outputs: {
      detections: output(
        [1, 100, 6],
        'left, top, right, bottom in pixels of the input, score, COCO class from 0',
      ),
    },
    preference: 10,
  },
  'centernet-wide': {
    name: 'centernet-wide',
    task: 'person-detection',
    summary:
      'CenterNet for people in pictures of 16 to 9: two thirds of the work of the square one, people an eighth larger',
    licence: 'Apache-2.0',
    sources: human(
      'models/centernet',
      RAW_PIXELS,
      { detections: 'tower_0/detections' },
      centernetSize(CENTERNET_WIDE),
    ),
    input: { batch: 1, ...CENTERNET_WIDE, shows: 'a scene' },
    outputs: {
      detections: output(
        [1, 100, 6],
        'left, top, right, bottom in pixels of the input, score, COCO class from 0',
      ),
    },
    preference: 15,
  },
  'movenet-lightning': {
    name: 'movenet-lightning',
    task: 'body-pose',
    summary: 'MoveNet Lightning: 17 points of one person',
    licence: 'Apache-2.0',
    sources: human('models/movenet-lightning', RAW_PIXELS, { keypoints: 'Identity' }),
    input: { batch: 1, height: 192, width: 192, shows: 'one person' },
    outputs: { keypoints: output([1, 1, 17, 3], 'y, x as fractions, confidence') },
    preference: 10,
  },
} as const satisfies Record<string, NetworkEntry>;
