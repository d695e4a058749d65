/** A point of a photograph in pixels from its top left corner. */
export type PhotoPoint = readonly [x: number, y: number];
/** A box of a photograph in pixels: left, top, right, bottom. */
export type PhotoBox = readonly [left: number, top: number, right: number, bottom: number];

/** One of the six sample photographs that the npm package `@vladmandic/face-api` carries: `demo/sample<n>.jpg`. */
export type PhotographNumber = 1 | 2 | 3 | 4 | 5 | 6;

/** A face of a photograph. */
export interface View {
  readonly photograph: PhotographNumber;
  /** As YuNet sees it: forehead to chin, ear to ear. */
  readonly faceXyxy: PhotoBox;
  /** How far the head leans clockwise in the photograph; 0 when left out. */
  readonly tiltDegrees?: number;
}

/** A person who can walk through the virtual shop. */
export interface CastMember {
  /** Photograph and place from the left, e.g. `1a`. */
  readonly id: string;
  /** Invented; nobody's real name. */
  readonly givenName: string;
  /** The view that walks through the video. */
  readonly video: View;
  /** Head and upper body in the video's photograph, traced by hand, about 10 px exact; the matte finds the hair itself. */
  readonly outline: readonly PhotoPoint[];
  /** Colour of the drawn part of the body: `top` continues the photograph's clothes, `bottom` is invented. */
  readonly clothes: {
    readonly top: string;
    readonly bottom: string;
    readonly kind: 'trousers' | 'skirt' | 'coat';
    /** Whether the drawn arms are bare. */
    readonly sleeves: boolean;
  };
  /**
   * What may be used for enrolment. `another photograph`: this view and nothing of the video's photograph. `same
   * photograph`: only the video's photograph exists, so enrolment uses other crops, mirrored and lit differently.
   */
  readonly enrolment:
    { readonly from: 'another photograph'; readonly view: View } | { readonly from: 'same photograph' };
}

const samePhotograph = { from: 'same photograph' } as const;

/**
 * Twenty of the 22 faces. `1c` and `3b` are the same person (README, Why), so `1c` only enrols; `2a` is left out: a
 * profile with a hand before the mouth.
 */
