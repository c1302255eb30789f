// After `npm ci`: build the pages and make the demo's township, so that `npm start` shows both in seconds. Where install
// scripts are blocked, or this fails, `npm start` does the same at its first run. DOORSTEP_PREPARE=0 leaves it out.
import { pathToFileURL } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
const able = major > 22 || (major === 22 && minor >= 18)

async function prepare() {
  if (process.env.DOORSTEP_PREPARE === '0') return
  if (!able) {
    console.log('doorstep: prepared at the first `npm start` (this Node cannot run TypeScript).')
    return
  }
  try {
    const { prepareAll } = await import('./prepare.ts')
    await prepareAll()
  } catch (error) {
    console.log(
      `doorstep: not prepared (${error instanceof Error ? error.message : error}); the first \`npm start\` will do it.`,
    )
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await prepare()
