// The named people of the demo township: invented, one or more for each role. Villages and groups are filled in from
// the pack's areas, so that every village has its committee and surveyors.

export interface DemoPerson {
  login: string
  name: { en: string; zh: string }
  role: string
  area_code: string
}

const county = '360781'
const township = '360781107'

/** People above the village. */
export const officers: readonly DemoPerson[] = [
  { login: 'li.guoqiang', name: { en: 'Li Guoqiang', zh: '李国强' }, role: 'township_officer', area_code: township },
  { login: 'liu.xiaomei', name: { en: 'Liu Xiaomei', zh: '刘小梅' }, role: 'township_officer', area_code: township },
  { login: 'zhong.wei', name: { en: 'Zhong Wei', zh: '钟伟' }, role: 'county_officer', area_code: county },
  { login: 'chen.lihua', name: { en: 'Chen Lihua', zh: '陈丽华' }, role: 'county_officer', area_code: county },
  { login: 'zeng.jianping', name: { en: 'Zeng Jianping', zh: '曾建平' }, role: 'county_officer', area_code: county },
  { login: 'hu.min', name: { en: 'Hu Min', zh: '胡敏' }, role: 'province_analyst', area_code: '36' },
  { login: 'wang.jing', name: { en: 'Wang Jing', zh: '王静' }, role: 'national_analyst', area_code: 'CN' },
  { login: 'sun.yifan', name: { en: 'Sun Yifan', zh: '孙一帆' }, role: 'evaluator', area_code: county },
  { login: 'zhao.ruixue', name: { en: 'Zhao Ruixue', zh: '赵瑞雪' }, role: 'inspector', area_code: county },
  { login: 'ma.tianyu', name: { en: 'Ma Tianyu', zh: '马天宇' }, role: 'inspector', area_code: county },
  { login: 'he.zhiyuan', name: { en: 'He Zhiyuan', zh: '何志远' }, role: 'auditor', area_code: county },
  { login: 'deng.kai', name: { en: 'Deng Kai', zh: '邓凯' }, role: 'administrator', area_code: 'CN' },
]

const surnames = ['朱 Zhu', '杨 Yang', '谢 Xie', '赖 Lai', '罗 Luo', '温 Wen', '宋 Song', '许 Xu', '廖 Liao', '邱 Qiu']
const given = [
  '春生 Chunsheng',
  '桂英 Guiying',
  '发明 Faming',
  '秀兰 Xiulan',
  '志华 Zhihua',
  '玉珍 Yuzhen',
  '长林 Changlin',
]

function named(index: number): { en: string; zh: string } {
  const [surname = '', surname_en = ''] = (surnames[index % surnames.length] ?? '').split(' ')
  const [name = '', name_en = ''] = (given[(index + Math.floor(index / surnames.length)) % given.length] ?? '').split(
    ' ',
  )
  return { en: `${surname_en} ${name_en}`, zh: `${surname}${name}` }
}

/** A village committee's clerk and two surveyors for each village, in the order of the village codes. */
export function villagePeople(village_codes: readonly string[]): DemoPerson[] {
  return [...village_codes].sort().flatMap((area_code, index) => [
    { login: `committee.${area_code.slice(9)}`, name: named(index * 3), role: 'village_committee', area_code },
    { login: `surveyor.${area_code.slice(9)}.1`, name: named(index * 3 + 1), role: 'surveyor', area_code },
    { login: `surveyor.${area_code.slice(9)}.2`, name: named(index * 3 + 2), role: 'surveyor', area_code },
  ])
}
