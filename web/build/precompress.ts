import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { Plugin } from 'vite'

const text = /\.(?:js|css|html|svg|json|webmanifest)$/
const least_bytes = 1024

/**
 * Writes `.br` and `.gz` beside every text file of a build, so that the server sends them without work. Brotli 9 takes
 * two seconds for all files and comes within 3 % of 11, which takes twelve.
 */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const brotli = promisify(zlib.brotliCompress)
      const gzip = promisify(zlib.gzip)
      const files = await readdir(dir, { recursive: true })
      await Promise.all(
        files
          .filter((file) => text.test(file))
          .map(async (file) => {
            const bytes = await readFile(join(dir, file))
            if (bytes.length < least_bytes) return
            const size = { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
            const params = { ...size, [zlib.constants.BROTLI_PARAM_QUALITY]: 9 }
            await writeFile(join(dir, `${file}.br`), await brotli(bytes, { params }))
            await writeFile(join(dir, `${file}.gz`), await gzip(bytes, { level: 9 }))
          }),
      )
    },
  }
}
