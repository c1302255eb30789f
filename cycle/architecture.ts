// docs/architecture.md, made by `node cycle/architecture.ts`: which room hands what to which, and the road of a request.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cycle } from './cycle.ts'

const file = fileURLToPath(new URL('../docs/architecture.md', import.meta.url))

/** The steps of a request, each with the file where it is taken; a test holds that the files are there. */
export const road = [
  { at: 'server/http/listen.ts', does: 'the network: size and time of a request, headers of every answer' },
  {
    at: 'server/app.ts',
    does: 'the one app: which pack, which time, which budget; browser, command line, phone and job come here',
  },
  { at: 'door/sign-in/find-actor.ts', does: 'who asks: session, token or device key' },
  { at: 'door/permit/area-rule.ts', does: 'where it acts: the area that the route declares, held against the asker’s' },
  { at: 'door/enter.ts', does: 'the transaction, with the role and area that row-level security sees' },
  { at: 'cycle/04-appraise/routes.ts', does: 'the room: loads, permits, acts' },
  { at: 'cycle/04-appraise/appraise.ts', does: 'its rules, pure' },
  { at: 'cycle/04-appraise/store.ts', does: 'its SQL' },
  { at: 'registry/audit/audit.ts', does: 'what was done, in the county’s chain, in the same transaction' },
] as const

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

export function architectureDocument(): string {
  return `# Architecture

Made by \`node cycle/architecture.ts\`; do not edit by hand. The reasons are in [decisions/](decisions/), the tables of
each room in [cycle.md](cycle.md).

## Rooms and tables

A room writes its own tables and reads those of earlier rooms; the number on an arrow is how many it reads. No arrow
points back: that is a test (\`cycle/house.test.ts\`).

\`\`\`mermaid
flowchart LR
${lines(cycle.map((room) => `r${room.number}["${room.number} ${room.name}<br>writes ${room.writes.length}"]`))}
${lines(handed())}
\`\`\`

## The road of a request

One app for everybody; shown with the fourth room.

\`\`\`mermaid
flowchart TD
${lines(road.map((step, at) => `s${at}["${step.at}<br>${step.does}"]`))}
${lines(road.slice(1).map((_, at) => `s${at} --> s${at + 1}`))}
\`\`\`

## What may import what

\`cli\`, \`web\` → \`server\` → \`cycle\` → \`door\` → \`registry\`. Rooms and \`packs\` use \`engines\`, which import nothing of
ours. Pages of a room use \`ui\` and \`web/client.ts\`. The linter holds it (\`.oxlintrc.json\`).
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, architectureDocument())
