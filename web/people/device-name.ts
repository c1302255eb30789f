// What a browser says of itself, in the names that people know.

// Later ones call themselves by the names of earlier ones too: the first that fits is meant.
const PROGRAMS: [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'],
  [/org\.odk\.collect|ODK ?Collect/i, 'ODK Collect'],
  [/kobo\.collect|KoboCollect/i, 'KoboCollect'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/UCBrowser/, 'UC Browser'],
  [/Firefox\/|FxiOS/, 'Firefox'],
  [/HeadlessChrome|Chrome\/|CriOS/, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/curl\//, 'curl'],
  [/node|undici/i, 'Node.js'],
]
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/HarmonyOS/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** Program and system of a `User-Agent`; null where it names none that is known. */
export function deviceName(user_agent: string | null): { program: string | null; system: string | null } {
  const first = (of: [RegExp, string][]) => of.find(([pattern]) => pattern.test(user_agent ?? ''))?.[1] ?? null
  return { program: first(PROGRAMS), system: first(SYSTEMS) }
}
