import { RAW_PIXELS } from './builder/preprocessing.ts';
import type { ForeignInput, NetworkEntry, OutputContract } from './network-entry.ts';

const output = (shape: OutputContract['shape'], meaning: string): OutputContract => ({
  dtype: 'float32',
  shape,
  meaning,
});

const planarFloats = (name: string, colour: ForeignInput['colour']): ForeignInput => ({
  name,
  dtype: 'float32',
  layout: 'NCHW',
  colour,
  normalisation: RAW_PIXELS,
});

const same = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<Name, Name>; // by construction

const YUNET_OUTPUTS = [8, 16, 32].flatMap((stride) =>
  (['cls', 'obj', 'bbox', 'kps'] as const).map((kind) => `${kind}_${stride}` as const),
);

const FACE_112 = 'one face aligned to the usual five-point template of 112 by 112';
const ANTI_SPOOFING = 'Silent-Face-Anti-Spoofing, exported by yakhyo/face-anti-spoofing';
const YAKHYO =
  'https://raw.githubusercontent.com/yakhyo/face-anti-spoofing/c175efef505bc275f7835cc9aa2aecab305ac184/weights';
const MOBILEFACE = 'https://github.com/becauseofAI/MobileFace';
const MOBILEFACE_FILES = `${MOBILEFACE}/raw/128cea33/MobileFace_Identification`;

