import type { AreaFeatures } from '#ui/map/map.tsx'
import type { Language } from '../i18n.ts'

// Made here for looking at the parts; nothing of it is stored or real.

/** A small repeatable stream of numbers between 0 and 1 (mulberry32), so that two screenshots show the same. */
export function stream(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export type Village = {
  code: string
  name: string
  households: number
  poor: number
  share: number | null
  income: number | null
  checked: boolean | null
}

const first = ['叶', '华', '黄', '石', '沙', '白', '合', '朱', '大', '新', '松', '田', '仰', '云', '河', '山']
const second = ['坪', '屋', '沙', '田', '坑', '陂', '村', '岭', '溪', '塘', '湾', '背', '龙', '水', '头', '光']
const latin: Record<string, string> = {
  叶: 'Ye',
  华: 'Hua',
  黄: 'Huang',
  石: 'Shi',
  沙: 'Sha',
  白: 'Bai',
  合: 'He',
  朱: 'Zhu',
  大: 'Da',
  新: 'Xin',
  松: 'Song',
  田: 'Tian',
  仰: 'Yang',
  云: 'Yun',
  河: 'He',
  山: 'Shan',
  坪: 'ping',
  屋: 'wu',
  坑: 'keng',
  陂: 'bei',
  村: 'cun',
  岭: 'ling',
  溪: 'xi',
  塘: 'tang',
  湾: 'wan',
  背: 'bei',
  龙: 'long',
  水: 'shui',
  头: 'tou',
  光: 'guang',
}

/** `count` made villages; a few without figures. */
export function villages(count: number, language: Language): Village[] {
  const next = stream(7)
  return Array.from({ length: count }, (_, i) => {
    const a = first[Math.floor(next() * first.length)] as string
    const b = second[Math.floor(next() * second.length)] as string
    const households = 180 + Math.floor(next() * 900)
    const unknown = next() < 0.08
    const poor = Math.floor(households * next() ** 2 * 0.32)
    return {
      code: `36078199${String(i + 1).padStart(4, '0')}`,
      name: language === 'zh' ? `${a}${b}村` : `${latin[a] ?? a}${(latin[b] ?? b).toLowerCase()} village`,
      households,
      poor,
      share: unknown ? null : poor / households,
      income: unknown ? null : Math.round(210_000 + next() * 520_000),
      checked: unknown ? null : next() > 0.3,
    }
  })
}

/** Irregular cells on a grid, one a village. */
export function cells(list: Village[]): AreaFeatures {
  const next = stream(3)
  const columns = Math.ceil(Math.sqrt(list.length * 1.5))
  const rows = Math.ceil(list.length / columns)
  const corner = Array.from({ length: rows + 1 }, (_, y) =>
    Array.from({ length: columns + 1 }, (_, x) => [
      116 + (x + (next() - 0.5) * 0.7) * 0.03,
      25.9 - (y + (next() - 0.5) * 0.7) * 0.027,
    ]),
  )
  const at = (y: number, x: number) => corner[y]?.[x] as number[]
  return {
    type: 'FeatureCollection',
    features: list.map((village, i) => {
      const [x, y] = [i % columns, Math.floor(i / columns)]
      const ring = [at(y, x), at(y, x + 1), at(y + 1, x + 1), at(y + 1, x), at(y, x)]
      return {
        type: 'Feature',
        properties: { code: village.code, name: village.name },
        geometry: { type: 'Polygon', coordinates: [ring] },
      }
    }),
  }
}

/** Picks by language; the gallery alone holds sentences in code, because they are its data. */
export function say(language: Language, en: string, zh: string): string {
  return language === 'zh' ? zh : en
}
