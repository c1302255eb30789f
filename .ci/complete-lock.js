// npm leaves optional packages of other platforms out of the lock when the registry at hand does not serve them, and
// `npm ci` then refuses the lock. This writes them in, by the names and versions their parents ask for:
//   npm install --package-lock-only && node .ci/complete-lock.js
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const systems = ['darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'android', 'aix', 'openharmony']
const cpus = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']

/** The packages that some entry asks for and the lock does not have. */
export function missingFrom(lock) {
  return Object.values(lock.packages).flatMap((entry) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`)))
      .map(([name, version]) => ({ name, version: version.replace(/^[\^~]/, ''), dev: entry.dev })),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingFrom(lock)
  for (const { name, version, dev } of missing) {
    const words = name.split(/[-./]/)
    const os = systems.find((system) => words.includes(system))
    const cpu = cpus.find((each) => words.includes(each))
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(dev ? { dev: true } : {}),
      optional: true,
      ...(os ? { os: [os] } : {}),
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.length} packages written into the lock`)
}
