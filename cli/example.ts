/** Text under a command's help: how it is really typed. */
export function example(...lines: string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ doorstep ${line}`).join('\n')}`
}