export const CAST: readonly CastMember[] = [
  {
    id: '1a',
    givenName: 'Romy',
    video: { photograph: 1, faceXyxy: [415, 352, 595, 603] },
    // prettier-ignore
    outline: [[408,430],[430,340],[480,285],[488,245],[525,208],[555,235],[640,212],[700,240],[735,300],[735,325],[785,360],[752,425],[668,375],[655,420],[655,480],[635,560],[630,585],[675,600],[700,650],[708,720],[712,850],[705,940],[380,940],[380,885],[315,890],[345,740],[385,625],[455,605],[468,590],[420,540],[408,480]],
    clothes: { top: '#141415', bottom: '#7c1d22', kind: 'skirt', sleeves: true },
    enrolment: samePhotograph,
  },
  {
    id: '1b',
    givenName: 'Salome',
    video: { photograph: 1, faceXyxy: [830, 418, 1037, 673] },
    // prettier-ignore
    outline: [[905,320],[960,325],[1030,360],[1080,430],[1100,500],[1120,570],[1145,605],[1200,598],[1240,640],[1250,700],[1225,790],[1215,900],[1200,980],[780,980],[790,930],[760,860],[735,780],[715,700],[740,600],[770,520],[800,440],[830,370]],
    clothes: { top: '#17171a', bottom: '#1d1d21', kind: 'trousers', sleeves: true },
    enrolment: samePhotograph,
  },
  {
    id: '2b',
    givenName: 'Mira',
    video: { photograph: 2, faceXyxy: [893, 253, 1072, 459] },
    // prettier-ignore
    outline: [[905,115],[960,82],[1020,78],[1085,110],[1135,190],[1170,270],[1195,380],[1215,440],[1240,480],[1240,600],[1210,690],[1170,770],[1120,840],[900,840],[890,760],[890,600],[860,560],[825,490],[820,420],[840,320],[860,210]],
    clothes: { top: '#8d8794', bottom: '#77717f', kind: 'skirt', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '2c',
    givenName: 'Tilda',
    video: { photograph: 2, faceXyxy: [1446, 151, 1647, 390] },
    // prettier-ignore
    outline: [[1560,35],[1620,60],[1680,130],[1720,200],[1730,280],[1760,350],[1790,390],[1840,420],[1870,470],[1875,540],[1860,640],[1845,720],[1420,720],[1380,640],[1350,560],[1380,400],[1395,300],[1400,200],[1410,140],[1450,80],[1500,45]],
    clothes: { top: '#17161a', bottom: '#2a2d3a', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '3a',
    givenName: 'Ines',
    video: { photograph: 3, faceXyxy: [586, 332, 798, 609] },
    // prettier-ignore
    outline: [[750,250],[830,270],[890,330],[930,400],[950,460],[930,530],[940,600],[920,690],[930,790],[410,790],[440,660],[500,600],[575,600],[530,560],[510,500],[520,430],[540,370],[580,300],[650,260]],
    clothes: { top: '#c9a58a', bottom: '#2c2f3d', kind: 'trousers', sleeves: true },
    enrolment: samePhotograph,
  },
  {
    id: '3b',
    givenName: 'Lena',
    video: { photograph: 3, faceXyxy: [1077, 209, 1307, 512] },
    // prettier-ignore
    outline: [[1230,140],[1310,150],[1340,190],[1370,280],[1350,400],[1300,470],[1280,540],[1330,600],[1350,660],[1400,800],[1420,950],[1425,1020],[950,1020],[940,900],[935,760],[925,650],[940,580],[980,520],[1040,500],[1110,500],[1090,470],[1080,400],[1090,300],[1105,220],[1150,165]],
    clothes: { top: '#15141a', bottom: '#31435f', kind: 'trousers', sleeves: true },
    enrolment: {
      from: 'another photograph',
      view: { photograph: 1, faceXyxy: [1457, 210, 1686, 434], tiltDegrees: 42 },
    },
  },
  {
    id: '3c',
    givenName: 'Carla',
    video: { photograph: 3, faceXyxy: [1498, 302, 1689, 584] },
    // prettier-ignore
    outline: [[1600,220],[1650,250],[1690,330],[1695,430],[1670,560],[1640,600],[1700,680],[1750,760],[1770,850],[1740,920],[1710,980],[1440,980],[1430,900],[1410,780],[1400,700],[1340,650],[1350,560],[1390,460],[1420,380],[1460,300],[1530,240]],
    clothes: { top: '#4b2c4f', bottom: '#26242c', kind: 'skirt', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '4a',
    givenName: 'Delia',
    video: { photograph: 4, faceXyxy: [262, 208, 427, 437] },
    // prettier-ignore
    outline: [[300,88],[350,110],[390,170],[410,240],[425,330],[415,400],[395,430],[430,440],[470,500],[500,560],[550,620],[570,720],[120,720],[80,700],[90,550],[70,420],[80,330],[110,250],[150,170],[230,110]],
    clothes: { top: '#17161b', bottom: '#23232a', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '4b',
    givenName: 'Naomi',
    video: { photograph: 4, faceXyxy: [658, 70, 856, 297] },
    // prettier-ignore
    outline: [[810,18],[870,60],[920,140],[950,250],[970,400],[975,500],[950,600],[920,660],[640,660],[600,610],[540,530],[600,460],[625,400],[640,330],[650,260],[660,180],[690,100],[740,40]],
    clothes: { top: '#16151a', bottom: '#4c6d91', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '4c',
    givenName: 'Paula',
    video: { photograph: 4, faceXyxy: [985, 182, 1165, 424] },
    // prettier-ignore
    outline: [[1100,100],[1180,110],[1220,130],[1250,190],[1250,260],[1235,340],[1230,400],[1215,440],[1250,480],[1265,560],[1265,650],[1258,735],[940,735],[940,640],[960,560],[980,500],[1030,450],[1050,420],[1010,390],[990,330],[990,260],[1000,190],[1040,130]],
    clothes: { top: '#5b4f49', bottom: '#1f1d20', kind: 'skirt', sleeves: true },
    enrolment: samePhotograph,
  },
  {
    id: '4d',
    givenName: 'Freya',
    video: { photograph: 4, faceXyxy: [1280, 152, 1439, 401] },
    // prettier-ignore
    outline: [[1430,98],[1500,110],[1560,180],[1575,300],[1580,450],[1590,600],[1600,700],[1620,780],[1330,780],[1300,740],[1270,650],[1272,560],[1262,480],[1258,400],[1272,300],[1285,230],[1310,160],[1360,110]],
    clothes: { top: '#1d1b1f', bottom: '#1d1b1f', kind: 'skirt', sleeves: true },
    enrolment: samePhotograph,
  },
  {
    id: '5a',
    givenName: 'Gala',
    video: { photograph: 5, faceXyxy: [377, 874, 565, 1163] },
    // prettier-ignore
    outline: [[440,810],[520,830],[560,870],[600,930],[640,1000],[650,1100],[660,1180],[700,1220],[715,1300],[700,1390],[105,1390],[110,1300],[120,1240],[200,1200],[260,1150],[300,1050],[320,960],[340,890],[380,830]],
    clothes: { top: '#1a1413', bottom: '#4a3b33', kind: 'coat', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '5b',
    givenName: 'Yuna',
    video: { photograph: 5, faceXyxy: [598, 430, 772, 677] },
    // prettier-ignore
    outline: [[610,325],[690,350],[740,400],[775,450],[785,520],[800,600],[770,660],[735,700],[690,720],[680,800],[405,800],[415,720],[430,690],[460,640],[490,560],[510,480],[520,400],[550,340]],
    clothes: { top: '#1b1512', bottom: '#3f3a3a', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '5c',
    givenName: 'Malu',
    video: { photograph: 5, faceXyxy: [791, 117, 947, 331] },
    // prettier-ignore
    outline: [[860,45],[930,70],[952,130],[950,220],[945,300],[905,340],[930,365],[1000,375],[1040,410],[1050,480],[1045,540],[795,540],[790,480],[770,420],[720,360],[720,300],[745,240],[755,180],[770,120],[790,70]],
    clothes: { top: '#c03a24', bottom: '#23242b', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '5d',
    givenName: 'Suki',
    video: { photograph: 5, faceXyxy: [1114, 207, 1285, 439] },
    // prettier-ignore
    outline: [[1190,165],[1260,170],[1310,230],[1340,310],[1370,400],[1375,450],[1385,540],[1370,640],[1352,720],[1355,770],[1115,770],[1105,680],[1120,600],[1150,540],[1130,480],[1115,400],[1105,320],[1110,240],[1140,190]],
    clothes: { top: '#1d2236', bottom: '#1d2236', kind: 'skirt', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '5e',
    givenName: 'Elena',
    video: { photograph: 5, faceXyxy: [1416, 390, 1599, 681] },
    // prettier-ignore
    outline: [[1540,280],[1620,295],[1690,360],[1740,450],[1770,550],[1780,650],[1790,700],[1830,760],[1840,850],[1815,950],[1805,1050],[1450,1050],[1405,1000],[1410,930],[1440,880],[1500,830],[1480,780],[1440,740],[1410,660],[1400,560],[1395,450],[1420,370],[1480,300]],
    clothes: { top: '#c2442c', bottom: '#cbb293', kind: 'skirt', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '6a',
    givenName: 'Lani',
    video: { photograph: 6, faceXyxy: [251, 489, 469, 766] },
    // prettier-ignore
    outline: [[310,375],[380,390],[440,440],[480,520],[510,600],[550,700],[590,780],[610,880],[640,960],[640,1060],[630,1130],[180,1130],[150,1020],[155,940],[160,860],[140,800],[160,720],[165,640],[170,540],[190,450],[240,390]],
    clothes: { top: '#5c6b3f', bottom: '#5c6b3f', kind: 'skirt', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '6b',
    givenName: 'Vera',
    video: { photograph: 6, faceXyxy: [675, 326, 858, 640] },
    // prettier-ignore
    outline: [[780,215],[850,220],[900,270],[930,350],[945,470],[960,580],[990,660],[1020,740],[1035,850],[1030,1000],[1015,1130],[650,1130],[640,1050],[640,950],[610,850],[620,780],[660,720],[690,640],[690,560],[668,450],[668,360],[685,290],[720,240]],
    clothes: { top: '#7d1f3c', bottom: '#7d1f3c', kind: 'skirt', sleeves: true },
    enrolment: samePhotograph,
  },
  {
    id: '6c',
    givenName: 'Zoe',
    video: { photograph: 6, faceXyxy: [1168, 296, 1373, 579] },
    // prettier-ignore
    outline: [[1290,160],[1370,170],[1420,230],[1440,320],[1445,430],[1450,520],[1430,560],[1445,620],[1445,800],[1440,1000],[1435,1080],[1060,1080],[1050,960],[1040,860],[1050,760],[1095,720],[1090,660],[1100,620],[1090,540],[1100,420],[1120,330],[1150,240],[1210,180]],
    clothes: { top: '#34343a', bottom: '#1d1d22', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
  {
    id: '6d',
    givenName: 'Hanna',
    video: { photograph: 6, faceXyxy: [1473, 260, 1700, 562] },
    // prettier-ignore
    outline: [[1640,155],[1700,170],[1760,240],[1780,330],[1785,450],[1790,600],[1800,700],[1780,740],[1770,850],[1740,950],[1660,1000],[1630,1080],[1440,1080],[1440,1000],[1440,900],[1440,760],[1450,720],[1480,680],[1460,620],[1470,560],[1450,480],[1460,400],[1480,300],[1520,230],[1570,170]],
    clothes: { top: '#1f7a4c', bottom: '#20222b', kind: 'trousers', sleeves: false },
    enrolment: samePhotograph,
  },
];

/** The cast member of that id. @throws RangeError when there is none: callers check names before. */
export function castMember(id: string): CastMember {
  const found = CAST.find((one) => one.id === id);
  if (!found) throw new RangeError(`the cast has no "${id}"`);
  return found;
}
