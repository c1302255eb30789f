// docs/architecture.md, made by `npm run docs:drawings`: which room hands what to which, and the road of a request.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cycle } from './cycle.ts'
import { requestRoad } from './request-road.ts'

const file = fileURLToPath(new URL('../docs/architecture.md', import.meta.url))

const lines = (texts: readonly string[]) => texts.map((text) => `  ${text}`).join('\n')

/** Room to room, by the number of tables that the later one reads of the earlier one. */
function handed(): string[] {
  const writer = new Map(cycle.flatMap((room) => room.writes.map((table) => [table, room] as const)))
  return cycle.flatMap((room) => {
    const from = Map.groupBy(
      room.reads.flatMap((table) => writer.get(table) ?? []),
      (each) => each.number,
    )
    return [...from].map(([number, tables]) => `r${number} -- ${tables.length} --> r${room.number}`)
  })
}

/** The parts of the road one below the other, each a box of its calls. */
function road(): string[] {
  const parts = requestRoad()
  const boxes = parts.flatMap(({ title, at, steps }, number) => [
    `subgraph p${number}["${title}: ${at}"]`,
    ...steps.map(({ name, at: file, says }, place) => {
      const where = file === at ? [] : [file]
      return `  s${number}_${place}["${[name, ...where, ...(says ? [says] : [])].join('<br>')}"]`
    }),
    'end',
  ])
  const ids = parts.flatMap(({ steps }, number) => steps.map((_, place) => `s${number}_${place}`))
  return [...boxes, ...ids.slice(1).map((id, before) => `${ids[before]} --> ${id}`)]
}

export function architectureDocument(): string {
  return `# Architecture

Made by \`npm run docs:drawings\` from the code; do not edit by hand. The reasons are in [decisions/](decisions/), the tables of
each room in [cycle.md](cycle.md).

## Rooms and tables

A room writes its own tables (named in its box) and reads those of earlier rooms; the number on an arrow is how many. No arrow
points back: that is a test (\`cycle/house.test.ts\`).

\`\`\`mermaid
flowchart LR
${lines(cycle.map((room) => `r${room.number}["${[`${room.number} ${room.name}`, ...room.writes].join('<br>')}"]`))}
${lines(handed())}
\`\`\`

## The road of a request

One app for everybody: browser, command line, phone and job take the same road. Shown with a household that is struck off
the register (\`POST /api/register/households/{household_id}/deregister\`); calls in the order of the code, each with what
the function says of itself.

\`\`\`mermaid
flowchart TD
${lines(road())}
\`\`\`

## What may import what

\`cli\`, \`web\` → \`server\` → \`cycle\` → \`door\` → \`registry\`. Rooms and \`packs\` use \`engines\`, which import nothing of
ours. Pages of a room use \`ui\` and \`web/client.ts\`. The linter holds it (\`.oxlintrc.json\`).
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, architectureDocument())