/** Networks that npm doesn't carry: they are added on request, from their authors or from a folder or mirror. */
export const ADDED_NETWORKS = {
  yunet: {
    name: 'yunet',
    task: 'face-detection',
    summary: 'YuNet: faces from 20 pixels with 5 landmarks, at any size',
    licence: 'Apache-2.0',
    sources: [
      {
        kind: 'onnx',
        address: 'https://github.com/ShiqiYu/libfacedetection.train',
        file: {
          name: 'yunet_n_dynamic.onnx',
          url: 'https://github.com/ShiqiYu/libfacedetection.train/raw/0047ac24/onnx/yunet_n_dynamic.onnx',
          sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
        },
        foreignInput: planarFloats('input', 'BGR'),
        outputs: same(YUNET_OUTPUTS),
      },
    ],
    input: { batch: 1, height: 'height', width: 'width', shows: 'the lane; sides multiples of 32' },
    outputs: {
      cls_8: output([1, 'cells', 1], 'face or not, 0..1, a row for each cell of 8 pixels'),
      cls_16: output([1, 'cells', 1], 'face or not, 0..1, a row for each cell of 16 pixels'),
      cls_32: output([1, 'cells', 1], 'face or not, 0..1, a row for each cell of 32 pixels'),
      obj_8: output([1, 'cells', 1], 'quality of the box, 0..1; the score is the root of cls times obj'),
      obj_16: output([1, 'cells', 1], 'quality of the box, 0..1'),
      obj_32: output([1, 'cells', 1], 'quality of the box, 0..1'),
      bbox_8: output(
        [1, 'cells', 4],
        'centre x, y relative to the cell, logarithms of width and height, in cells',
      ),
      bbox_16: output([1, 'cells', 4], 'as bbox_8, in cells of 16 pixels'),
      bbox_32: output([1, 'cells', 4], 'as bbox_8, in cells of 32 pixels'),
      kps_8: output([1, 'cells', 10], 'x, y of 5 landmarks relative to the cell, in cells'),
      kps_16: output([1, 'cells', 10], 'as kps_8, in cells of 16 pixels'),
      kps_32: output([1, 'cells', 10], 'as kps_8, in cells of 32 pixels'),
    },
    preference: 20,
  },
  'mobileface-v2': {
    name: 'mobileface-v2',
    task: 'face-embedding',
    summary: 'MobileFace V2: FRR 13.5 % at FAR 1e-4 on LFW; fused with dlib 9.3 %',
    licence: 'MIT',
    sources: [
      {
        kind: 'mxnet',
        address: MOBILEFACE,
        symbol: {
          name: 'MobileFace_Identification_V2-symbol.json',
          url: `${MOBILEFACE_FILES}/MobileFace_Identification_V2-symbol.json`,
        },
        params: {
          name: 'MobileFace_Identification_V2-0000.params',
          url: `${MOBILEFACE_FILES}/MobileFace_Identification_V2-0000.params`,
        },
        output: 'embedding',
      },
      {
        kind: 'onnx',
        address: MOBILEFACE,
        // the same weights, converted; its authors publish no ONNX file, so there is no address to fetch it from
        file: {
          name: 'mobileface_v2.onnx',
          sha256: 'fcb5c44f5d00b329d7488122a41dbc67a543c40fed8ccffcb978d03778ef5ce9',
        },
        foreignInput: planarFloats('input', 'RGB'),
        outputs: { embedding: 'embedding' },
      },
    ],
    input: { batch: 'N', height: 112, width: 112, shows: FACE_112 },
    outputs: { embedding: output(['N', 256], 'template; compared by cosine distance') },
    embeddingSpace: 'mobileface-v2',
    preference: 20,
  },
  sface: {
    name: 'sface',
    task: 'face-embedding',
    summary: 'SFace of OpenCV: published LFW accuracy 99.40 %',
    licence: 'Apache-2.0',
    sources: [
      {
        kind: 'onnx',
        address: 'https://github.com/opencv/opencv_zoo/tree/main/models/face_recognition_sface',
        file: {
          name: 'face_recognition_sface_2021dec.onnx',
          url: 'https://media.githubusercontent.com/media/opencv/opencv_zoo/47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_recognition_sface/face_recognition_sface_2021dec.onnx',
          sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
        },
        foreignInput: planarFloats('data', 'RGB'),
        outputs: { embedding: 'fc1' },
      },
    ],
    input: { batch: 1, height: 112, width: 112, shows: FACE_112 },
    outputs: { embedding: output([1, 128], 'template; compared by cosine distance') },
    embeddingSpace: 'sface-2021dec',
    preference: 15,
  },
  'minifasnet-v2': {
    name: 'minifasnet-v2',
    task: 'anti-spoofing',
    summary: `MiniFASNet V2: ${ANTI_SPOOFING}; mean with the other one`,
    licence: 'Apache-2.0',
    sources: [
      {
        kind: 'onnx',
        address: 'https://github.com/yakhyo/face-anti-spoofing',
        file: {
          name: 'MiniFASNetV2.onnx',
          url: `${YAKHYO}/MiniFASNetV2.onnx`,
          sha256: '4eed38f0bde33c9b805942a5f25e42ce1161e2bda545254be622be957727794e',
        },
        foreignInput: planarFloats('input', 'BGR'),
        outputs: { logits: 'output' },
      },
    ],
    input: { batch: 1, height: 80, width: 80, shows: 'a face with its surroundings: 2.7 times its box' },
    outputs: { logits: output([1, 3], 'logits; after softmax class 1 is the living face') },
    preference: 20,
  },
  'minifasnet-v1se': {
    name: 'minifasnet-v1se',
    task: 'anti-spoofing',
    summary: `MiniFASNet V1SE: ${ANTI_SPOOFING}; mean with the other one`,
    licence: 'Apache-2.0',
    sources: [
      {
        kind: 'onnx',
        address: 'https://github.com/yakhyo/face-anti-spoofing',
        file: {
          name: 'MiniFASNetV1SE.onnx',
          url: `${YAKHYO}/MiniFASNetV1SE.onnx`,
          sha256: 'd819a69bac6b9ade2a0f4d9b60b618e1260f7bf3ba1fddff6c5d82131cb1083f',
        },
        foreignInput: planarFloats('input', 'BGR'),
        outputs: { logits: 'output' },
      },
    ],
    input: { batch: 1, height: 80, width: 80, shows: 'a face with its surroundings: 4 times its box' },
    outputs: { logits: output([1, 3], 'logits; after softmax class 1 is the living face') },
    preference: 10,
  },
  'yolox-nano': {
    name: 'yolox-nano',
    task: 'person-detection',
    summary: 'YOLOX-nano: COCO objects',
    licence: 'Apache-2.0',
    sources: [
      {
        kind: 'onnx',
        address: 'https://github.com/Megvii-BaseDetection/YOLOX',
        file: {
          name: 'yolox_nano.onnx',
          url: 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx',
          sha256: 'c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d',
        },
        foreignInput: planarFloats('images', 'BGR'),
        outputs: { predictions: 'output' },
      },
      {
        kind: 'onnx',
        address: 'https://github.com/Megvii-BaseDetection/YOLOX',
        // a later export of the same network, found on mirrors
        file: {
          name: 'yolox_nano.onnx',
          sha256: 'e8af074932d4ed7e232278e3055cefcdea3edf178874a3694ae292649fb464dd',
        },
        foreignInput: planarFloats('images', 'BGR'),
        outputs: { predictions: 'output' },
      },
    ],
    input: { batch: 1, height: 416, width: 416, shows: 'a scene, letterboxed' },
    outputs: {
      predictions: output(
        [1, 3549, 85],
        'centre x, y, log width, height in cells of 8, 16, 32; objectness; 80 classes',
      ),
    },
    preference: 20,
  },
} as const satisfies Record<string, NetworkEntry>;
