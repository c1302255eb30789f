import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './build/precompress.ts'
import { preload } from './build/preload.ts'
import { unusedStyles } from './build/unused-styles.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const server = `http://127.0.0.1:${process.env['PORT'] ?? 3000}`

// MapLibre and Plot weigh more than all other screens together, and most screens draw neither: each is a chunk of its
// own, fetched when a map or a chart is first on a page.
const groups = [
  { name: 'maplibre', test: /node_modules\/(maplibre-gl|@maplibre|@mapbox)\// },
  {
    name: 'plot',
    test: /node_modules\/(@observablehq|d3(-[a-z-]+)?|internmap|delaunator|robust-predicates|isoformat|interval-tree-1d|binary-search-bounds)\//,
  },
  // What is needed before anything is drawn: one answer instead of thirty. And what many screens share: another.
  { name: 'shell', tags: ['$initial' as const] },
  { name: 'parts', minShareCount: 14 },
]

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), unusedStyles(), preload('cycle/12-see/pages/overview.tsx'), precompress()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    host: '127.0.0.1',
    fs: { allow: [project] },
    // Whole first parts: the shell's own api.ts stands at /api.ts.
    proxy: { '^/api/': server, '^/v1/': server },
  },
})
