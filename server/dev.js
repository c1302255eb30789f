// npm run dev: the server restarts when its files change, the pages reload as they change (http://localhost:5173).
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const watched = ['cycle', 'door', 'engines', 'packs', 'registry', 'server', 'synthetic']
const run = (...args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
const children = [
  run(...watched.map((folder) => `--watch-path=${folder}`), 'server/start.js'),
  run('node_modules/vite/bin/vite.js', 'web'),
]
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => children.forEach((child) => child.kill(signal)))
