// `node test/e2e/run.ts [--report FILE] [--url http://...]`: a newcomer's first minutes in a real browser, on the product
// as `npm start` gives it (or on one that runs already). Says so and skips where there is no Chromium.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, startProduct } from './product.ts'

const { values: asked } = parseArgs({ options: { report: { type: 'string' }, url: { type: 'string' } } })
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'

function skip(reason: string): void {
  console.log(`Browser tests skipped: ${reason}`)
  const report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] }
  if (asked.report) writeFileSync(asked.report, JSON.stringify(report))
}

if (!existsSync(chromium)) skip(`there is no ${chromium}`)
else {
  const product = asked.url ? { url: asked.url, stop: async () => {} } : await startProduct()
  try {
    const reporters = asked.report ? ['--reporter=json', `--outputFile.json=${asked.report}`] : []
    const words = ['run', '--config', 'test/e2e/vitest.config.ts', '--reporter=default', ...reporters]
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const env = { ...process.env, E2E_URL: product.url, CHROMIUM: chromium }
    const run = spawnSync(process.execPath, [vitest, ...words], { cwd: root, env, stdio: 'inherit' })
    const counts = spawnSync(process.execPath, [join(root, 'test/e2e/counts.ts'), '--home', '--url', product.url], {
      cwd: root,
      env,
      stdio: 'inherit',
    })
    process.exitCode = run.status || counts.status || 0
    if (run.status === null || counts.status === null) process.exitCode = 1
  } finally {
    await product.stop()
  }
}
