// What npm does not write into the lock by itself:
// 1. It leaves optional packages of other platforms out when the registry at hand does not serve them, and `npm ci` then
//    refuses the lock. They are written in, by the names and versions their parents ask for.
// 2. It checks what each package asks of Node against the Node that runs npm (20 or later will do), while the product
//    runs on Node 24, which is itself a package. A bound that only Node 24 meets is left out: it warned for nothing.
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

/** The Node that the README names as enough to run npm. */
const npm_node = 20

/** Packages of the lock that ask for a newer Node than the one that runs npm has to be. */
export function tooNew(lock) {
  return Object.entries(lock.packages).filter(([path, { engines }]) => {
    const bounds = [...(engines?.node ?? '').matchAll(/(\d+)[.\dx]*/g)].map((found) => Number(found[1]))
    return path !== '' && bounds.length > 0 && Math.min(...bounds) > npm_node
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingFrom(lock)
  for (const { name, version, dev } of missing) {
    const words = name.split(/[-./]/)
    const os = systems.find((system) => words.includes(system))
    const cpu = cpus.find((each) => words.includes(each))
    // Without it npm installs the builds for both C libraries of Linux, 25 MB for nothing.
    const libc = { musl: 'musl', gnu: 'glibc' }[words.at(-1)]
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc] } : {}),
      optional: true,
      ...(os ? { os: [os] } : {}),
    }
  }
  const eased = tooNew(lock)
  for (const [, entry] of eased) delete entry.engines
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.length} packages written into the lock, ${eased.length} bounds on Node left out`)
}
